const fs = require("node:fs");
const path = require("node:path");
const expo = require("eslint-config-expo/flat");

const features = fs.readdirSync(path.join(__dirname, "src/features"));
const src = (room) => `./src/${room}`;

// Who may import whom: app -> features -> songs -> stores -> api -> ui -> theme, i18n, platform.
const order = ["app", "features", "songs", "stores", "api", "ui", "i18n", "theme", "platform"];
const zones = [
  ...order.flatMap((room, at) =>
    order.slice(0, at).map((above) => ({ target: src(room), from: src(above) })),
  ),
  ...features.map((feature) => ({
    target: src(`features/${feature}`),
    from: src("features"),
    except: [`./${feature}`],
    message: "Features meet in stores, never in one another.",
  })),
];

module.exports = [
  ...expo,
  { ignores: ["dist/**", "dist-native/**", ".expo/**", "src/api/schema.d.ts"] },
  {
    files: ["src/**/*.{ts,tsx}"],
    rules: {
      "max-lines": ["error", { max: 200 }],
      "import/no-restricted-paths": ["error", { zones }],
      "react/jsx-no-literals": ["error", { noStrings: true, ignoreProps: true }],
      "@typescript-eslint/no-explicit-any": "error",
      "no-console": "error",
    },
  },
  {
    files: ["src/**/*.{ts,tsx}"],
    ignores: ["src/theme/**"],
    rules: {
      "no-restricted-syntax": [
        "error",
        { selector: "Literal[value=/^#[0-9a-fA-F]{3,8}$/]", message: "Colours live in theme/tokens.ts." },
        {
          selector: "Property[key.name=/^(marginLeft|marginRight|paddingLeft|paddingRight|left|right)$/]",
          message: "start and end, never left and right.",
        },
      ],
    },
  },
  { files: ["*.js"], languageOptions: { globals: { __dirname: "readonly", jest: "readonly" } } },
  // i18next's named exports are the same functions under names that say less
  { files: ["src/i18n/index.ts"], rules: { "import/no-named-as-default-member": "off" } },
  {
    files: ["src/app/**/*.tsx"],
    rules: { "max-lines": ["error", { max: 10 }] },
  },
];

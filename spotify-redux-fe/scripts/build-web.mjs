// The web app as the API serves it: dist/ by Expo, a service worker by Workbox, and each file compressed once.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

import { generateSW } from "workbox-build";

const DIST = "dist";
// what the API answers, in whole rooms or path by path where the app has a page of that name
const API = JSON.parse(readFileSync("scripts/api-paths.json", "utf8"));
const TEXT = new Set([".js", ".css", ".html", ".json", ".svg", ".ttf"]);
const LEAST_BYTES = 1024;

rmSync(DIST, { recursive: true, force: true });
execFileSync("npx", ["expo", "export", "-p", "web", "--output-dir", DIST], {
    stdio: "inherit",
    env: { ...process.env, EXPO_NO_TELEMETRY: "1", EXPO_OFFLINE: "1" },
});

const { count, size } = await generateSW({
    globDirectory: DIST,
    globPatterns: ["**/*.{js,css,html,json,svg,png,ttf}"],
    globIgnores: ["metadata.json"],
    swDest: `${DIST}/sw.js`,
    dontCacheBustURLsMatching: /[.-][0-9a-f]{32}\./,
    maximumFileSizeToCacheInBytes: 4 * 2 ** 20,
    navigateFallback: "/index.html",
    navigateFallbackDenylist: API.map((path) => new RegExp(`^/${path}(/|$|\\?)`)),
    inlineWorkboxRuntime: true,
    sourcemap: false,
    runtimeCaching: [
        {
            urlPattern: ({ url }) => url.pathname.startsWith("/covers/"),
            handler: "CacheFirst",
            options: { cacheName: "covers", expiration: { maxEntries: 500, maxAgeSeconds: 30 * 24 * 3600 } },
        },
    ],
});

for (const file of readdirSync(DIST, { recursive: true, withFileTypes: true })) {
    const name = path.join(file.parentPath, file.name);
    if (!file.isFile() || !TEXT.has(path.extname(name))) continue;
    const content = readFileSync(name);
    if (content.length < LEAST_BYTES) continue;
    writeFileSync(`${name}.gz`, gzipSync(content, { level: 9 }));
    writeFileSync(
        `${name}.br`,
        brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
    );
}
console.log(`${DIST}: ${count} files, ${Math.round(size / 1024)} KB, open offline`);

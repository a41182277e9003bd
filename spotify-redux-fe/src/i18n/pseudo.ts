/** A language that marks what comes from the file of strings: ⟦Ĥöme⟧. What stands unmarked was written elsewhere. */

export interface Strings {
  [key: string]: string | Strings;
}

const ACCENTS: Record<string, string> = { a: "á", e: "é", i: "í", o: "ö", u: "ü", A: "Á", E: "É", O: "Ö" };

export function pseudo(strings: Strings): Strings {
  const marked = Object.entries(strings).map(([key, value]) => [
    key,
    typeof value === "string" ? `⟦${accented(value)}⟧` : pseudo(value),
  ]);
  return Object.fromEntries(marked) as Strings;
}

/** Letters outside {{placeholders}} get accents. */
function accented(text: string): string {
  return text
    .split(/(\{\{.*?\}\})/)
    .map((part) =>
      part.startsWith("{{") ? part : part.replace(/[aeiouAEO]/g, (letter) => ACCENTS[letter] ?? letter),
    )
    .join("");
}

/** Files of a browser. */

import type { PickedFile } from "./files";

export const canPick = true;

/** The files that somebody chooses; none where the choice was given up. */
export function pickFiles(): Promise<PickedFile[]> {
  const input = document.createElement("input");
  input.type = "file";
  input.multiple = true;
  input.accept = ".zip,.json,.csv,.gz,.jsonl,.tsv,.txt,.dat,.parquet,.html";
  return new Promise((resolve) => {
    input.addEventListener("change", () => resolve(Array.from(input.files ?? []).map(picked)));
    input.addEventListener("cancel", () => resolve([]));
    input.click();
  });
}

const picked = (file: File): PickedFile => ({
  name: file.name,
  append: (form, field) => form.append(field, file, file.name),
});

export async function saveJson(name: string, content: unknown): Promise<void> {
  const url = URL.createObjectURL(new Blob([JSON.stringify(content, null, 2)], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url));
}

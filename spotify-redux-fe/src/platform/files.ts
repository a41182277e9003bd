/** Files of a phone. */

export interface PickedFile {
  name: string;
  append: (form: FormData, field: string) => void;
}

export const canPick = false;
export const pickFiles = async (): Promise<PickedFile[]> => [];

export async function saveJson(name: string, content: unknown): Promise<void> {
  const { Share } = await import("react-native");
  await Share.share({ title: name, message: JSON.stringify(content, null, 2) });
}

/** Where the API is unless somebody says otherwise; a phone has no origin of its own. */

const built = process.env.EXPO_PUBLIC_API_BASE;

export const serverDefault: string | null = built ?? null;
export const asksForServer = true;

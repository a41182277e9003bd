/** Where the API is unless somebody says otherwise: the origin that served the page. */

const built = process.env.EXPO_PUBLIC_API_BASE;
const developing = "http://localhost:8000";

export const serverDefault: string | null = built ?? (__DEV__ ? developing : window.location.origin);
export const asksForServer = false;

/** A browser keeps its refresh token in an HttpOnly cookie: no script reads it, this one included. */

export const keepsSecrets = false;
export const readSecret = async (): Promise<string | null> => null;
export const keepSecret = async (_token: string): Promise<void> => undefined;
export const forgetSecret = async (): Promise<void> => undefined;

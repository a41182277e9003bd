/** Only pages have one. */

export const registerServiceWorker = (_onNew: (reload: () => void) => void): void => undefined;

const browsers = ["Edg", "OPR", "Firefox", "Chrome", "Safari"];

export const deviceName = browsers.find((name) => navigator.userAgent.includes(`${name}/`)) ?? "Web";

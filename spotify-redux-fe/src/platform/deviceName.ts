import { Platform } from "react-native";

export const deviceName = Platform.OS === "ios" ? "iOS" : "Android";

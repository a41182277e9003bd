import { api, call } from "../client";
import type { Status } from "../types";

export const status = (): Promise<Status> => call(api.GET("/admin/status"));

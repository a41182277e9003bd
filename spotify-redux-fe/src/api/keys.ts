/** Names of what TanStack Query keeps. */

export const keys = {
  shelves: ["shelves"] as const,
  search: (q: string) => ["search", q] as const,
  metadata: (songId: string) => ["metadata", songId] as const,
  likes: (sort: string, q: string) => ["likes", sort, q] as const,
  likedIds: ["likes", "ids"] as const,
  suggestions: (picked: readonly string[]) => ["suggestions", ...picked] as const,
  seeds: ["seeds"] as const,
  sessions: ["sessions"] as const,
  tokens: ["tokens"] as const,
  config: (server: string) => ["config", server] as const,
  imports: ["imports"] as const,
  import: (id: string) => ["imports", id] as const,
  history: ["history"] as const,
  hidden: ["hidden"] as const,
  status: ["status"] as const,
  similar: (songId: string) => ["similar", songId] as const,
};

export { Failed as ErrorBoundary } from "@/features/shell/Failed";
export { Root as default } from "@/features/shell/Root";

export { Root as default } from "@/features/shell/Root";

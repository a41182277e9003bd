export { AdminScreen as default } from "@/features/admin/AdminScreen";

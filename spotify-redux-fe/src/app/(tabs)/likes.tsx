export { LikesScreen as default } from "@/features/likes/LikesScreen";

export { PlayerScreen as default } from "@/features/player/PlayerScreen";

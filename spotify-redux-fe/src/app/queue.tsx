export { QueueScreen as default } from "@/features/queue/QueueScreen";

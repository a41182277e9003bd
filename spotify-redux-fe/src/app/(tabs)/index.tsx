import { HomeScreen } from "@/features/home/HomeScreen";
import { Results } from "@/features/search/Results";

export default function Home() {
  return <HomeScreen results={<Results />} />;
}

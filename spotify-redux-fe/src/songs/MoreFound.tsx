import { StyleSheet, View } from "react-native";

import { useTranslation } from "@/i18n";
import { space } from "@/theme/tokens";
import { Button } from "@/ui/Button";

import { Gap } from "./Gap";
import type { useSongSearch } from "./useSongSearch";

/** The end of what was found so far: more of it, or why that did not come. */
export function MoreFound({ found }: { found: ReturnType<typeof useSongSearch> }) {
  const { t } = useTranslation();
  if (found.isFetchNextPageError) return <Gap error={found.error} onRetry={found.more} />;
  if (!found.hasNextPage) return null;
  return (
    <View style={styles.more}>
      <Button
        look="secondary"
        label={t("search.more")}
        onPress={found.more}
        busy={found.isFetchingNextPage}
      />
    </View>
  );
}

const styles = StyleSheet.create({ more: { alignItems: "center", paddingVertical: space.lg } });

import History from "lucide-react-native/icons/clock-fading";
import Search from "lucide-react-native/icons/search";
import { StyleSheet, View } from "react-native";

import { useTranslation } from "@/i18n";
import { size, space } from "@/theme/tokens";
import { Button } from "@/ui/Button";
import { Text } from "@/ui/Text";
import { TextField } from "@/ui/TextField";

interface Props {
  q: string;
  onChange: (q: string) => void;
  onHistory: () => void;
  /** Where songs are chosen again and need not be. */
  onCancel?: () => void;
}

/** What onboarding asks for, and the two other ways: search, or one's history. */
export function Lead({ q, onChange, onHistory, onCancel }: Props) {
  const { t } = useTranslation();
  return (
    <View style={styles.lead}>
      <Text kind="display" heading={1}>
        {t("onboarding.title")}
      </Text>
      <Text color="dim">{t("onboarding.lead")}</Text>
      <View style={styles.field}>
        <TextField
          quiet
          label={t("search.label")}
          placeholder={t("onboarding.search")}
          icon={Search}
          value={q}
          onChangeText={onChange}
          autoCorrect={false}
          autoCapitalize="none"
          autoComplete="off"
        />
      </View>
      <View style={styles.start}>
        <Button look="quiet" icon={History} label={t("onboarding.history")} onPress={onHistory} />
        {onCancel ? <Button look="quiet" label={t("common.cancel")} onPress={onCancel} /> : null}
      </View>
    </View>
  );
}

const styles = StyleSheet.create({
  lead: { gap: space.sm, paddingTop: space.xl, paddingBottom: space.md },
  field: { maxWidth: size.text, paddingTop: space.sm },
  start: { flexDirection: "row", flexWrap: "wrap", marginStart: -space.lg },
});

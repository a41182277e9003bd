import { StyleSheet, View } from "react-native";

import { useTranslation } from "@/i18n";
import { space } from "@/theme/tokens";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Text } from "@/ui/Text";

interface Props {
  title: string;
  text: string;
  label: string;
  onConfirm: () => void;
  onClose: () => void;
}

/** Asks once more before something that cannot be undone. */
export function Confirm({ title, text, label, onConfirm, onClose }: Props) {
  const { t } = useTranslation();
  const confirm = () => {
    onClose();
    onConfirm();
  };
  return (
    <Dialog title={title} closeLabel={t("common.close")} onClose={onClose}>
      <Text color="dim">{text}</Text>
      <View style={styles.row}>
        <Button look="danger" label={label} onPress={confirm} />
        <Button look="secondary" label={t("common.cancel")} onPress={onClose} />
      </View>
    </Dialog>
  );
}

const styles = StyleSheet.create({ row: { flexDirection: "row", flexWrap: "wrap", gap: space.md } });

import Search from "lucide-react-native/icons/search";
import X from "lucide-react-native/icons/x";
import { useEffect, useRef } from "react";
import { View, type TextInput } from "react-native";

import { useTranslation } from "@/i18n";
import { useSearch } from "@/stores/search";
import { IconButton } from "@/ui/IconButton";
import { TextField } from "@/ui/TextField";

interface Props {
  q: string;
  onChange: (q: string) => void;
}

/** The field to search by. */
export function SearchBox({ q, onChange }: Props) {
  const { t } = useTranslation();
  const input = useRef<TextInput>(null);
  const wishes = useSearch((state) => state.wishes);
  useEffect(() => {
    if (wishes > 0) input.current?.focus();
  }, [wishes]);
  const clear = () => {
    onChange("");
    input.current?.focus();
  };
  const onKey = ({ nativeEvent }: { nativeEvent: { key: string } }) => {
    if (nativeEvent.key !== "Escape") return;
    onChange("");
    input.current?.blur();
  };
  return (
    <View role={"search" as never}>
      <TextField
        ref={input}
        quiet
        label={t("search.label")}
        placeholder={t("search.placeholder")}
        icon={Search}
        value={q}
        onChangeText={onChange}
        onKeyPress={onKey}
        autoCorrect={false}
        autoCapitalize="none"
        autoComplete="off"
        returnKeyType="search"
        inputMode="search"
        trailing={q ? <IconButton icon={X} label={t("search.clear")} onPress={clear} /> : null}
      />
    </View>
  );
}

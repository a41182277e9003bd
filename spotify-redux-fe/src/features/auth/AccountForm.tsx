import { useMutation } from "@tanstack/react-query";
import Eye from "lucide-react-native/icons/eye";
import EyeOff from "lucide-react-native/icons/eye-off";
import { useRef, useState } from "react";
import { StyleSheet, View, type TextInput } from "react-native";

import { logIn, signUp } from "@/api/calls/auth";
import { problemIn } from "@/api/problem";
import { useTranslation } from "@/i18n";
import { signIn } from "@/stores/account";
import { explainAt } from "@/stores/explain";
import { space } from "@/theme/tokens";
import { Button } from "@/ui/Button";
import { IconButton } from "@/ui/IconButton";
import { Text } from "@/ui/Text";
import { TextField } from "@/ui/TextField";

export type Mode = "login" | "signup";

interface Props {
  mode: Mode;
  invited: boolean;
}

/** Username and password; what is wrong stands at the field it is about. */
export function AccountForm({ mode, invited }: Props) {
  const { t } = useTranslation();
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [invite, setInvite] = useState("");
  const [wanted, setWanted] = useState(false);
  const next = useRef<TextInput>(null);
  const fresh = mode === "signup";
  const asksInvite = fresh && (invited || wanted);
  const who = { username: username.trim(), password };
  const enter = useMutation({
    mutationFn: () =>
      fresh ? signUp({ ...who, ...(asksInvite ? { invite_code: invite } : {}) }) : logIn(who),
    onSuccess: signIn,
    onError: (error) => {
      const problem = problemIn(error);
      if (problem.kind === "rejected" && ABOUT[problem.code] === "invite_code") setWanted(true);
    },
  });
  const ready = who.username !== "" && password !== "";
  const submit = () => {
    if (ready && !enter.isPending) enter.mutate();
  };
  const faults = enter.error ? explainAt(problemIn(enter.error), FIELDS, ABOUT) : {};
  return (
    <View role="form" aria-label={t(`auth.${mode}`)} style={styles.form}>
      <TextField
        label={t("auth.username")}
        value={username}
        onChangeText={setUsername}
        error={faults.username}
        autoComplete="username"
        autoCapitalize="none"
        autoCorrect={false}
        autoFocus
        returnKeyType="next"
        onSubmitEditing={() => next.current?.focus()}
      />
      <Password
        ref={next}
        fresh={fresh}
        value={password}
        onChange={setPassword}
        error={faults.password}
        onSubmit={submit}
      />
      {asksInvite ? (
        <TextField
          label={t("auth.invite")}
          value={invite}
          onChangeText={setInvite}
          error={faults.invite_code}
          autoCapitalize="none"
        />
      ) : null}
      {faults[""] ? (
        <Text color="danger" role="alert">
          {faults[""]}
        </Text>
      ) : null}
      <Button
        label={t(`auth.${mode}`)}
        onPress={submit}
        busy={enter.isPending}
        disabled={!ready}
        wide
        testID="submit"
      />
    </View>
  );
}

interface PasswordProps {
  fresh: boolean;
  value: string;
  onChange: (value: string) => void;
  onSubmit: () => void;
  error?: string;
  ref: React.Ref<TextInput>;
}

function Password({ fresh, value, onChange, onSubmit, error, ref }: PasswordProps) {
  const { t } = useTranslation();
  const [shown, setShown] = useState(false);
  return (
    <TextField
      ref={ref}
      label={t("auth.password")}
      hint={fresh ? t("auth.password_hint") : undefined}
      value={value}
      onChangeText={onChange}
      error={error}
      secureTextEntry={!shown}
      autoComplete={fresh ? "new-password" : "current-password"}
      autoCapitalize="none"
      returnKeyType="go"
      onSubmitEditing={onSubmit}
      trailing={
        <IconButton
          icon={shown ? EyeOff : Eye}
          label={t(shown ? "auth.hide_password" : "auth.show_password")}
          onPress={() => setShown(!shown)}
        />
      }
    />
  );
}

const FIELDS = ["username", "password", "invite_code"];

/** The field that a refusal without fields is about. */
const ABOUT: Record<string, string> = {
  username_taken: "username",
  invite_required: "invite_code",
  invite_invalid: "invite_code",
};

const styles = StyleSheet.create({ form: { gap: space.lg } });

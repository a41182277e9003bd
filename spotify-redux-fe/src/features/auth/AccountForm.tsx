import { useMutation } from "@tanstack/react-query";
import Eye from "lucide-react-native/icons/eye";
import EyeOff from "lucide-react-native/icons/eye-off";
import { useRef, useState } from "react";
import { StyleSheet, View, type TextInput } from "react-native";

import { logIn, signUp } from "@/api/calls/auth";
import { problemIn } from "@/api/problem";
import { useTranslation } from "@/i18n";
import { signIn } from "@/stores/account";
import { explain } from "@/stores/explain";
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
  const next = useRef<TextInput>(null);
  const fresh = mode === "signup";
  const enter = useMutation({
    mutationFn: () =>
      fresh
        ? signUp({ username, password, ...(invited ? { invite_code: invite } : {}) })
        : logIn({ username, password }),
    onSuccess: signIn,
  });
  const submit = () => {
    if (username && password && !enter.isPending) enter.mutate();
  };
  const fault = useFault(enter.error);
  return (
    <View role="form" aria-label={t(`auth.${mode}`)} style={styles.form}>
      <TextField
        label={t("auth.username")}
        value={username}
        onChangeText={setUsername}
        error={fault("username")}
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
        error={fault("password")}
        onSubmit={submit}
      />
      {fresh && invited ? (
        <TextField
          label={t("auth.invite")}
          value={invite}
          onChangeText={setInvite}
          error={fault("invite_code")}
          autoCapitalize="none"
        />
      ) : null}
      {fault("") ? (
        <Text color="danger" role="alert">
          {fault("")}
        </Text>
      ) : null}
      <Button
        label={t(`auth.${mode}`)}
        onPress={submit}
        busy={enter.isPending}
        disabled={!username || !password}
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
  error: string | null;
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

const AT: Record<string, string> = {
  username_taken: "username",
  invite_required: "invite_code",
  invite_invalid: "invite_code",
};

/** What went wrong at a field; "" for all that is about none. */
function useFault(error: unknown): (field: string) => string | null {
  if (!error) return () => null;
  const problem = problemIn(error);
  const text = explain(problem);
  const named = problem.kind === "rejected" ? problem.fields.filter((field) => FIELDS.includes(field)) : [];
  const known = problem.kind === "rejected" ? AT[problem.code] : undefined;
  const at = known ? [known] : named;
  return (field) => (at.includes(field) || (field === "" && at.length === 0) ? text : null);
}

const styles = StyleSheet.create({ form: { gap: space.lg } });

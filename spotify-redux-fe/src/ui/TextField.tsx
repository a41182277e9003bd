import type { LucideIcon } from "lucide-react-native";
import { useState, type ReactNode, type Ref } from "react";
import { StyleSheet, TextInput, View, type TextInputProps } from "react-native";

import { textScale } from "@/platform/textScale";
import { radius, size, space, type, type Palette } from "@/theme/tokens";
import { usePalette, useStyles } from "@/theme/useTheme";

import { Text } from "./Text";

interface Props extends Omit<TextInputProps, "style" | "placeholderTextColor"> {
  label: string;
  /** The label is spoken, not shown. */
  quiet?: boolean;
  error?: string | null;
  hint?: string;
  icon?: LucideIcon;
  trailing?: ReactNode;
  ref?: Ref<TextInput>;
}

/** A field to type into, with its label, and what is wrong with what was typed. */
export function TextField({ label, quiet, error, hint, icon: Icon, trailing, nativeID, ...input }: Props) {
  const styles = useStyles(makeStyles);
  const palette = usePalette();
  const [focused, setFocused] = useState(false);
  const note = error ?? hint;
  return (
    <View style={styles.field}>
      {quiet ? null : <Text kind="label">{label}</Text>}
      <View style={[styles.box, focused && styles.focused, error ? styles.wrong : null]}>
        {Icon ? <Icon size={size.icon} color={palette.dim} aria-hidden /> : null}
        <TextInput
          {...input}
          nativeID={nativeID}
          aria-label={label}
          aria-invalid={Boolean(error)}
          onFocus={(event) => (setFocused(true), input.onFocus?.(event))}
          onBlur={(event) => (setFocused(false), input.onBlur?.(event))}
          placeholderTextColor={palette.faint}
          style={styles.input}
        />
        {trailing}
      </View>
      {note ? (
        <Text kind="small" color={error ? "danger" : "dim"} role={error ? "alert" : undefined}>
          {note}
        </Text>
      ) : null}
    </View>
  );
}

const makeStyles = (palette: Palette) =>
  StyleSheet.create({
    field: { gap: space.xs },
    box: {
      minHeight: size.target + space.xs,
      flexDirection: "row",
      alignItems: "center",
      gap: space.sm,
      paddingHorizontal: space.md,
      borderRadius: radius.md,
      borderWidth: size.line,
      borderColor: palette.edge,
      backgroundColor: palette.surface,
    },
    focused: { borderColor: palette.focus, boxShadow: `0 0 0 1px ${palette.focus}` },
    wrong: { borderColor: palette.danger },
    input: {
      flex: 1,
      minWidth: 0,
      minHeight: size.target,
      color: palette.text,
      fontFamily: type.body.fontFamily,
      fontSize: type.body.fontSize * textScale,
      outlineWidth: 0,
    },
  });

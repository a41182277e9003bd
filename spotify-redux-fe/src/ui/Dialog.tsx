import X from "lucide-react-native/icons/x";
import { useEffect, useRef, type ReactNode } from "react";
import { Modal, Pressable, ScrollView, StyleSheet, View } from "react-native";

import { focusedElement, focusFirst, restoreFocus } from "@/platform/focus";
import { useReducedMotion } from "@/platform/reducedMotion";
import { radius, size, space, type Palette } from "@/theme/tokens";
import { useRoom, useStyles } from "@/theme/useTheme";

import { IconButton } from "./IconButton";
import { Text } from "./Text";

interface Props {
  title: string;
  closeLabel: string;
  onClose: () => void;
  children: ReactNode;
  wide?: boolean;
  /** What stands in the title's place, where that is more than words. */
  head?: ReactNode;
}

/** A dialog: a sheet from below on phones, a box in the middle elsewhere. Escape and the backdrop close it. */
export function Dialog({ title, closeLabel, onClose, children, wide, head }: Props) {
  const styles = useStyles(makeStyles);
  const { grid } = useRoom();
  const still = useReducedMotion();
  const box = useRef<View>(null);
  useEffect(() => {
    const opener = focusedElement();
    focusFirst(box.current);
    return () => restoreFocus(opener);
  }, []);
  // the web's Modal hears Escape only once it has come in
  const onKeyUp = (event: { key: string; stopPropagation: () => void }) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    onClose();
  };
  return (
    <Modal
      {...({ "aria-label": title } as object)}
      transparent
      visible
      animationType={still ? "none" : grid ? "fade" : "slide"}
      onRequestClose={onClose}
    >
      <View {...({ onKeyUp } as object)} style={[styles.stage, grid ? styles.middle : styles.bottom]}>
        <Pressable style={styles.scrim} onPress={onClose} aria-hidden focusable={false} tabIndex={-1} />
        <View ref={box} style={[styles.box, grid ? styles.card : styles.sheet, wide && styles.wide]}>
          <View style={styles.head}>
            {head ?? (
              <Text kind="heading" heading={2} style={styles.title}>
                {title}
              </Text>
            )}
            <IconButton icon={X} label={closeLabel} onPress={onClose} />
          </View>
          <ScrollView contentContainerStyle={styles.content}>{children}</ScrollView>
        </View>
      </View>
    </Modal>
  );
}

const makeStyles = (palette: Palette) =>
  StyleSheet.create({
    stage: { flex: 1, alignItems: "center" },
    middle: { justifyContent: "center", padding: space.xl },
    bottom: { justifyContent: "flex-end" },
    scrim: {
      position: "absolute",
      top: 0,
      bottom: 0,
      start: 0,
      end: 0,
      backgroundColor: palette.scrim,
      cursor: "auto",
    } as object,
    box: { backgroundColor: palette.raised, maxHeight: "85%", width: "100%", borderColor: palette.line },
    card: { maxWidth: size.dialog, borderRadius: radius.md, borderWidth: size.line },
    wide: { maxWidth: size.text },
    sheet: { borderTopStartRadius: radius.md, borderTopEndRadius: radius.md, borderTopWidth: size.line },
    head: {
      flexDirection: "row",
      alignItems: "center",
      paddingStart: space.lg,
      paddingEnd: space.sm,
      paddingTop: space.sm,
    },
    title: { flex: 1 },
    content: { paddingHorizontal: space.lg, paddingBottom: space.xl, paddingTop: space.sm, gap: space.md },
  });

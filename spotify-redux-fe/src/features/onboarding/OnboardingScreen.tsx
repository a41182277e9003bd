import { useMutation } from "@tanstack/react-query";
import Head from "expo-router/head";
import { useState, type ReactNode } from "react";
import { StyleSheet, View } from "react-native";
import { useSafeAreaInsets } from "react-native-safe-area-context";

import { coldStart } from "@/api/calls/songs";
import { problemIn } from "@/api/problem";
import { amend, useSession } from "@/api/session";
import type { Song } from "@/api/types";
import { useTranslation } from "@/i18n";
import { MoreFound } from "@/songs/MoreFound";
import { useSongSearch } from "@/songs/useSongSearch";
import { explain } from "@/stores/explain";
import { say } from "@/stores/toast";
import { size, space, type Palette } from "@/theme/tokens";
import { useStyles } from "@/theme/useTheme";

import { Chosen } from "./Chosen";
import { FollowImports } from "./FollowImports";
import { Lead } from "./Lead";
import { PickGrid } from "./PickGrid";
import { useSuggested } from "./useSuggested";
import { YouMightLike } from "./YouMightLike";

const MOST = 5;

/** The first minute of an account: a few songs, and at once what goes with them. `history` opens the import. */
export function OnboardingScreen({ history }: { history: (done: () => void) => ReactNode }) {
  const { t } = useTranslation();
  const styles = useStyles(makeStyles);
  const insets = useSafeAreaInsets();
  const [picked, setPicked] = useState<readonly Song[]>([]);
  const [importing, setImporting] = useState(false);
  const begin = useMutation({
    mutationFn: () => coldStart(picked.map((song) => song.song_id)),
    onSuccess: () => amend({ choosing: false, onboarded: false }), // the page after this one leads home
    onError: (error) => say(explain(problemIn(error))),
  });
  const toggle = (song: Song) => {
    const kept = picked.filter((one) => one.song_id !== song.song_id);
    if (kept.length < picked.length) setPicked(kept);
    else if (picked.length < MOST) setPicked([...picked, song]);
    else say(t("onboarding.enough", { count: MOST }));
  };
  return (
    <View style={[styles.page, { paddingTop: insets.top, paddingBottom: insets.bottom }]} role="main">
      <Head>
        <title>{t("onboarding.page_title")}</title>
      </Head>
      {begin.data ? (
        <YouMightLike songs={begin.data.items} />
      ) : (
        <>
          <FollowImports waits={importing} />
          <Picking picked={picked} onToggle={toggle} onHistory={() => setImporting(true)} />
          <Chosen
            picked={picked}
            onRemove={toggle}
            onContinue={() => begin.mutate()}
            busy={begin.isPending}
          />
        </>
      )}
      {importing ? history(() => setImporting(false)) : null}
    </View>
  );
}

interface PickingProps {
  picked: readonly Song[];
  onToggle: (song: Song) => void;
  onHistory: () => void;
}

function Picking({ picked, onToggle, onHistory }: PickingProps) {
  const styles = useStyles(makeStyles);
  const [q, setQ] = useState("");
  const found = useSongSearch(q);
  const enough = useSession(({ user }) => user?.choosing && user.onboarded);
  const onCancel = enough ? () => amend({ choosing: false }) : undefined;
  const ids = picked.map((song) => song.song_id);
  const suggested = useSuggested(ids);
  const shown = q.trim() ? found : suggested;
  const songs = q.trim() ? found.data?.items : suggested.songs;
  return (
    <View style={styles.fill}>
      <PickGrid
        head={<Lead q={q} onChange={setQ} onHistory={onHistory} onCancel={onCancel} />}
        songs={songs}
        busy={shown.isPlaceholderData}
        error={shown.error}
        onRetry={() => void shown.refetch()}
        picked={ids}
        onToggle={onToggle}
        none={q.trim() && !found.late ? found.q : null}
        more={q.trim() ? <MoreFound found={found} /> : null}
      />
    </View>
  );
}

const makeStyles = (palette: Palette) =>
  StyleSheet.create({
    page: { flex: 1, backgroundColor: palette.bg },
    fill: { flex: 1, width: "100%", maxWidth: size.page, alignSelf: "center", paddingTop: space.sm },
  });

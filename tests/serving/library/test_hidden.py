"""Which rows of a catalog are hidden."""

from pathlib import Path

from artifact_set import open_set
from serving.library.hidden import hidden_rows
from tests.serving import two_camps
from tests.serving.two_camps import SONGS, rock


def test_a_hidden_song_is_hidden_in_every_version(tmp_path: Path) -> None:
    granite = two_camps.ROCK_TRACKS[6]
    artifacts = open_set(two_camps.complete(tmp_path, renamed={granite: f"{two_camps.ROCK_TRACKS[0]} (Live)"}))
    assert hidden_rows(artifacts, [f"song:{rock(0)}"]) == {SONGS.index(rock(0)), SONGS.index(rock(6))}
    assert hidden_rows(artifacts, [f"song:{rock(1)}"]) == {SONGS.index(rock(1))}

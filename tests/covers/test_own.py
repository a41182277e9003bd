"""Covers of one's own: which file is whose, and what is refused."""

from pathlib import Path

import pytest

from covers.own import BadCovers, OwnCovers

CREEP = ("Radiohead - Creep", "Radiohead", "Creep")


def _folder(root: Path, *names: str) -> Path:
    for name in names:
        path = root / "mine" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    return root / "mine"


@pytest.mark.parametrize(
    ("name", "album"),
    [
        ("Radiohead/Pablo Honey.jpg", "Pablo Honey"),
        ("radiohead/PABLO HONEY.PNG", "Pablo Honey (Deluxe Edition)"),
        ("Music/Radiohead/Pablo Honey.webp", "Pablo Honey"),
        ("Radiohead/Creep.jpg", None),
    ],
)
def test_a_file_is_found_by_artist_and_album_or_track_however_they_are_spelt(
    tmp_path: Path, name: str, album: str | None
) -> None:
    own = OwnCovers(_folder(tmp_path, name))
    key = own.key(*CREEP, album)
    assert key is not None
    assert own.path(key) == tmp_path / "mine" / name


def test_other_artists_albums_and_files_are_not_taken(tmp_path: Path) -> None:
    own = OwnCovers(_folder(tmp_path, "TLC/Creep.jpg", "Radiohead/The Bends.jpg", "Radiohead/Creep.txt"))
    assert own.key(*CREEP, "Pablo Honey") is None
    assert OwnCovers(None).key(*CREEP, None) is None


def test_covers_json_goes_first_and_may_name_the_album(tmp_path: Path) -> None:
    folder = _folder(tmp_path, "Radiohead/Creep.jpg", "scan.jpg", "Radiohead/The Bends.jpg")
    (folder / "covers.json").write_text(
        '{"Radiohead - Creep": "scan.jpg", "Radiohead - Just": {"album": "The Bends"}}', encoding="utf-8"
    )
    own = OwnCovers(folder)
    key = own.key(*CREEP, None)
    assert key is not None
    assert own.path(key) == folder / "scan.jpg"
    assert own.album("Radiohead - Just") == "The Bends"
    assert own.key("Radiohead - Just", "Radiohead", "Just", None) is not None


@pytest.mark.parametrize("name", ["../secret.jpg", "/etc/passwd", "none.jpg", "Radiohead/../../secret.jpg"])
def test_a_file_outside_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    folder = _folder(tmp_path, "Radiohead/Creep.jpg")
    (tmp_path / "secret.jpg").write_bytes(b"x")
    (folder / "covers.json").write_text(f'{{"A - B": "{name}"}}')
    with pytest.raises(BadCovers, match="expected a picture inside"):
        OwnCovers(folder)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"A - B": 1}', '{"A - B": {"cover": []}}'])
def test_a_covers_json_that_is_none_is_named_with_what_was_expected(tmp_path: Path, text: str) -> None:
    folder = _folder(tmp_path, "x.jpg")
    (folder / "covers.json").write_text(text)
    with pytest.raises(BadCovers, match=r'covers\.json cannot be read: expected \{"Artist - Track": "file\.jpg"\}'):
        OwnCovers(folder)

"""Covers of one's own: a folder of pictures that goes before every provider.

`ARTIST/ALBUM.jpg` is the cover of all songs of that album, as far as a provider or `covers.json` tells the album;
`ARTIST/TRACK.jpg` of one song. `covers.json` names files by song: `{"Radiohead - Creep": "any/file.jpg"}`, or
`{"Radiohead - Creep": {"cover": "any/file.jpg", "album": "Pablo Honey"}}`.
"""

import hashlib
from pathlib import Path

from pydantic import BaseModel, TypeAdapter, ValidationError

from catalog.text import fold, name_key
from errors import StartError

_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".gif"})
_NAMED = "covers.json"
_MOST_BYTES = 20 * 2**20


class BadCovers(StartError):
    """A COVERS_DIR that cannot be read as one."""


class Own(BaseModel):
    """What one's own files say of a song."""

    cover: str | None = None
    album: str | None = None


_OVERRIDES = TypeAdapter(dict[str, str | Own])


class OwnCovers:
    """The pictures of COVERS_DIR, as they lay there at the start. Raises BadCovers."""

    def __init__(self, folder: Path | None) -> None:
        self._by_key: dict[str, Path] = {}
        self._by_name: dict[tuple[str, str], str] = {}  # keys by artist and album or track
        self._by_song: dict[str, str] = {}  # keys that covers.json gives
        self._albums: dict[str, str] = {}
        if folder is not None:
            self._read(folder)

    def album(self, song_id: str) -> str | None:
        """The album that covers.json tells."""
        return self._albums.get(song_id)

    def key(self, song_id: str, artist: str, track: str, album: str | None) -> str | None:
        """The key of the picture that is this song's cover, None where there is none."""
        if not self._by_key:
            return None
        if song_id in self._by_song:
            return self._by_song[song_id]
        names = (name_key(fold(name)) for name in (track, self._albums.get(song_id) or album) if name)
        whose = name_key(fold(artist))
        return next((self._by_name[whose, name] for name in names if (whose, name) in self._by_name), None)

    def path(self, key: str) -> Path | None:
        """The picture with this key."""
        return self._by_key.get(key)

    def _read(self, folder: Path) -> None:
        if not folder.is_dir():
            msg = f"COVERS_DIR names {str(folder)!r}, which is no folder: make it, or unset COVERS_DIR"
            raise BadCovers(msg)
        keys: dict[Path, str] = {}
        for path in sorted(folder.rglob("*")):
            if path.suffix.lower() in _SUFFIXES and path.is_file() and path.stat().st_size <= _MOST_BYTES:
                key = keys[path] = _key(path)
                self._by_name.setdefault((name_key(fold(path.parent.name)), name_key(fold(path.stem))), key)
                self._by_key[key] = path
        if (folder / _NAMED).is_file():
            self._override(folder, keys)

    def _override(self, folder: Path, keys: dict[Path, str]) -> None:
        path = folder / _NAMED
        try:
            said = _OVERRIDES.validate_json(path.read_bytes())
        except (ValidationError, OSError) as exc:
            msg = f'{path} cannot be read: expected {{"Artist - Track": "file.jpg"}} ({str(exc).splitlines()[0]})'
            raise BadCovers(msg) from exc
        for song, one in said.items():
            own = Own(cover=one) if isinstance(one, str) else one
            if own.album:
                self._albums[song] = own.album
            if own.cover is None:
                continue
            if folder / own.cover not in keys:
                msg = f"{path} gives {song!r} the cover {own.cover!r}: expected a picture inside {folder}"
                raise BadCovers(msg)
            self._by_song[song] = keys[folder / own.cover]


def _key(path: Path) -> str:
    known = path.stat()
    text = f"own\n{path.resolve()}\n{known.st_size}\n{known.st_mtime_ns}"
    return hashlib.blake2b(text.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()

"""What follows a title and marks a version of the same song: remasters, guests, single versions; live takes apart."""

import re

_REST = r"[^()\[\]]*"  # never beyond the bracket: "(feat. Sia) [Alesso Remix]" is a remix all the same

# One recording, or hardly another: learned together as one song.
_SAME_RECORDING = (
    rf"(?:\d{{4}}\s+(?:-\s+)?)?(?:digital(?:ly)?\s+)?re-?master(?:ed)?(?:\s{_REST})?"
    rf"|(?:feat\b\.?|ft\b\.?|featuring\b)\s{_REST}"
    r"|(?:(?:\d{4}|original|album|single|lp|ep|radio|stereo|explicit|clean|full|extended|deluxe)\s+)*"
    r"(?:version|edit|mono|stereo)(?:\s+(?:version|mix|\d{4}))*|explicit|clean|bonus\s+track|deluxe(?:\s+edition)?"
    r"|\d{4}\s+(?:(?:mono|stereo)\s+)?mix"
    rf"|from\s+(?:\S*['\"“”«]{_REST}|{_REST}(?:soundtrack|motion picture|series|film){_REST})"
)
# Another take of the song: found under its name and shown once, but a song of its own to learn from.
_LIVE = rf"live(?:\s+(?:at|from|in|on|version|session|recording|performance|\d{{4}})\b{_REST})?"

_OTHER_SONG = re.compile(
    r"\b(?:remix(?:ed)?|rmx|live|acoustic|unplugged|karaoke|instrumental|a\s?cappella|nightcore|sped[\s-]up|slowed"
    r"|reverb|cover(?:ed)?|tribute|demo|reprise|dub|bootleg|mashup|rework)\b"
)
_GUEST = re.compile(rf"\s(?:feat\b|featuring\b|ft\.)\.?\s{_REST}?(?=\s*[(\[]|\s+-\s|$)")


class _Marks:
    """Where versions are marked: in brackets anywhere, after a dash at the end."""

    def __init__(self, version: str) -> None:
        self.in_brackets = re.compile(rf"\s*[(\[]\s*(?:{version})\s*[)\]]")
        self.after_dash = re.compile(rf"\s+[-–—]\s+(?:{version})\s*$")


_RECORDINGS = _Marks(_SAME_RECORDING)
_TAKES = _Marks(f"{_SAME_RECORDING}|{_LIVE}")


def without_takes(name: str) -> str:
    """A folded artist or track without all marks of versions, live takes' too: "creep (live)" is creep."""
    bare = name
    if "(" in bare or "[" in bare:
        bare = _TAKES.in_brackets.sub("", bare)
    if " - " in bare or " – " in bare or " — " in bare:
        bare = _TAKES.after_dash.sub("", bare)
    if "f" in bare:
        bare = _GUEST.sub("", bare)
    return bare


def one_recording(song: str) -> str:
    """A plain "artist - track" without marks of the same recording; a mark that names a remix, too, stays."""
    bare = song
    if "(" in bare or "[" in bare:
        bare = _RECORDINGS.in_brackets.sub(_drop, bare)
    if "f" in bare:
        bare = _GUEST.sub(_drop, bare)
    while bare.count(" - ") > 1 and (shorter := _RECORDINGS.after_dash.sub(_drop, bare)) != bare:
        bare = shorter
    return bare if _has_track(bare) else song


def _drop(mark: re.Match[str]) -> str:
    return mark[0] if _OTHER_SONG.search(mark[0]) else ""


def _has_track(song: str) -> bool:
    """Whether something is left of the track: there are songs called "(Live)" and "Remastered"."""
    _, dash, track = song.partition(" - ")
    return not dash or track.strip(" -") != ""

"""YouTube Takeout: watch-history.json, of which the rows of YouTube Music are listens."""

import re
from collections.abc import Callable, Iterable, Sequence

from catalog.text import words
from history.documents import Record
from history.formats.contract import NO_PLAY
from history.parts import Rows

_MUSIC = "YouTube Music"
_MUSIC_SITE = "https://music.youtube.com/"
_TOPIC = " - Topic"
_NO_ARTIST = "Release - Topic"  # the channel of songs whose artists have none
_VEVO = "VEVO"
_OFFICIAL = re.compile(r"\s*[(\[]official\b[^()\[\]]*\b(?:video|audio)[)\]]\s*$", re.IGNORECASE)
_ENOUGH = 5  # different titles whose common beginning or ending is the language's word for "Watched"
# How Takeout says "Watched …" in common languages, for histories too short to show it
_BEFORE = (
    "Watched ",
    "Vous avez regardé ",
    "Has visto ",
    "Hai guardato ",
    "Du har sett på ",
    "Assistiu a ",
    "Obejrzano: ",
)
_AFTER = (" angesehen", " bekeken", " を視聴しました", "を視聴しました")
_QUOTES = ("「」", "«»", "“”", "„“", '""')  # that some languages put around the title


class YouTube:
    """Its titles say "Watched Karma Police" in the language of the account."""

    title = "YouTube Takeout"

    def claims(self, record: Record) -> bool:
        """Whether a record is of a watch history."""
        return "title" in record and "time" in record and ("titleUrl" in record or "header" in record)

    def read(self, records: Iterable[Record], rows: Rows) -> None:
        """Plays of YouTube Music; videos, and songs that were taken down, are counted."""
        kept = []
        for record in records:
            if record.get("header") != _MUSIC and not str(record.get("titleUrl", "")).startswith(_MUSIC_SITE):
                rows.tally.drop("video")
            elif not isinstance(record.get("title"), str) or _channel(record) is None:
                rows.tally.drop(NO_PLAY)
            else:
                kept.append(record)
        titles = [record["title"] for record in kept]
        for record, track in zip(kept, without_watched(titles), strict=True):
            artist, track = song_of(_channel(record) or "", track)
            rows.play(artist, track, record.get("time"))


def _channel(record: Record) -> str | None:
    channels = record.get("subtitles")
    if not isinstance(channels, list) or not channels or not isinstance(channels[0], dict):
        return None
    name = channels[0].get("name")
    return name if isinstance(name, str) else None


def song_of(channel: str, title: str) -> tuple[str, str]:
    """The artist and the track of a song, or of its video: on the artist's channel a title may begin with the artist.

    Vevo writes names of artists without blanks; a title has them.
    """
    if channel.endswith(_TOPIC):
        return channel if channel == _NO_ARTIST else channel.removesuffix(_TOPIC), title
    artist, track = channel.removesuffix(_VEVO) or channel, _OFFICIAL.sub("", title) or title
    named, _, rest = track.partition(" - ")
    if rest and "".join(words(named)) == "".join(words(artist)):
        return named if artist != channel else artist, rest
    return artist, track


def without_watched(titles: Sequence[str]) -> list[str]:
    """Titles without the words for "Watched" before or after them, in whatever language all of them have it."""
    before, after = _known(titles, _BEFORE, str.startswith), _known(titles, _AFTER, str.endswith)
    different = set(titles)
    if not before and not after and len(different) >= _ENOUGH:
        before = _to_last_blank(_shared_beginning(different))
        after = _to_last_blank(_shared_beginning({title[::-1] for title in different}))[::-1]
    bare = [title.removeprefix(before).removesuffix(after) for title in titles]
    quotes = next((pair for pair in _QUOTES if all(t.startswith(pair[0]) and t.endswith(pair[1]) for t in bare)), None)
    return [title[1:-1] for title in bare] if quotes and bare else bare


def _known(titles: Sequence[str], words: Sequence[str], has: Callable[[str, str], bool]) -> str:
    """The one of the words that most titles have."""
    counted = {word: sum(has(title, word) for title in titles) for word in words}
    best = max(words, key=lambda word: counted[word])
    return best if counted[best] * 2 > len(titles) else ""


def _shared_beginning(titles: set[str]) -> str:
    first, last = min(titles), max(titles)
    length = next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))
    return first[:length]


def _to_last_blank(text: str) -> str:
    """As far as the last blank or quote: what follows may be letters that titles share by chance."""
    end = max(text.rfind(mark) for mark in ' \u00a0"“”„«»「」')
    return text[: end + 1]

"""What titles and reasons of shelves say: in English, and in parts for whoever translates it."""

from dataclasses import dataclass
from enum import StrEnum


class Phrase(StrEnum):
    """What a title or a reason says, for whoever translates it."""

    MADE_FOR_YOU = "made_for_you"
    MIX = "mix"
    BECAUSE_YOU_LIKE = "because_you_like"
    MORE_OF = "more_of"
    POPULAR = "popular"
    HIDDEN_GEMS = "hidden_gems"
    NEAR_CHOSEN = "near_chosen"
    NEAR_LIKED = "near_liked"
    NEAR_CHOSEN_AND_LIKED = "near_chosen_and_liked"
    AROUND_CHOSEN = "around_chosen"
    NEAR_SONG = "near_song"
    ARTIST_AMONG_CHOSEN = "artist_among_chosen"
    MOST_LISTENED = "most_listened"
    OFF_THE_BEATEN_TRACK = "off_the_beaten_track"
    NEAR_PLAYED = "near_played"
    NEAR_CHOSEN_AND_PLAYED = "near_chosen_and_played"
    BECAUSE_YOU_LISTEN_TO = "because_you_listen_to"
    ON_REPEAT = "on_repeat"
    PLAYED_MOST = "played_most"
    JUMP_BACK_IN = "jump_back_in"
    PLAYED_LAST = "played_last"
    NEW_TO_YOU = "new_to_you"
    ARTISTS_NOT_PLAYED = "artists_not_played"
    REDISCOVER = "rediscover"
    NOT_PLAYED_LATELY = "not_played_lately"


@dataclass(frozen=True)
class Words:
    """A title or a reason in English, and what it is made of. song: a row; liked: of `count`, or beside it."""

    code: Phrase
    text: str
    song: int | None = None
    artists: tuple[str, ...] = ()
    count: int | None = None
    liked: int | None = None

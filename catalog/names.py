"""When two names are one: the fold that learning, the catalog and search share.

`plain("Guns N’ Roses ") == plain("GUNS N' ROSES")`. Accents stay: Mø is not Mo. Search forgives more, on top of this
(`catalog.text.fold`).
"""

import re
import unicodedata

from catalog.versions import one_recording

APOSTROPHES = "'’‘‛`´ʼʻʹ′＇"
_DASHES = "‐‑‒–—―−﹘﹣－"
# before NFKC, which would spell the signs out and put a blank before the accent of "´"
_SIGNS = str.maketrans(
    {"™": "", "®": "", "©": "", "℠": "", **dict.fromkeys(APOSTROPHES, "'"), **dict.fromkeys(_DASHES, "-")}
    | dict.fromkeys("“”„‟«»＂", '"')
)
# Default_Ignorable_Code_Point of Unicode's DerivedCoreProperties: zero-width characters, marks of direction, fillers,
# variation selectors
_UNSEEN = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_IGNORABLE = re.compile(f"[{_UNSEEN}\ufe00-\ufe0f]")
_BLANK = "\u2800"  # the Braille pattern without a dot, a blank that Unicode counts among the signs
_CONTROLS = dict.fromkeys([*range(32), 127], " ")
# what goes from a name's ends; variation selectors stay, an emoji may end with one
_EDGE = rf"[\s{_BLANK}{_UNSEEN}]+"
_EDGES = re.compile(f"^{_EDGE}|{_EDGE}$")


def plain(name: str) -> str:
    """The name in one spelling: NFKC, lower case, single blanks, plain apostrophes, quotes and dashes, nothing unseen.

    NFKC rather than NFC, so that full-width letters and "…" are what they look like (Unicode Annex 15). Empty where
    nothing can be seen.
    """
    if name.isascii():
        name = name.lower().replace("`", "'")
    else:
        name = unicodedata.normalize("NFKC", _IGNORABLE.sub("", name.translate(_SIGNS))).casefold()
        name = unicodedata.normalize("NFKC", name).replace(_BLANK, " ")
    if not name.isprintable():
        name = name.translate(_CONTROLS)
    return " ".join(name.split())


def song_key(song_id: str) -> str:
    """Equal for the spellings and versions of one song that are learned together; takes a whole song_id.

    "Sia - Titanium - Remastered 2011", "SIA - Titanium (feat. X)" and "Sia - Titanium" have one key.
    """
    return one_recording(plain(song_id))


def tidy(name: str) -> str:
    """The name as it is shown: without blanks and unseen characters around it, in one line; empty where none is seen.

    What cannot be seen inside a name stays: emoji are made of it.
    """
    if name.isascii() and name.isprintable():
        return name.strip()
    if not name.isprintable():
        name = name.translate(_CONTROLS)
    name = _EDGES.sub("", name)
    return name if plain(name) else ""

"""Who an artist's name credits: "A, B", "A & B" and "A feat. B" are songs of A and of B."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from catalog.names import plain

_GUEST = re.compile(r"\s*[(\[]?\b(?:feat\b\.?|ft\b\.?|featuring|vs\b\.?)\s+")
_JOINT = re.compile(r"\s*[,;&]\s*|\s+[/+×]\s+|\s+(?:x|and|und|et|y|и)\s+")
_SIGNS = " ()[]"


class Credits(NamedTuple):
    """code: (k,) equal for spellings of one artist. credited: for each of k names the codes of all it credits.

    A code at or above `len(code)` is of somebody who is only ever credited with others.
    """

    code: list[int]
    credited: list[list[int]]


def credits_of(artists: Sequence[str]) -> Credits:
    """The artists behind k different names. "Earth, Wind & Fire" is one where neither Earth nor the others play alone.

    What follows "feat." is always another artist; a comma or an "&" divides names of which one stands alone elsewhere.
    """
    keys = [plain(artist) for artist in artists]
    code_of: dict[str, int] = {}
    codes = [code_of.setdefault(key, len(code_of)) for key in keys]
    texts_of = {key: [text for part in _GUEST.split(key) if (text := part.strip(_SIGNS))] or [key] for key in code_of}
    alone = {lead for lead, *_ in texts_of.values() if len(_cut(lead)) == 1}
    credited: dict[str, list[int]] = {}
    for key, texts in texts_of.items():
        names = (name for text in texts for name in _divided(text, alone))
        credited[key] = list(dict.fromkeys(code_of.setdefault(name, len(code_of)) for name in names))
    return Credits(codes, [credited[key] for key in keys])


def _cut(text: str) -> list[str]:
    return [part for piece in _JOINT.split(text) if (part := piece.strip())]


def _divided(text: str, alone: set[str]) -> list[str]:
    parts = _cut(text)
    return parts if not alone.isdisjoint(parts) else [text]

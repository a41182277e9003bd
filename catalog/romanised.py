"""Names of other scripts as people type them in Latin letters: kino for Кино, utada for 宇多田ヒカル.

Used where the search index is built; a query needs none of it.
"""

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from anyascii import anyascii
from jaconv import kana2alphabet, kata2hira

if TYPE_CHECKING:
    from sudachipy import Tokenizer

_KANA = re.compile("[\u3040-\u30ff]")
_HAN = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]")
_LETTERS = re.compile(r"[a-z0-9]+")


def romanised(name: str) -> set[str]:
    """Words by which a name of another script can be found, lower case; empty where it is in Latin letters already.

    What is written in kana and Han is read as Japanese, in Han alone as Chinese and as Japanese: the characters do
    not say which. Each reading counts as single words and as all of them in one.
    """
    if name.isascii():
        return set()
    texts = [] if _KANA.search(name) else [_spelled(name)]
    if "ё" in name.lower():  # yo to most who write Russian in Latin letters
        texts.append(_spelled(name.replace("ё", "yo").replace("Ё", "Yo")))
    if _KANA.search(name) or _HAN.search(name):
        texts.append(_japanese(name))
    found: set[str] = set()
    for text in texts:
        words = _LETTERS.findall(text.lower().replace("'", ""))
        found |= {*words, "".join(words)}
    return {word for word in found if len(word) > 1}


def _spelled(name: str) -> str:
    """Sound for sound in Latin letters; Han characters are divided, for people type syllables together or apart."""
    # anyascii writes each with a capital: DengLiJun
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", anyascii(name)) if _HAN.search(name) else anyascii(name)


def _japanese(name: str) -> str:
    readings = (part.reading_form() for part in _tokenizer().tokenize(name))
    return " ".join(str(kana2alphabet(kata2hira(reading))) for reading in readings)


@lru_cache(maxsize=1)
def _tokenizer() -> "Tokenizer":
    from sudachipy import Dictionary  # a worker that only searches never needs it

    return Dictionary().tokenizer()

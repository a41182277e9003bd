"""Names as people type them: one folding for the index, the query and the resolution of seeds.

`words("Sigur Rós") == ["sigur", "ros"]`, `words("AC/DC") == ["ac", "dc"]`, `words("P!nk") == ["pink"]`.
Any string is plain text: lone surrogates and control characters count as blanks.
"""

import re
import unicodedata
from functools import lru_cache

from catalog.names import APOSTROPHES, plain
from catalog.versions import without_takes

LONGEST_NAME = 1000  # characters of a name that are read
LONGEST_WORD = 40  # characters of a word that are kept

# letters that look like an accented one or a pair and do not decompose, and apostrophes that NFKD makes
_LETTERS = str.maketrans(
    {
        **dict.fromkeys(APOSTROPHES, "'"),
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "æ": "ae",
        "œ": "oe",
        "ı": "i",
        "ħ": "h",
        "ŧ": "t",
    }
)
_SAME_WORD = {"ft": "feat", "featuring": "feat"}

# scripts written without blanks: Thai, Lao, Burmese, Khmer, kana, bopomofo, Han
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u312f\u3400-\u9fff\U00020000-\U0003ffff"
_RUNS = re.compile(f"[{_UNSPACED}]+|[^{_UNSPACED}]+")
_UNSPACED_CHARACTER = re.compile(f"[{_UNSPACED}]")
_ASCII_WORDS = re.compile(r"[a-z0-9]+")
_DOLLAR = re.compile(r"(?<=[^\W_])\$+|\$+(?=[^\W_\d])")  # Ke$ha, $ign, but not $100
_BANG = re.compile(r"(?<![^\W_])([^\W\d_])!(?=[^\W\d_])")  # P!nk, but not Hey!Ho
_INITIALS = re.compile(r"(?<![^\W_])(?:[^\W\d_]\.){2,}[^\W\d_]?(?![^\W_])")  # R.E.M., N.W.A
_LONELY_PLUS = re.compile(r"(?<!\S)\+(?!\S)")  # Florence + the Machine


def fold(text: str) -> str:
    """`plain`, and without accents; a sign that stands for a letter or a word becomes it."""
    text = plain(text[:LONGEST_NAME])
    if not text.isascii():
        text = "".join(map(_fold_character, unicodedata.normalize("NFKD", text)))
    if "$" in text:
        text = _DOLLAR.sub(lambda m: "s" * len(m[0]), text)
    if "!" in text:
        text = _BANG.sub(r"\1i", text)
    if "+" in text:
        text = _LONELY_PLUS.sub(" and ", text)
    return text.replace("&", " and ") if "&" in text else text


@lru_cache(maxsize=1 << 16)
def _fold_character(c: str) -> str:
    category = unicodedata.category(c)
    if category[0] == "M":
        # accents and Hebrew and Arabic points go; vowel signs and the Japanese voicing marks are spelling
        order = unicodedata.combining(c)
        return "" if order >= 200 or 10 <= order <= 35 else c
    if category == "Cf":
        return ""
    if category[0] in "CZ":
        return " "
    if "ァ" <= c <= "ヶ":
        return chr(ord(c) - 0x60)  # katakana to hiragana
    return c.translate(_LETTERS)


def words(text: str) -> list[str]:
    """The words of a name in order, each of at most 40 characters; a name of signs alone is one word ("!!!")."""
    return words_of_folded(fold(text))


def words_of_folded(folded: str) -> list[str]:
    """As `words`, of what `fold` returned."""
    if "." in folded:
        folded = _INITIALS.sub(lambda m: m[0].replace(".", ""), folded)
    found = _parts(folded.replace("'", ""))
    if not found:
        chunks = [chunk for chunk in folded.split() if chunk != "-"] or folded.split()
        signs = "".join(c for c in "".join(chunks) if c.isprintable())
        return [signs[:LONGEST_WORD]] if signs else []
    return [_SAME_WORD.get(word, word)[:LONGEST_WORD] for word in found]


def _parts(folded: str) -> list[str]:
    if folded.isascii():
        return _ASCII_WORDS.findall(folded)
    spaced = "".join(c if c.isalnum() or unicodedata.category(c)[0] == "M" else " " for c in folded)
    return [run for part in spaced.split() for run in _RUNS.findall(part)]


def index_words(folded: str) -> set[str]:
    """The words of a folded name and other ways to write them: "ac/dc" is ac, dc, acdc; "千本桜" 千本桜, 本桜, 桜."""
    found = set(words_of_folded(folded))
    if not folded.isascii():
        tails = (w[start:] for w in tuple(found) if is_unspaced(w) for start in range(1, len(w)))
        found.update(tail for tail in tails if tail[0].isalnum())
    elif folded.replace(" ", "").isalnum():
        return found | {"and"} if "n" in found else found
    for chunk in folded.split():
        parts = _parts(chunk.replace("'", ""))
        if len(parts) > 1:
            found.add("".join(parts)[:LONGEST_WORD])
        if "'" in chunk:
            found.update(part[:LONGEST_WORD] for part in _parts(chunk) if len(part) > 1 or part == "n")
        if "." in chunk:
            found.update(part[:LONGEST_WORD] for part in parts)
    return found | {"and"} if "n" in found else found


def is_unspaced(word: str) -> bool:
    """Whether the word is of a script that is written without blanks, so that it may be part of a longer run."""
    return not word.isascii() and _UNSPACED_CHARACTER.match(word) is not None


def base_name(folded: str) -> str:
    """A folded name without "the " and without what marks a version: "- remastered 2011", "(live)", "feat. x"."""
    bare = without_takes(folded).strip().removeprefix("the ")
    return bare if bare == folded or _parts(bare) else folded


def words_and_base(folded: str) -> tuple[list[str], list[str]]:
    """The words of a folded name, and those of its base name."""
    words, base = words_of_folded(folded), base_name(folded)
    return words, words if base == folded else words_of_folded(base)


def name_key(folded: str) -> str:
    """Equal for spellings and versions of one artist or track: its base name's words without blanks between them."""
    return "".join(words_of_folded(base_name(folded)))

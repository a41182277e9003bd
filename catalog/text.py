"""Names as people type them: one folding for the index, the query and the resolution of seeds.

`words("Sigur Rós") == ["sigur", "ros"]`, `words("AC/DC") == ["ac", "dc"]`, `words("P!nk") == ["pink"]`.
Any string is plain text: lone surrogates and control characters count as blanks.
"""

import re
import unicodedata
from functools import lru_cache

LONGEST_NAME = 1000  # characters of a name that are read
LONGEST_WORD = 40  # characters of a word that are kept

_APOSTROPHES = "'’‘‛`´ʼʻʹ′＇"
# NFKD would spell out the first four and put a blank before the accent of the fifth
_BEFORE = str.maketrans({"™": "", "®": "", "©": "", "℠": "", **dict.fromkeys(_APOSTROPHES, "'")})
# letters that look like an accented letter and have no decomposition
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŧ": "t", "ŀ": "l"}
)
_CANONICAL = {"ft": "feat", "featuring": "feat"}

# scripts written without blanks: Thai, Lao, Khmer, Burmese, kana, bopomofo, Han
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u312f\u3400-\u9fff\U00020000-\U0003ffff"
_RUNS = re.compile(f"[{_UNSPACED}]+|[^{_UNSPACED}]+")
_UNSPACED_WORD = re.compile(f"[{_UNSPACED}]")
_ASCII_WORDS = re.compile(r"[a-z0-9]+")
_DOLLAR = re.compile(r"(?<=[^\W_])\$+|\$+(?=[^\W_])")
_BANG = re.compile(r"(?<![^\W_])([^\W\d_])!(?=[^\W\d_])")
_INITIALS = re.compile(r"(?<![^\W_])(?:[^\W\d_]\.){2,}[^\W\d_]?(?![^\W_])")
_LONELY_PLUS = re.compile(r"(?<!\S)\+(?!\S)")


def fold(text: str) -> str:
    """Lower case, without accents, with plain apostrophes; punctuation that spells a letter is that letter."""
    text = text[:LONGEST_NAME]
    if text.isascii():
        text = text.lower().replace("`", "'")
    else:
        text = unicodedata.normalize("NFKD", text.translate(_BEFORE)).casefold()
        text = "".join(map(_fold_character, unicodedata.normalize("NFKD", text)))
    if "$" in text:
        text = _DOLLAR.sub(lambda m: "s" * len(m[0]), text)
    if "!" in text:
        text = _BANG.sub(r"\1i", text)
    if "." in text:
        text = _INITIALS.sub(lambda m: m[0].replace(".", ""), text)
    if "+" in text:
        text = _LONELY_PLUS.sub(" and ", text)
    return text.replace("&", " and ")


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
    folded = fold(text)
    if folded.isascii():
        found = _ASCII_WORDS.findall(folded.replace("'", ""))
    else:
        found = [run for part in _parts(folded.replace("'", "")) for run in _RUNS.findall(part)]
    if not found:
        signs = "".join(folded.split())
        return [signs[:LONGEST_WORD]] if signs else []
    return [_CANONICAL.get(word, word)[:LONGEST_WORD] for word in found]


def index_words(text: str) -> set[str]:
    """The words of a name and other ways to write them: "AC/DC" is ac, dc, acdc; "千本桜" 千本桜, 本桜, 桜."""
    found = set(words(text))
    folded = fold(text)
    for chunk in folded.split():
        parts = _parts(chunk.replace("'", ""))
        if len(parts) > 1:
            found.add("".join(parts)[:LONGEST_WORD])
        if "'" in chunk:
            found.update(part[:LONGEST_WORD] for part in _parts(chunk))
    if "." in text:
        found.update(letter for initials in _INITIALS.findall(text.lower()) for letter in initials.split(".") if letter)
    if not folded.isascii():
        found.update(w[start:] for w in tuple(found) if is_unspaced(w) for start in range(1, len(w)))
    if "n" in found:
        found.add("and")
    return found


def _parts(folded: str) -> list[str]:
    if folded.isascii():
        return _ASCII_WORDS.findall(folded)
    return "".join(c if c.isalnum() or unicodedata.category(c)[0] == "M" else " " for c in folded).split()


def is_unspaced(word: str) -> bool:
    """Whether the word is of a script that is written without blanks, so that it may be a part of a longer run."""
    return not word.isascii() and _UNSPACED_WORD.match(word) is not None


_VERSION = (
    r"(?:\d{4}\s+)?(?:digital(?:ly)?\s+)?re-?master(?:ed)?\b.*|live\b.*|(?:feat|ft|featuring)\b.*|with\s.*"
    r"|(?:(?:\d{4}|original|album|single|lp|ep|radio|mono|stereo|explicit|clean|full|extended|deluxe)\s+)*"
    r"(?:version|edit|mono|stereo|mix)(?:\s+\d{4})?|explicit|clean|bonus\s+track.*|deluxe.*|from\s+.*|\d{4}"
)
_IN_BRACKETS = re.compile(rf"\s*[(\[]\s*(?:{_VERSION})\s*[)\]]")
_AFTER_DASH = re.compile(rf"\s+[-–—]\s+(?:{_VERSION})\s*$")
_FEAT = re.compile(r"\s+(?:feat|ft|featuring)\b\.?\s.*$")
_THE = re.compile(r"^\s*the\s+(?=\S)")


def base_title(text: str) -> str:
    """A name, folded, without what marks a version: "- Remastered 2011", "(Live)", "feat. X", "The "."""
    folded = fold(text)
    bare = _FEAT.sub("", _AFTER_DASH.sub("", _IN_BRACKETS.sub("", folded)))
    bare = _THE.sub("", bare)
    return bare if _parts(bare) else folded


def glued(text: str) -> str:
    """The words of a name without blanks between them, for comparison: "AC/DC", "ac dc" and "ACDC" are all acdc."""
    return "".join(words(text))


def name_key(text: str) -> str:
    """Equal for spellings and versions of one artist or one track."""
    return glued(base_title(text))


def song_key(artist: str, track: str) -> str:
    """Equal for spellings and versions of one song by one artist."""
    return name_key(artist) + name_key(track)

"""Usernames and passwords: what may be one, and when two names are the same."""

import unicodedata


def comparable(username: str) -> str:
    """The form in which usernames are compared: NFKC, case folded (Unicode 3.13, toNFKC_Casefold in spirit)."""
    folded = unicodedata.normalize("NFKC", username).casefold()
    return unicodedata.normalize("NFKC", folded)


def storable(text: str) -> str:
    """Text that every database and every encoding takes. Raises ValueError for NUL and lone surrogates."""
    if "\0" in text:
        msg = "must not contain a NUL character"
        raise ValueError(msg)
    if any("\ud800" <= character <= "\udfff" for character in text):
        msg = "must be valid Unicode, without lone surrogates"
        raise ValueError(msg)
    return text


def username(text: str) -> str:
    """A name that can be seen. Raises ValueError with the rule that it breaks."""
    if text != text.strip():
        msg = "must not begin or end with a blank"
        raise ValueError(msg)
    if not text.isprintable():
        msg = "must consist of printable characters"
        raise ValueError(msg)
    return text

"""Usernames and passwords: what may be one, and when two names are the same."""

import unicodedata
from functools import cache

from precis_i18n import get_profile

from errors import Code, InvalidValue

_PROFILE = get_profile("UsernameCasePreserved")
_ORNAMENTS = "0123456789!?.,*-_ "
_OUR_NAMES = ("spotify", "redux", "spotifyredux")


def comparable(username: str) -> str:
    """The form in which usernames are compared: NFKC, case folded (Unicode 3.13, toNFKC_Casefold in spirit)."""
    folded = unicodedata.normalize("NFKC", username).casefold()
    return unicodedata.normalize("NFKC", folded)


def storable(text: str) -> str:
    """Text that every database and every encoding takes. Raises InvalidValue for NUL and lone surrogates."""
    if "\0" in text:
        msg = "must not contain a NUL character"
        raise InvalidValue(msg, Code.BAD_TEXT)
    if any("\ud800" <= character <= "\udfff" for character in text):
        msg = "must be valid Unicode, without lone surrogates"
        raise InvalidValue(msg, Code.BAD_TEXT)
    return text


def username(text: str) -> str:
    """A name that can be seen and told from others. Raises InvalidValue with the rule that it breaks.

    The characters are those of RFC 8265's profile UsernameCasePreserved, for each of the words of a name.
    """
    if text != text.strip():
        msg = "must not begin or end with a blank"
        raise InvalidValue(msg, Code.BAD_USERNAME)
    if not text.isprintable():
        msg = "must consist of printable characters"
        raise InvalidValue(msg, Code.BAD_USERNAME)
    if "  " in text:
        msg = "must not hold two blanks in a row"
        raise InvalidValue(msg, Code.BAD_USERNAME)
    for word in text.split():
        _refuse_invisible(word)
    return text


def _refuse_invisible(word: str) -> None:
    try:
        _PROFILE.enforce(word)
    except UnicodeEncodeError as exc:
        msg = f"must consist of letters, digits and ASCII punctuation, which {word[exc.start]!a} is not"
        raise InvalidValue(msg, Code.BAD_USERNAME) from exc


def password(text: str, username: str | None = None) -> str:
    """A password that is not among the first an attacker tries. Raises InvalidValue with what is wrong.

    NIST SP 800-63B section 3.1.1.2: no rules of composition, but a list of what may not be chosen: common passwords, a
    character or two repeated, the name of the service or of the user.
    """
    folded = comparable(text)
    if folded in _common_passwords() or len(set(folded)) <= 2:
        msg = "is among the passwords that are tried first: choose another, e.g. four words that do not belong together"
        raise InvalidValue(msg, Code.WEAK_PASSWORD)
    core = folded.strip(_ORNAMENTS)
    if core in _OUR_NAMES or (username and core == comparable(username).strip(_ORNAMENTS)):
        msg = "must not be the name of the user or of this service"
        raise InvalidValue(msg, Code.WEAK_PASSWORD)
    return text


@cache
def _common_passwords() -> frozenset[str]:
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # a second and megabytes, for signups only

    return frozenset(word for word in FREQUENCY_LISTS["passwords"] if len(word) >= 8)

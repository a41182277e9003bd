"""Moments as people's files write them. Each different text is read once, and a column decides for all of its rows.

`31 Jan 2021`, `05 Apr 2010, 11:59`, `2021-01-31T23:36:00Z`, `01/31/2021 06:30 PM`, `1-Jan-21`, `31. Januar 2021`,
1612136160, 1612136160000; a date, a time of day, or both.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from history.months import months_of

DAY = 86_400  # seconds
Y2000 = 946_684_800  # a Unix time before it is of a player without a clock, and read as 0
NO_PART = int(np.iinfo(np.int64).min)  # a day or a time of day that a text does not have
Ints = npt.NDArray[np.int64]

_EPOCH = date(1970, 1, 1).toordinal()
_NUMBER = re.compile(r"\d{9,20}(?:\.\d+)?")
_TIME = re.compile(
    r"(?:(?<=\d)t|(?<!\d))(\d{1,2})(?::|h|時\s?|点\s?|시\s?)(\d{2})[분分]?(?::(\d{2})(?:[.,]\d+)?)?"
    r"\s*([ap]\.?\s?m\b\.?)?\s*(z\b|utc|gmt|[+-]\d{2}:?\d{2})?"
)
_HOUR = re.compile(r"(?<!\d)(\d{1,2})\s*([ap]\.?\s?m\b\.?)")
_COMPACT = re.compile(r"(\d{8})(?:t?(\d{2})(\d{2})(\d{2})?z?)?")
_NOON = re.compile(r"오전|오후|上午|下午|午前|午後|π\.?μ\.?|μ\.?μ\.?")
_SECONDS = re.compile(r"\s?\d{1,2}\s?[초秒]")
_AFTER_NOON = ("오후", "下午", "午後", "μ.μ.", "μμ")
_NUMERIC = re.compile(r"(\d{1,4})\s?([-/.,\s년年])\s?(\d{1,2})\s?[-/.,\s월月]\s?(\d{1,4})\s?[.日일]?")
_WORD = re.compile(r"[^\W\d_]+\.?")
_PIVOT = 70  # two-digit years from here on are of the 20th century
_SHORT = re.compile(r"\d{1,8}(?:\.\d+)?")
_UNITS = ((11, 1), (14, 10**3), (17, 10**6), (20, 10**9))  # digits of a Unix time and its fractions of a second


class AmbiguousDates(ValueError):
    """A column that can be read in two ways. The message quotes one value and says what the two are."""


@dataclass(frozen=True)
class Parts:
    """What k texts say, (k,) each, NO_PART where a text says nothing of it.

    day: days since 1970. second: seconds since midnight, below 0 or above a day's with an offset. unread: texts that
    are neither blank nor understood. form: what was found, in words.
    """

    day: Ints
    second: Ints
    unread: npt.NDArray[np.bool_]
    form: str


@dataclass
class _Text:
    """One text on the way: its time of day is taken off first, what remains is the date."""

    rest: str = ""
    second: int = NO_PART
    day: int = NO_PART
    numbers: tuple[str, ...] = ()
    dotted: bool = False  # 31.01.2021: the day is first wherever dates are written so
    words: tuple[str, ...] = ()  # one of them is the month
    unix: bool = False


def read_texts(texts: Sequence[str]) -> Parts:
    """Days and times of day of a column's different texts. Raises AmbiguousDates."""
    found = [_taken_apart(_plain(text)) for text in texts]
    _read_short_numbers(found)
    named = [text for text in found if text.words]
    months = months_of([text.words for text in named])
    if months is None:
        raise AmbiguousDates(f"{' '.join(named[0].words)!r} names different months in different languages")
    for text in named:
        text.day = _named_day(text.numbers, _last_of(months, text.words))
    numeric = [text for text in found if text.numbers and not text.words]
    order = _order_of([text.numbers for text in numeric], all(text.dotted for text in numeric))
    for text in numeric:
        text.day = _day(*_in_order(text.numbers, order))
    day = np.array([text.day for text in found], np.int64)
    second = np.array([text.second for text in found], np.int64)
    blank = np.array([not text.strip() for text in texts], np.bool_)
    dateless = np.array([bool(text.rest or text.numbers) for text in found], np.bool_) & (day == NO_PART)
    unread = ~blank & (dateless | ((day == NO_PART) & (second == NO_PART)))
    day[unread] = second[unread] = NO_PART
    return Parts(day, second, unread, _form(found, order))


def _plain(text: str) -> str:
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)  # narrow blanks, full-width digits
        text = _SECONDS.sub("", text)
        text = "".join(str(unicodedata.digit(c)) if c.isdigit() and not c.isascii() else c for c in text)
        if noon := _NOON.search(text):
            half = "pm" if noon[0] in _AFTER_NOON else "am"
            text = f"{text[: noon.start()]} {text[noon.end() :]} {half}"
    return text.strip().lower()


def _taken_apart(text: str) -> _Text:
    if not text:
        return _Text()
    if _NUMBER.fullmatch(text):
        return _unix(text)
    if compact := _COMPACT.fullmatch(text):
        digits, hour, minute, second = compact.groups()
        day = _day(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
        time = NO_PART if hour is None else _second(hour, minute, second, None, None)
        return _Text(rest="" if day != NO_PART else text, day=day, second=time)
    rest, second = _without_time(text)
    rest = rest.strip(" ,;t")
    if not rest:
        return _Text(second=second)
    if numeric := _NUMERIC.fullmatch(rest):
        first, sign, *others = numeric.groups()
        return _Text(second=second, numbers=(first, *others), dotted=sign == ".")
    numbers = tuple(re.findall(r"\d+", rest))
    words = tuple(dict.fromkeys(_WORD.findall(rest)))
    if len(numbers) != 2 or not words:
        return _Text(rest=rest)
    return _Text(rest=rest, second=second, numbers=numbers, words=words)


def _unix(text: str) -> _Text:
    whole, _, _ = text.partition(".")
    unit = next(unit for digits, unit in _UNITS if len(whole) <= digits)
    seconds = int(whole) // unit
    day, second = divmod(seconds if seconds >= Y2000 else 0, DAY)
    return _Text(day=day, second=second, unix=True)


def _read_short_numbers(found: Sequence[_Text]) -> None:
    """Where all others are Unix times, a number of few digits is one as well: seconds since a player was started."""
    short = [text for text in found if _SHORT.fullmatch(text.rest)]
    times = sum(text.unix for text in found)
    if short and times and times + len(short) == sum(text != _Text() for text in found):
        for text in short:
            text.rest, text.day, text.second = "", 0, 0


def _without_time(text: str) -> tuple[str, int]:
    """The text without its time of day, and that in seconds since midnight."""
    if time := _TIME.search(text):
        second = _second(*time.groups())
    elif time := _HOUR.search(text):
        second = _second(time[1], "0", None, time[2], None)
    else:
        return text, NO_PART
    if second == NO_PART:
        return text, NO_PART
    return f"{text[: time.start()]} {text[time.end() :]}", second


def _second(hour: str, minute: str, second: str | None, half: str | None, offset: str | None) -> int:
    hours, minutes, seconds = int(hour), int(minute), int(second or 0)
    if half and 1 <= hours <= 12:
        hours = hours % 12 + (12 if half[0] == "p" else 0)
    if hours > 24 or minutes > 59 or seconds > 60:
        return NO_PART
    away = 0
    if offset and offset[0] in "+-":
        digits = offset[1:].replace(":", "")
        away = (int(digits[:2]) * 60 + int(digits[2:])) * 60 * (1 if offset[0] == "+" else -1)
    return hours * 3600 + minutes * 60 + seconds - away


def _day(year: int, month: int, day: int) -> int:
    try:
        return date(year, month, day).toordinal() - _EPOCH
    except ValueError:
        return NO_PART


def _year(digits: str) -> int:
    year = int(digits)
    return year if len(digits) > 2 else year + (1900 if year >= _PIVOT else 2000)


def _last_of(months: dict[str, int], words: tuple[str, ...]) -> int | None:
    """The month of the last word that is one: "mar" may be Tuesday before it."""
    return next((months[word] for word in reversed(words) if word in months), None)


def _named_day(numbers: tuple[str, ...], month: int | None) -> int:
    if month is None:
        return NO_PART
    first, last = numbers
    if len(first) > 2:
        return _day(int(first), month, int(last))
    return _day(_year(last), month, int(first))


_ORDERS = {"day first": (2, 1, 0), "month first": (2, 0, 1), "year first": (0, 1, 2)}


def _in_order(numbers: tuple[str, ...], order: str) -> tuple[int, int, int]:
    year, month, day = (numbers[place] for place in _ORDERS["year first" if len(numbers[0]) > 2 else order])
    return _year(year), int(month), int(day)


def _order_of(dates: Sequence[tuple[str, ...]], dotted: bool) -> str:
    """What the numbers of a column's dates are. Raises AmbiguousDates where two orders fit all and differ."""
    unclear = [numbers for numbers in dates if len(numbers[0]) <= 2]
    if not unclear:
        return "year first"
    orders = [name for name in _ORDERS if name != "year first" or all(len(n[2]) <= 2 for n in unclear)]
    read = {name: [_day(*_in_order(numbers, name)) for numbers in unclear] for name in orders}
    today = date.today().toordinal() - _EPOCH
    known = {name: sum(NO_PART < day <= today + 1 for day in days) for name, days in read.items()}
    best = max(known.values())
    first, *others = [name for name in orders if known[name] == best]
    # a year first with two digits is believed only where nothing else fits
    rivals = [name for name in others if name != "year first" and read[name] != read[first]]
    if rivals and best and not dotted:
        value = "/".join(next(n for n, a, b in zip(unclear, read[first], read[rivals[0]], strict=True) if a != b))
        raise AmbiguousDates(f"{value} may be {first} or {rivals[0]}, and no row decides it")
    return first


def _form(found: Sequence[_Text], order: str) -> str:
    if any(text.words for text in found):
        return "dates with names of months"
    if any(text.numbers for text in found):
        return f"dates in numbers, {order}"
    if any(text.day != NO_PART for text in found):
        return "Unix times or dates without separators"
    return "times of day" if any(text.second != NO_PART for text in found) else "no form of date that is known"

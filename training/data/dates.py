"""Dates and times of day as the Kaggle file writes them, `31 Jan 2021` and ` 23:36`, or as ISO 8601 does."""

from datetime import date, time

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_EPOCH = date(1970, 1, 1)
_MINUTES_A_DAY = 24 * 60


def day_minutes(text: str) -> int | None:
    """Minutes from 1970 to the beginning of a day, None where the text is no date. No locale is asked."""
    text = text.strip()
    try:
        day = _written_out(text) if " " in text else date.fromisoformat(text)
    except ValueError:
        return None
    return (day - _EPOCH).days * _MINUTES_A_DAY


def _written_out(text: str) -> date:
    day, month, year = text.split()
    return date(int(year), 1 + _MONTHS.index(month[:3].lower()), int(day))


def minute_of_day(text: str) -> int | None:
    """Minutes since midnight, None where the text is no time of day."""
    try:
        moment = time.fromisoformat(text.strip().zfill(5))
    except ValueError:
        return None
    return moment.hour * 60 + moment.minute

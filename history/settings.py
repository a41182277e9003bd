"""How a history is to be read, as the command line says it."""

from dataclasses import dataclass

# what only a command line can do about a fault; who reads otherwise takes it off the message
NAME_ENCODING = ", or name its encoding, for instance --encoding cp1252"
IGNORE_DATES = ", or read the file without them: --ignore-dates"


@dataclass(frozen=True)
class ReadSettings:
    """What files do not say themselves.

    user: the listener of files that name nobody, None for the file's stem. min_seconds: what is played shorter is no
    listen. encoding: of bytes that are not UTF-8. ignore_dates: read no moment at all. skip_faulty: files that
    cannot be used are left out where others can; the account of each says why.
    """

    user: str | None = None
    min_seconds: float = 30.0
    encoding: str | None = None
    ignore_dates: bool = False
    skip_faulty: bool = False

"""What words of main.py's command line mean; each raises ArgumentTypeError with what was expected."""

import argparse
import codecs


def positive(text: str) -> int:
    """A whole number from 1."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{value} is too small: expected 1 or more")
    return value


def folds(text: str) -> int:
    """How many folds: 2 to 20."""
    value = int(text)
    if not 2 <= value <= 20:
        raise argparse.ArgumentTypeError(f"{value} is out of range: expected 2 to 20")
    return value


def seed(text: str) -> int:
    """A seed of NumPy's and Surprise's: 32 bits."""
    value = int(text)
    if not 0 <= value < 2**32:
        raise argparse.ArgumentTypeError(f"{value} is out of range: expected 0 to {2**32 - 1}")
    return value


def algorithms(text: str) -> tuple[str, ...]:
    """Names of algorithms, each once."""
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",")))
    if not set(names) <= {"svd", "puresvd"}:
        raise argparse.ArgumentTypeError(f"{text!r}: expected svd, puresvd or svd,puresvd")
    return names


def encoding(text: str) -> str:
    """A codec's name, as Python spells it."""
    try:
        return codecs.lookup(text).name
    except LookupError as exc:
        raise argparse.ArgumentTypeError(f"{text!r} is no encoding: expected cp1252, utf-16, shift_jis …") from exc


def seconds(text: str) -> float:
    """Seconds of an hour at most."""
    value = float(text)
    if not 0 <= value <= 3600:
        raise argparse.ArgumentTypeError(f"{text} is out of range: expected 0 to 3600")
    return value

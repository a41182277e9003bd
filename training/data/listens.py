"""Listening history in memory: the columns that `history` reads, by the names that training uses."""

from history.arrow import Column
from history.listens import NO_TIME, Codes, Counts, Listens, Names

__all__ = ["NO_TIME", "Codes", "Column", "Counts", "Listens", "Names"]

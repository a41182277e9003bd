"""Listening history as people have it: formats, columns, dates, names, and what counts as a listen."""

from history.listens import Listens
from history.reader import read_history
from history.settings import ReadSettings

__all__ = ["Listens", "ReadSettings", "read_history"]

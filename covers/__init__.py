"""Covers, albums and previews of songs: from providers, politely, and from a folder of one's own."""

from covers.service import Covers, Picture, Shown, open_covers

__all__ = ["Covers", "Picture", "Shown", "open_covers"]

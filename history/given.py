"""A history that comes from elsewhere than a file: its rows, and what a file would say of itself."""

from dataclasses import dataclass, replace
from pathlib import Path

from history.parts import Part
from history.settings import ReadSettings
from history.sources import Source
from history.tally import Tally


@dataclass(frozen=True)
class Given:
    """Rows that were read by somebody else. sha256: of these rows, 64 hexadecimal digits."""

    name: str
    part: Part
    sha256: str

    def joined_with_files(self, settings: ReadSettings) -> tuple[Source, Part, Tally]:
        """The rows as `joined` takes them."""
        part = replace(self.part, seconds=None) if settings.ignore_dates else self.part
        return Source(Path(self.name), None, asked=True), part, Tally(self.name, self.name)

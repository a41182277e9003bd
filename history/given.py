"""A history that comes from elsewhere than a file: its rows, and what a file would say of itself."""

from dataclasses import dataclass
from pathlib import Path

from history.parts import Part
from history.sources import Source
from history.tally import Tally


@dataclass(frozen=True)
class Given:
    """Rows that were read by somebody else. sha256: of these rows, 64 hexadecimal digits."""

    name: str
    part: Part
    sha256: str

    def joined_with_files(self) -> tuple[Source, Part, Tally]:
        """The rows as `joined` takes them."""
        return Source(Path(self.name), None, asked=True), self.part, Tally(self.name, self.name)

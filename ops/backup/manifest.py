"""What is written beside each backup, after it: without a manifest there is no backup."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, StringConstraints

from errors import ReduxError

Kind = Literal["sqlite", "postgresql"]
BareName = Annotated[str, StringConstraints(pattern=r"^\w[\w.-]*$")]  # leads nowhere else


class BackupError(ReduxError):
    """A backup cannot be made, found, opened or restored."""


class TableSum(BaseModel):
    """What a table holds: its rows, and the sum of their hashes, in whatever order they stand."""

    rows: int
    checksum: str


class BackupManifest(BaseModel):
    """One backup. bytes and sha256: of the file as it is stored; tables: of the database it was made of."""

    name: BareName
    created_at: datetime
    kind: Kind
    schema_version: str
    file: BareName
    bytes: int
    sha256: str
    encrypted: bool
    tables: dict[str, TableSum]


def differences(expected: dict[str, TableSum], found: dict[str, TableSum]) -> list[str]:
    """Tables that are not what they were, each with its rows then and now."""
    none = TableSum(rows=0, checksum="")
    return [
        f"{name} ({expected.get(name, none).rows:,} rows, now {found.get(name, none).rows:,})"
        for name in sorted(expected.keys() | found.keys())
        if expected.get(name) != found.get(name)
    ]

"""What accounts have played, out of the database: one statement, read in batches, its listeners as numbers."""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import URL, Row, Select, create_engine, false, or_, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from errors import DataError
from history.arrow import Column, dictionary, encoded, joined_dictionaries
from history.given import Given
from history.parts import Part
from models import listens, users

NAME = "the accounts' listens"

_BATCH = 50_000
_SHORTEST_MS = 30_000  # what is played shorter is no listen


def read_database(url: URL) -> Given:
    """Every listen of accounts that share theirs and are in no private session; skips and short plays are none.

    One statement sees one moment of the database, whatever is written meanwhile. Raises DataError.
    """
    if url.get_backend_name() == "sqlite" and not Path(str(url.database)).is_file():
        raise DataError(f"{url}: there is no such database: expected the DATABASE_URL of the running API")
    engine = create_engine(url, poolclass=NullPool, hide_parameters=True)
    try:
        with engine.connect().execution_options(stream_results=True, yield_per=_BATCH) as connection:
            return _gathered(connection.execute(_shared()).partitions())
    except SQLAlchemyError as exc:
        said = " ".join(str(getattr(exc, "orig", None) or exc).split())
        shown = url.render_as_string(hide_password=True)
        raise DataError(f"{shown}: the listens cannot be read ({said[:200]}): is it this version's database?") from exc
    finally:
        engine.dispose()


def _shared() -> Select[Any]:
    long_enough = or_(listens.c.played_ms.is_(None), listens.c.played_ms >= _SHORTEST_MS)
    return (
        select(listens.c.user_id, listens.c.artist, listens.c.track, listens.c.started_ms)
        .join(users, users.c.id == listens.c.user_id)
        .where(users.c.share_listens, users.c.private == false(), listens.c.skipped == false(), long_enough)
    )


def _gathered(batches: Iterator[Sequence[Row[Any]]]) -> Given:
    """The rows as columns; no account's id leaves here."""
    number: dict[str, int] = {}
    digest = hashlib.sha256()
    who: list[npt.NDArray[np.int32]] = []
    artists: list[Column] = []
    tracks: list[Column] = []
    seconds: list[npt.NDArray[np.int64]] = []
    for batch in batches:
        ids, of_artist, of_track, started = zip(*batch, strict=True)
        who.append(np.array([number.setdefault(user, len(number)) for user in ids], np.int32))
        artists.append(encoded(of_artist))
        tracks.append(encoded(of_track))
        seconds.append(np.array(started, np.int64) // 1000)
        digest.update("\n".join([*of_artist, *of_track]).encode("utf-8", "surrogatepass"))
        digest.update(who[-1].tobytes() + seconds[-1].tobytes())
    names = encoded([f"account {i + 1}" for i in range(len(number))]).dictionary
    part = Part(
        users=dictionary(np.concatenate([np.empty(0, np.int32), *who]), names),
        artists=dictionary(*joined_dictionaries(artists)),
        tracks=dictionary(*joined_dictionaries(tracks)),
        plays=None,
        seconds=np.concatenate([np.empty(0, np.int64), *seconds]),
        fine=True,
    )
    return Given(NAME, part, digest.hexdigest())

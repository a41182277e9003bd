"""An import of 200,000 listens on a running server: how long it takes, and what those who listen meanwhile wait.

    python -m benchmarks.imports --artifacts artifacts [--listens 200000] [--database-url postgresql://…]

Three workers over the built-in sample's catalog, as in production. One client asks for `similar` at a steady rate,
first while nothing else happens and then while a Spotify history is imported; each answer is computed, for every
question leaves out another song. `beside` is the p99 meanwhile against the quiet one.
"""

import argparse
import asyncio
import json
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import numpy as np

from benchmarks.servers import gunicorn, running
from training.sample import read_songs

_RATE = 40  # questions a second
_QUIET = 15.0  # seconds
_SIGNUP = {"username": "importer", "password": "correct horse battery"}


def history(count: int, seed: int = 0) -> bytes:
    """A Spotify history of songs of the sample, some of them spelled otherwise or unknown."""
    songs = read_songs()
    draw = np.random.default_rng(seed)
    chosen = draw.integers(len(songs), size=count)
    moment = datetime(2015, 1, 1, tzinfo=UTC)
    rows = []
    for place, song in enumerate(chosen.tolist()):
        moment += timedelta(seconds=200 + place % 97)
        track = songs.tracks[song] if place % 10 else f"{songs.tracks[song]} (Bootleg {song % 700})"
        rows.append(
            {
                "ts": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "ms_played": 180_000,
                "master_metadata_track_name": track,
                "master_metadata_album_artist_name": songs.artists[song],
                "platform": "a phone",
                "conn_country": "ZZ",
                "reason_end": "trackdone",
            }
        )
    return json.dumps(rows).encode()


async def waits(http: httpx.AsyncClient, songs: Sequence[str], over: asyncio.Event, seed: int) -> list[float]:
    """Seconds of each answer of `similar`, asked at a steady rate until it is over."""
    draw = np.random.default_rng(seed)
    asked: list[asyncio.Task[float]] = []

    async def ask() -> float:
        song, other = draw.choice(len(songs), 2, replace=False)
        began = time.perf_counter()
        answer = await http.get("/recommendations/similar", params={"song_id": songs[song], "exclude": songs[other]})
        answer.raise_for_status()
        return time.perf_counter() - began

    while not over.is_set():
        asked.append(asyncio.create_task(ask()))
        await asyncio.sleep(1 / _RATE)
    return list(await asyncio.gather(*asked))


async def measure(url: str, content: bytes) -> tuple[float, list[float], list[float], dict[str, object]]:
    """Seconds of the import, the waits before it and beside it, and what it said at its end."""
    async with httpx.AsyncClient(base_url=url, timeout=120) as http:
        token = (await http.post("/auth/signup", json=_SIGNUP)).json()["access_token"]
        own = {"Authorization": f"Bearer {token}"}
        popular = (await http.get("/catalog/popular", params={"limit": 100})).json()["items"]
        songs = [song["song_id"] for song in popular]
        over = asyncio.Event()
        quiet = asyncio.create_task(waits(http, songs, over, 1))
        await asyncio.sleep(_QUIET)
        over.set()
        before = await quiet
        over = asyncio.Event()
        beside = asyncio.create_task(waits(http, songs, over, 2))
        began = time.perf_counter()
        queued = await http.post("/me/imports", files={"files": ("endsong_0.json", content)}, headers=own)
        path = f"/me/imports/{queued.json()['id']}"
        while (state := (await http.get(path, headers=own)).json())["state"] in ("queued", "running"):
            await asyncio.sleep(0.2)
        seconds = time.perf_counter() - began
        over.set()
        return seconds, before, await beside, state


def main(arguments: Sequence[str] | None = None) -> None:
    """Import, and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--listens", type=int, default=200_000)
    parser.add_argument("--artifacts", type=Path, required=True, help="a folder with an active set of the sample")
    parser.add_argument("--database-url", help="PostgreSQL (default: an SQLite file)")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        settings = {
            "ARTIFACTS_DIR": str(options.artifacts.absolute()),
            "DATABASE_URL": options.database_url or f"sqlite:///{folder}/redux.db",
            "IMPORTS_DIR": f"{folder}/imports",
            "RATE_LIMITS": "off",
            "METRICS_ADDRESS": "",
        }
        content = history(options.listens)
        with running(gunicorn("api:app", 3), Path(folder), settings, "/health/ready") as port:
            seconds, before, beside, state = asyncio.run(measure(f"http://127.0.0.1:{port}", content))
    quiet_ms, beside_ms = (float(np.percentile(told, 99)) * 1000 for told in (before, beside))
    print("| database | listens | MB | kept | import, s | similar p99 quiet, ms | beside, ms | ratio |")
    print("|---|---|---|---|---|---|---|---|")
    kind = "PostgreSQL" if options.database_url else "SQLite"
    what = f"{kind} | {options.listens:,} | {len(content) / 1e6:.0f} | {state['kept']:,} | {seconds:.1f}"
    print(f"| {what} | {quiet_ms:.1f} | {beside_ms:.1f} | {beside_ms / quiet_ms:.1f} |")


if __name__ == "__main__":
    main()

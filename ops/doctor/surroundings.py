"""What a deployment stands on: disks, Redis, and the providers of covers."""

import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import redis

from db import parse_url
from errors import StartError
from ops.doctor.findings import Check, Finding, fault, ok, warning
from settings import Settings

_SECONDS = 3.0  # for each provider, and for Redis
_FAULT_SHARE = 10  # less than a tenth of what is wanted free is a fault


def disks(free_mb: int) -> Check:
    """A check of every disk that something of ours is written to. free_mb: megabytes wanted free on each."""

    def disk(settings: Settings) -> Iterator[Finding]:
        for folder, names in _by_disk(_folders(settings)).items():
            usage = shutil.disk_usage(folder)
            said = f"{usage.free / 1e9:,.1f} of {usage.total / 1e9:,.1f} GB are free at {folder} ({', '.join(names)})"
            if usage.free >= free_mb * 1e6:
                yield ok("disk", said)
                continue
            finding = warning if usage.free >= free_mb * 1e6 / _FAULT_SHARE else fault
            yield finding(
                "disk", said, "python -m artifact_set prune --keep 3, a smaller COVERS_CACHE_MB, or a larger disk"
            )

    return disk


def _folders(settings: Settings) -> dict[str, Path]:
    folders = {
        "ARTIFACTS_DIR": settings.artifacts_dir,
        "IMPORTS_DIR": settings.imports_dir,
        "COVERS_CACHE_DIR": settings.covers_cache_dir,
        "temporary files": Path(tempfile.gettempdir()),
    }
    if settings.backup_url and urlsplit(settings.backup_url).scheme in ("", "file"):
        folders["BACKUP_URL"] = Path(urlsplit(settings.backup_url).path)
    try:
        url = parse_url(settings.database_url)
    except StartError:
        return folders  # the database's own check says what is wrong with its address
    sqlite = {"DATABASE_URL": Path(str(url.database)).parent} if url.get_backend_name() == "sqlite" else {}
    return sqlite | folders


def _by_disk(folders: dict[str, Path]) -> dict[Path, list[str]]:
    """The first folder on each disk, or what is there of its path, and the names of all."""
    disks: dict[int, tuple[Path, list[str]]] = {}
    for name, folder in folders.items():
        there = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.is_dir())
        disks.setdefault(there.stat().st_dev, (there, []))[1].append(name)
    return dict(disks.values())


def redis_server(settings: Settings) -> Iterator[Finding]:
    """Whether Redis answers, where one is named."""
    if settings.redis_url is None:
        yield ok("redis", "REDIS_URL is not set: each worker counts requests for itself")
        return
    try:
        with redis.Redis.from_url(
            settings.redis_url.get_secret_value(), socket_timeout=_SECONDS, socket_connect_timeout=_SECONDS
        ) as client:
            client.ping()
    except (redis.RedisError, ValueError) as exc:
        seen = f"REDIS_URL does not answer ({exc}): each worker counts requests for itself"
        yield warning("redis", seen, "start it, or check its address and password")
    else:
        yield ok("redis", "answers")


def providers(settings: Settings) -> Iterator[Finding]:
    """Whether the providers' hosts answer anything at all; all are asked at once, and none for a song."""
    urls = {"itunes": settings.itunes_url, "deezer": settings.deezer_url, "musicbrainz": settings.musicbrainz_url}
    asked = {name: urls[name] for name in settings.metadata_providers}
    if not asked:
        yield ok("providers", "METADATA_PROVIDERS is empty: nobody is asked")
    elif "musicbrainz" in asked and not settings.metadata_contact:
        del asked["musicbrainz"]
        yield ok("providers", "musicbrainz is not asked: METADATA_CONTACT is not set")
    with ThreadPoolExecutor(len(urls)) as pool:
        yield from pool.map(_reach, asked, asked.values())


def _reach(name: str, url: str) -> Finding:
    try:
        answer = httpx.get(url, timeout=_SECONDS, headers={"User-Agent": "SpotifyRedux/1.0"})
    except httpx.HTTPError as exc:
        seen = f"{name} at {url} cannot be reached ({type(exc).__name__} {exc})"
    else:
        if answer.status_code < httpx.codes.INTERNAL_SERVER_ERROR:
            return ok("providers", f"{name} answers")
        seen = f"{name} at {url} answers {answer.status_code}"
    return warning("providers", seen, "songs new here have no covers meanwhile: check the way out, or try again later")

"""Covers, albums and previews of songs, and our copies of covers."""

from enum import IntEnum
from typing import Annotated, Any, cast

from fastapi import Depends, Path, Query, Request, Response
from pydantic import BaseModel, Field

from covers import Covers, Shown
from errors import Code
from serving.http.problem_schema import documented
from serving.http.problems import Problem
from serving.routes.dependencies import ArtifactsDep
from serving.routes.router import api_router
from serving.routes.schemas.fields import Moment, SongId

router = api_router(tag="metadata")

_KEPT_SECONDS = 3600  # what is known for days may be kept by browsers and proxies for an hour
_UNKNOWN_SECONDS = 60  # the next artifact set may have the song
_LASTING = "public, max-age=31536000, immutable"
_WEBP: dict[int | str, dict[str, Any]] = {200: {"content": {"image/webp": {"example": ""}}}}
_COVER = {"url": "/covers/0f1e2d3c4b5a69788796a5b4c3d2e1f0?w=600", "color": "#7a3b2e"}
_PREVIEW = {"url": "https://audio-ssl.itunes.apple.com/preview.m4a", "expires_at": "2026-02-28T23:36:00Z"}
_STORE = {"provider": "itunes", "url": "https://music.apple.com/us/album/creep/1097862062?i=1097862231"}


class Width(IntEnum):
    """The widths that covers are kept in."""

    SMALL = 96
    MEDIUM = 300
    LARGE = 600


class CoverOut(BaseModel):
    """A picture, and its dominant colour, neither black nor white: to tint a page with."""

    url: str = Field(description="An address, or a path of this API.", examples=[_COVER["url"]])
    color: str = Field(examples=[_COVER["color"]])


class PreviewOut(BaseModel):
    """Half a minute of the song at its provider. `expires_at` is null where the address stays good."""

    url: str = Field(examples=[_PREVIEW["url"]])
    expires_at: Moment | None = Field(examples=[None])


class AttributionOut(BaseModel):
    """Whom to name and link to beside the cover: iTunes' terms ask for it."""

    provider: str = Field(examples=[_STORE["provider"]])
    url: str = Field(examples=[_STORE["url"]])


class MetadataOut(BaseModel):
    """What is known of a song; null where nobody knows. `pending`: it is being looked up."""

    song_id: SongId
    cover: CoverOut | None = Field(examples=[_COVER])
    preview: PreviewOut | None = Field(examples=[_PREVIEW])
    album: str | None = Field(examples=["Pablo Honey"])
    duration_ms: int | None = Field(examples=[238640])
    pending: bool = Field(examples=[False])
    attribution: AttributionOut | None = Field(examples=[_STORE])


class MetadataListOut(BaseModel):
    """In the order asked. Where something is pending, ask again after `retry_after_ms`."""

    items: list[MetadataOut]
    unknown: list[SongId] = Field(description="Songs that this catalog does not have.")
    retry_after_ms: int | None = Field(examples=[1000])


async def _covers(request: Request) -> Covers:
    return cast("Covers", request.app.state.covers)


CoversDep = Annotated[Covers, Depends(_covers)]
SongIdsQuery = Annotated[
    list[SongId], Query(alias="song_id", min_length=1, max_length=50, description="Songs, as `artist - track`.")
]
KeyPath = Annotated[str, Path(pattern="^[0-9a-f]{32}$", examples=["0f1e2d3c4b5a69788796a5b4c3d2e1f0"])]


@router.get("/metadata")
async def get_metadata(
    song_ids: SongIdsQuery, covers: CoversDep, artifacts: ArtifactsDep, response: Response
) -> MetadataListOut:
    """Covers, previews, albums and lengths of up to 50 songs: what is known now, within two seconds."""
    songs = artifacts.songs
    asked = list(dict.fromkeys(song_ids))
    rows = {song_id: row for song_id in asked if (row := songs.row(song_id)) is not None}
    shown = await covers.show(songs.songs(rows.values()))
    waits = [one.retry_after for one in shown if one.retry_after is not None]
    response.headers["Cache-Control"] = _cache_control(shown, all_known=len(rows) == len(asked))
    return MetadataListOut(
        items=[_item(one) for one in shown],
        unknown=[song_id for song_id in asked if song_id not in rows],
        retry_after_ms=round(min(waits) * 1000) if waits else None,
    )


@router.get("/covers/{key}", response_class=Response, responses={**_WEBP, **documented(404)})
async def get_cover(key: KeyPath, covers: CoversDep, w: Annotated[Width, Query()] = Width.MEDIUM) -> Response:
    """Our own copy of a cover, as WebP, so that no provider sees who looks at it."""
    picture = await covers.picture(key, w)
    if picture is None:
        raise Problem(404, Code.COVER_UNKNOWN, f"There is no cover {key!r}: GET /metadata says which there are.")
    headers = {"Cache-Control": _LASTING if picture.lasting else "no-store"}
    return Response(picture.content, media_type="image/webp", headers=headers)


def _item(shown: Shown) -> MetadataOut:
    found, cover = shown.found, shown.cover
    link = found.link if found and (found.preview or (cover and not cover.own)) else None
    preview = found.preview if found else None
    return MetadataOut(
        song_id=shown.song_id,
        cover=CoverOut(url=cover.url, color=cover.color) if cover else None,
        preview=PreviewOut(url=preview, expires_at=found.preview_expiry) if found and preview else None,
        album=shown.album,
        duration_ms=found.duration_ms if found else None,
        pending=shown.retry_after is not None,
        attribution=AttributionOut(provider=found.provider, url=link) if found and link else None,
    )


def _cache_control(shown: list[Shown], *, all_known: bool) -> str:
    """For as long as all of it stays true; not at all where some of it is still to come."""
    if any(one.retry_after is not None for one in shown):
        return "no-store"
    left = min([_KEPT_SECONDS if all_known else _UNKNOWN_SECONDS, *(one.good_for for one in shown)])
    return f"public, max-age={max(0, int(left))}"

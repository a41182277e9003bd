"""The floor: a FastAPI route that does nothing but return a pydantic body of 20 songs."""

from fastapi import FastAPI

from serving.routes.schemas.songs import ScoredSongOut, SimilarOut, SongOut

app = FastAPI()


@app.get("/floor")
async def floor() -> SimilarOut:
    """Twenty songs, made anew for each answer."""
    song = SongOut(song_id="Radiohead - Karma Police", artist="Radiohead", track="Karma Police")
    items = [
        ScoredSongOut(song_id="Radiohead - Karma Police", artist="Radiohead", track="Karma Police", score=0.9876)
        for _ in range(20)
    ]
    return SimilarOut(song=song, items=items)

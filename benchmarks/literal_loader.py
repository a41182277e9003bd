"""What a plain first draft of the server holds in memory: everything, unpacked. The baseline of `memory.py`."""

import pickle
from pathlib import Path

import faiss
import numpy as np
from fastapi import FastAPI


def create_app(folder: Path) -> FastAPI:
    """An app with the model and its trainset, the index, a dict of ids and a list of names, all in memory."""
    with (folder / "best_model.pkl").open("rb") as file:
        model = pickle.load(file)
    with (folder / "faiss_id_map.pkl").open("rb") as file:
        ids = pickle.load(file)
    index = faiss.read_index(str(folder / "song_vectors.index"))
    names = list(ids.values())
    app = FastAPI()

    @app.get("/health")
    def health() -> dict[str, int]:
        return {"songs": len(names)}

    @app.get("/recommendations/similar")
    def similar(song_id: str) -> list[str]:
        vector = model.qi[model.trainset.to_inner_iid(song_id)].astype(np.float32)
        _, rows = index.search(vector.reshape(1, -1), 21)
        return [ids[int(row)] for row in rows[0][1:]]

    return app


def __getattr__(name: str) -> FastAPI:
    """`benchmarks.literal_loader:app` in the working folder of the server (PEP 562)."""
    if name != "app":
        raise AttributeError(name)
    return create_app(Path.cwd())

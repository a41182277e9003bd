"""Which FAISS index for which catalog: recall, size, build and query time of several factories beside Flat.

    python -m benchmarks.indexes --songs 1000000 --factories IVF4096,Flat IVF4096,SQ8 HNSW32
    python -m benchmarks.indexes --artifacts artifacts     # on the vectors of a trained model

The synthetic vectors have the clusters and the falling spectrum of learned factors: on vectors without structure
every approximate index fails.
"""

import argparse
from pathlib import Path

import numpy as np
import numpy.typing as npt
from rich.console import Console
from rich.table import Table

from artifact_set import ArtifactStore, Similarity, to_index_vectors
from artifact_set.index import aligned, make_index
from artifact_set.trained import read_trained
from benchmarks.synthetic import factors

FACTORIES = ("IVF1024,Flat", "IVF1024,SQ8", "HNSW32", "SQ8")


def _vectors(options: argparse.Namespace) -> tuple[str, npt.NDArray[np.float32]]:
    if options.artifacts:
        folder = ArtifactStore(options.artifacts).path_of_current()
        model, songs, record = read_trained(folder)
        return f"{len(songs):,} songs of {folder.name}", to_index_vectors(model.qi, record.similarity)
    similarity: Similarity = "cosine"
    made = to_index_vectors(factors(options.songs, options.dimensions), similarity)
    return f"{options.songs:,} synthetic songs x {options.dimensions}", made


def main() -> None:
    """Build each index, and print what it gains and costs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--songs", type=int, default=100_000)
    parser.add_argument("--dimensions", type=int, default=96)
    parser.add_argument("--artifacts", type=Path)
    parser.add_argument("--unaligned", action="store_true", help="leave dimensions that are no multiple of 8 so")
    parser.add_argument("--factories", nargs="+", default=FACTORIES)
    options = parser.parse_args()
    name, vectors = _vectors(options)
    table = Table(title=f"{name}; one query at a time, one thread, means of five songs")
    for column in ("index", "recall@50", "MB", "build s", "query ms", "x Flat"):
        table.add_column(column, justify="left" if column == "index" else "right")
    for place, factory in enumerate(options.factories):
        _, report = make_index(vectors if options.unaligned else aligned(vectors, factory), factory)
        if report is None:
            continue
        if place == 0:
            table.add_row("Flat", "1.000", f"{report.flat_bytes / 1e6:,.1f}", "", f"{report.flat_query_ms:.3f}", "1.0")
        table.add_row(
            f"{factory} {report.effort}",
            f"{report.recall_at_50:.3f}",
            f"{report.bytes / 1e6:,.1f}",
            f"{report.build_seconds:.1f}",
            f"{report.query_ms:.3f}",
            f"{report.flat_query_ms / report.query_ms:.1f}",
        )
    Console(width=110).print(table)


if __name__ == "__main__":
    main()

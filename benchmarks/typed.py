"""Searches over HTTP as people type them, letter by letter, beside the least that FastAPI can do.

    python -m benchmarks.typed --artifacts artifacts     # trained on the built-in sample

Every beginning of the 300 queries typed by hand, shuffled, over 16 connections: first from an empty cache, then going
on, when what was typed before comes again as it does among many listeners.
"""

import argparse
import csv
import random
import tempfile
from pathlib import Path

from rich.console import Console

from benchmarks.load import *  # noqa: F403  the outcome of a load is unpickled under the name of the module that runs
from benchmarks.load import Load, request, run
from benchmarks.servers import REPOSITORY, running, uvicorn

CONNECTIONS = 16


def _beginnings() -> list[bytes]:
    with (REPOSITORY / "tests" / "catalog" / "queries.csv").open(encoding="utf-8", newline="") as file:
        typed = [row["query"] for row in csv.DictReader(file)]
    texts = [text[:end] for text in typed for end in range(1, len(text) + 1) if text[:end].strip()]
    random.Random(0).shuffle(texts)
    return [request("/catalog/search", q=text) for text in texts]


def main() -> None:
    """Measure the floor and the search, and print their ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--artifacts", type=Path, required=True)
    options = parser.parse_args()
    requests = _beginnings()
    out = Console(highlight=False, soft_wrap=True)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        settings = {"ARTIFACTS_DIR": str(options.artifacts.resolve()), "RATE_LIMITS": "off", "LOG_LEVEL": "WARNING"}
        with running(uvicorn("benchmarks.floor:app"), folder, {}, "/floor") as port:
            floor = run(Load(port, [request("/floor")], CONNECTIONS, 3.0, 0.5))
        with running(uvicorn("api:app"), folder, settings, "/health/ready") as port:
            parts = {
                "from an empty cache": run(Load(port, requests, CONNECTIONS, 1.2, 0.0)),
                "going on": run(Load(port, requests, CONNECTIONS, 4.0, 0.0)),
            }
    out.print(f"floor: {floor.rate:,.0f} requests/s, p99 {floor.quantile(0.99):.1f} ms")
    for name, part in parts.items():
        ratio = part.rate / floor.rate
        out.print(f"{name}: {part.rate:,.0f} requests/s = {ratio:.2f} of the floor, p99 {part.quantile(0.99):.1f} ms")


if __name__ == "__main__":
    main()

"""What a table is by its address, a path or a URL."""

from typing import Final

from errors import DataError

EXPECTED: Final = "expected Parquet, CSV, TSV or JSON lines with columns such as Username, Artist, Track, Date, Plays"
_ENDINGS = {".parquet": "parquet", ".csv": "csv", ".tsv": "tsv", ".json": "json", ".jsonl": "json"}


def kind_of(address: str) -> str:
    """parquet, csv, tsv or json; a folder without an ending is Parquet. Raises DataError for any other ending."""
    name = address.rstrip("/").rpartition("/")[2].lower().removesuffix(".gz")
    _, dot, ending = name.rpartition(".")
    if not dot:
        return "parquet"
    if f".{ending}" not in _ENDINGS:
        raise DataError(f"{address}: {EXPECTED}")
    return _ENDINGS[f".{ending}"]

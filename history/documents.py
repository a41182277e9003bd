"""JSON documents and JSON lines as records: the objects of a list, of a known container, or of lines."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeAlias

import orjson

from errors import DataError
from history.settings import NAME_ENCODING, ReadSettings
from history.sources import READ, NotHistory, Source
from history.tally import Tally

Record: TypeAlias = dict[str, Any]

_LARGEST = 1 << 29  # bytes of one document, which is held in memory whole
_LONGEST_LINE = 1 << 24
_SHOWN = 6  # keys that are named


def looks_like_json(head: bytes) -> bool:
    """Whether the first bytes may begin a JSON document or JSON lines."""
    return head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[") or _utf16(head)[:1] in ("{", "[")


def _utf16(head: bytes) -> str:
    if head[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        return ""
    return head[: len(head) // 2 * 2].decode("utf-16", "replace").lstrip()


def records_of(source: Source, head: bytes, settings: ReadSettings, tally: Tally) -> Iterator[Record]:
    """The records of a file; lines that are no JSON are counted. Raises DataError where the document is none."""
    if _has_lines(head):
        yield from _lines(source, tally)
        return
    yield from _flattened(_loaded(source, _whole(source), settings))


def _whole(source: Source) -> bytes:
    """A document's bytes, in pieces: asked for at once, the most that there may be would be set aside for any file."""
    pieces, size = [], 0
    with source.opened() as file:
        while piece := file.read(1 << 20):
            pieces.append(piece)
            size += len(piece)
            if size > _LARGEST:
                raise DataError(f"{source} is larger than {_LARGEST >> 20} MB of JSON: split it into several files")
    return b"".join(pieces)


def _has_lines(head: bytes) -> bool:
    first, _, rest = head.lstrip(b"\xef\xbb\xbf \t\r\n").partition(b"\n")
    try:
        return isinstance(orjson.loads(first), dict) and (not rest.strip() or rest.lstrip()[:1] == b"{")
    except orjson.JSONDecodeError:
        return False


def _lines(source: Source, tally: Tally) -> Iterator[Record]:
    with source.opened() as file:
        rest = b""
        while block := file.read(1 << 20):
            *lines, rest = (rest + block).split(b"\n")
            yield from _flattened(_of_lines(lines, tally))
            if len(rest) > _LONGEST_LINE:
                raise DataError(
                    f"{source} has a line of more than {_LONGEST_LINE >> 20} MB: expected one listen a line"
                )
        yield from _flattened(_of_lines([rest], tally))


def _of_lines(lines: Iterable[bytes], tally: Tally) -> Iterator[Any]:
    for line in lines:
        text = line.strip(b"\xef\xbb\xbf \t\r\n")
        if text:
            try:
                yield orjson.loads(text)
            except orjson.JSONDecodeError:
                tally.drop("line that is no JSON")


def _loaded(source: Source, content: bytes, settings: ReadSettings) -> Any:  # noqa: ANN401  JSON
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        content = content.decode("utf-16").encode()
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as exc:
        line = content.count(b"\n", 0, exc.start) + 1
        if settings.encoding is None:
            cure = f"save the file as UTF-8{NAME_ENCODING}"
            raise DataError(f"{source}, line {line}: a byte that is not UTF-8: {cure}") from exc
        content = content.decode(settings.encoding).encode()
    try:
        return orjson.loads(content.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as exc:
        if "memory" in str(exc):  # orjson has no other word for it
            raise MemoryError from exc
        raise DataError(f"{source} is damaged JSON ({exc}): export it again") from exc


def _flattened(found: Any) -> Iterator[Record]:  # noqa: ANN401  JSON
    """Records of lists in lists and of the containers of Last.fm, ListenBrainz, Maloja and lastfmstats."""
    waiting = [found] if isinstance(found, dict) else found if isinstance(found, Iterable) else []
    for one in waiting:
        if isinstance(one, list):
            yield from _flattened(one)
        elif isinstance(one, dict):
            yield from _contained(one)


def _contained(one: Record) -> Iterator[Record]:
    inner = one.get("recenttracks") or one.get("payload")
    holder = inner if isinstance(inner, dict) else one
    attributes = holder.get("@attr")
    user = attributes.get("user") if isinstance(attributes, dict) else holder.get("user_id", one.get("username"))
    for name in ("track", "scrobbles", "listens"):
        listed = holder.get(name)
        if isinstance(listed, dict) and holder is not one:  # a page of one play
            listed = [listed]
        if isinstance(listed, list) and (holder is not one or name != "track" or _all_records(listed)):
            yield from ({"user": user, **record} for record in listed if isinstance(record, dict))
            return
    yield one


def _all_records(listed: Sequence[object]) -> bool:
    return all(isinstance(record, dict) for record in listed)


def keys_of(records: Iterable[Record]) -> str:
    """The keys of the first record, as far as they are names, for an error message: never what stands under them."""
    first = next(iter(records), {})
    names = [key for key in first if key.isidentifier() and len(key) <= 40]
    return ", ".join(names[:_SHOWN]) + (", …" if len(names) > _SHOWN else "")


def refused(source: Source, records: Iterable[Record]) -> NotHistory:
    """The error for JSON that is no history."""
    keys = keys_of(records)
    seems = f"JSON with the keys {keys}" if keys else "JSON without a record"
    return NotHistory(f"{source} is {seems}: expected {READ}")

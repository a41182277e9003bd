"""`python -m ops.doctor`: looks at a deployment and says what to do. Exit code: 0 all is well, 1 warnings, 2 faults."""

import argparse
import json
import queue
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence

from ops.doctor.backups import backups
from ops.doctor.configured import keys, load, settings
from ops.doctor.database import database
from ops.doctor.findings import Check, Finding, Level, fault
from ops.doctor.model import model
from ops.doctor.surroundings import disks, providers, redis_server
from settings import Settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Look at everything; returns the exit code."""
    options = _parser().parse_args(arguments)
    known, found = load()
    if known is not None:
        checks = {
            "settings": settings,
            "keys": keys,
            "database": database,
            "redis": redis_server,
            "model": model,
            "disk": disks(options.free_mb),
            "providers": providers,
            "backups": backups,
        }
        found += examine(known, checks, options.seconds)
    worst = max(finding.level for finding in found)
    sys.stdout.write(_as_json(found, worst) if options.json else _as_text(found))
    return int(worst)


def examine(known: Settings, checks: dict[str, Check], seconds: float) -> list[Finding]:
    """What all checks find, in their order; none waits for another, and none is waited for longer than `seconds`."""
    answers: queue.SimpleQueue[tuple[str, list[Finding]]] = queue.SimpleQueue()
    found: dict[str, list[Finding]] = {}
    for name, check in checks.items():
        # a daemon: one that hangs does not keep the command from ending
        threading.Thread(target=lambda n=name, c=check: answers.put((n, _run(n, c, known))), daemon=True).start()
    deadline = time.monotonic() + seconds
    while len(found) < len(checks):
        try:
            name, findings = answers.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            break
        found[name] = findings
    late = f"no answer within {seconds:g} s"
    return [
        finding
        for name in checks
        for finding in found.get(
            name, [fault(name, late, "try again with a larger --seconds, or see what it waits for")]
        )
    ]


def _run(name: str, check: Check, known: Settings) -> list[Finding]:
    found: list[Finding] = []
    try:
        found.extend(check(known))
    except Exception as exc:  # whatever stops one check stops no other
        said = " ".join(str(exc).split()) or "it says nothing"
        found.append(fault(name, f"could not be looked at ({type(exc).__name__}: {said})", "see to that first"))
    return found


def _as_text(found: list[Finding]) -> str:
    lines = [
        f"{one.level.name.lower():9}{one.check:11}{one.seen}{f' -> {one.cure}' if one.cure else ''}" for one in found
    ]
    counted = Counter(one.level for one in found)
    return "\n".join([*lines, ", ".join(f"{counted[level]} {level.name.lower()}" for level in Level)]) + "\n"


def _as_json(found: list[Finding], worst: Level) -> str:
    rows = [{"check": one.check, "level": one.level.name.lower(), "seen": one.seen, "cure": one.cure} for one in found]
    return json.dumps({"level": worst.name.lower(), "findings": rows}, indent=2, ensure_ascii=False) + "\n"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ops.doctor", description=__doc__)
    parser.add_argument("--json", action="store_true", help="for machines")
    parser.add_argument("--seconds", type=_positive, default=60, help="how long the slowest check may take (60)")
    parser.add_argument("--free-mb", type=_positive, default=1000, help="megabytes wanted free on each disk (1000)")
    return parser


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        msg = f"{text!r} is no number: expected 1 or more"
        raise argparse.ArgumentTypeError(msg)
    return int(text)

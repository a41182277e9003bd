"""Python as the image `serve` has it: from PYTHONPATH it hides what requirements-serve.txt does not name."""

import re
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from importlib.metadata import packages_distributions
from pathlib import Path
from types import ModuleType

_LOCKED = Path(__file__).parents[3] / "requirements-serve.txt"


def _folded(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


class Hidden:
    """Finds none of the hidden libraries, and says so as if they were not installed."""

    def __init__(self) -> None:
        pinned = re.findall(r"^([\w.-]+)==", _LOCKED.read_text(encoding="utf-8"), re.MULTILINE)
        kept = {_folded(name) for name in pinned}
        owners = packages_distributions()
        self.names = {module for module, of in owners.items() if not kept & {_folded(name) for name in of}}

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Refuse a hidden library; leave others to those that find them."""
        if name.partition(".")[0] in self.names:
            msg = f"No module named {name!r}: requirements-serve.txt does not name it"
            raise ModuleNotFoundError(msg, name=name)
        return None


sys.meta_path.insert(0, Hidden())

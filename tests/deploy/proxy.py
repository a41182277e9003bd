"""Debian's nginx with the files of nginx/, before servers of the tests."""

import os
import shutil
import signal
import string
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.conftest import REPOSITORY, eventually, free_ports

TEMPLATES = REPOSITORY / "nginx"
_MAIN = string.Template(
    """daemon off; user root; pid $folder/nginx.pid; error_log $folder/error.log notice; worker_processes 2;
events {}
http {
    client_body_temp_path $folder/body; proxy_temp_path $folder/proxy; fastcgi_temp_path $folder/fastcgi;
    uwsgi_temp_path $folder/uwsgi; scgi_temp_path $folder/scgi;
    include $folder/conf.d/*.conf;
}
"""
)


@dataclass
class Proxy:
    """A running nginx. `plain` is where it redirects from, where it speaks TLS."""

    process: subprocess.Popen[bytes]
    url: str
    plain: str
    folder: Path

    @property
    def errors(self) -> str:
        """What it wrote of itself."""
        return (self.folder / "error.log").read_text()

    @property
    def access_log(self) -> str:
        """A JSON object a request."""
        return (self.folder / "access.log").read_text()

    def reload(self) -> None:
        """HUP, and the wait until workers of the new configuration run."""
        before = self.errors.count("start worker process ")
        self.process.send_signal(signal.SIGHUP)
        eventually(lambda: self.errors.count("start worker process ") >= before + 2)

    @property
    def places(self) -> dict[str, str]:
        """Where nginx/replica.sh finds what the image has at other places."""
        return {
            "API_CONF": str(self.folder / "conf.d" / "api.conf"),
            "NGINX_COMMAND": f"{nginx()} -c {self.folder}/nginx.conf -p {self.folder}",
            "NGINX_PID": str(self.folder / "nginx.pid"),
        }

    def replica(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """`sh nginx/replica.sh`, as it is called in the image."""
        argv = ["sh", str(TEMPLATES / "replica.sh"), *arguments]
        return subprocess.run(argv, env=os.environ | self.places, capture_output=True, text=True, check=False)

    @contextmanager
    def closed(self) -> Iterator[None]:
        """The site while the operator has closed it."""
        flag = self.folder / "maintenance"
        flag.touch()
        try:
            yield
        finally:
            flag.unlink()


def nginx() -> str:
    """Where nginx is."""
    found = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if found is None:
        assert not os.environ.get("CI"), ".ci/run installs nginx"
        pytest.skip("nginx is not installed")
    return found


def configure(folder: Path, template: str, values: dict[str, str]) -> Path:
    """Fill the templates in, as the nginx image does; returns the main file."""
    (folder / "conf.d").mkdir()
    for name in ("api.conf.template", template):
        filled = (TEMPLATES / name).read_text()
        for key, value in values.items():
            filled = filled.replace(f"${{{key}}}", value)
        assert "${" not in filled, filled
        (folder / "conf.d" / name.removesuffix(".template")).write_text(filled)
    main = folder / "nginx.conf"
    main.write_text(_MAIN.substitute(folder=folder))
    return main


@contextmanager
def proxied(
    folder: Path, replicas: list[str], certificates: Path | None = None, behind: str = "unix:"
) -> Iterator[Proxy]:
    """An nginx before one or two replicas' HOST:PORT; with TLS where a folder of certificates is given.

    behind: the address or network of a proxy before it.
    """
    port, plain = free_ports(2)
    (folder / "acme").mkdir()
    values = {
        "API_1": replicas[0],
        "API_2": replicas[-1],
        "UNLIMITED": "127.0.0.1",
        "PROXY": behind,
        "SITE": str(TEMPLATES),
        "STATE": str(folder),
        "ACCESS_LOG": str(folder / "access.log"),
        "LISTEN": f"127.0.0.1:{port}",
        "LISTEN_HTTP": f"127.0.0.1:{plain}",
        "CERTIFICATES": str(certificates),
        "ACME": str(folder / "acme"),
    }
    main = configure(folder, "tls.conf.template" if certificates else "default.conf.template", values)
    argv = [nginx(), "-c", str(main), "-p", str(folder)]
    checked = subprocess.run([*argv, "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    process = subprocess.Popen(argv)
    url = f"https://localhost:{port}" if certificates else f"http://127.0.0.1:{port}"
    proxy = Proxy(process, url, f"http://127.0.0.1:{plain}", folder)
    try:
        eventually(lambda: _listens(f"{url}/health"))
        yield proxy
    finally:
        process.terminate()
        process.wait(10)


def _listens(url: str) -> bool:
    try:
        httpx.get(url, verify=False, timeout=10)
    except httpx.TransportError:
        return False
    return True

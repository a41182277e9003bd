"""Whether the server here is ready, for a container's health check: `python -m ops.health [URL]`."""

import sys
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

_URL = "http://127.0.0.1:8000/health/ready"
_SECONDS = 4.0
_DIRECT = build_opener(ProxyHandler({}))  # a container's HTTP_PROXY leads elsewhere


def main(arguments: list[str]) -> int:
    """Ask once; returns 0 where it is ready, else 1 with a line that says why."""
    url = arguments[0] if arguments else _URL
    if not url.startswith(("http://", "https://")):
        sys.stderr.write(f"{url!r} is no address: expected http://HOST:PORT/health/ready\n")
        return 2
    try:
        with _DIRECT.open(url, timeout=_SECONDS):
            return 0
    except HTTPError as exc:
        sys.stderr.write(f"{url} answers {exc.code}: {exc.read(500).decode(errors='replace')}\n")
    except (OSError, HTTPException) as exc:
        sys.stderr.write(f"{url} does not answer: {exc}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

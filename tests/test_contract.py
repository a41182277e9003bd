"""The API against its own OpenAPI document, which is complete and current."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from openapi_spec_validator import validate

from api import create_app
from settings import Settings
from tests.conftest import REPOSITORY, Server, sign_up

# not the password of the examples: a call that deletes the account would find it right
PASSWORD = "nobody reads this one"


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return create_app(Settings(_env_file=None)).openapi()


def _operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for methods in document["paths"].values():
        yield from methods.values()


def test_the_document_in_docs_is_current(document: dict[str, Any]) -> None:
    kept = json.loads((REPOSITORY / "docs" / "openapi.json").read_text(encoding="utf-8"))
    assert kept == json.loads(json.dumps(document)), "run make openapi"


def test_the_document_is_valid_openapi(document: dict[str, Any]) -> None:
    validate(json.loads(json.dumps(document)))


def test_every_call_is_named_and_described(document: dict[str, Any]) -> None:
    operations = list(_operations(document))
    assert len({operation["operationId"] for operation in operations}) == len(operations)
    for operation in operations:
        assert operation["operationId"].isidentifier()
        assert operation["description"]
        assert operation["tags"]


def test_every_body_has_an_example(document: dict[str, Any]) -> None:
    for operation in _operations(document):
        bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
        for media in (media for body in bodies for media in body.get("content", {}).values()):
            assert "example" in media, operation["operationId"]


def test_lists_take_the_limit_that_the_readme_names(document: dict[str, Any]) -> None:
    limits = {
        operation["operationId"]: tuple(parameter["schema"][name] for name in ("minimum", "maximum", "default"))
        for operation in _operations(document)
        for parameter in operation.get("parameters", [])
        if parameter["name"] == "limit"
    }
    assert limits.pop("get_likes") == (1, 1000, 20)
    assert set(limits.values()) == {(1, 100, 20)}


def test_every_call_documents_how_it_can_fail(document: dict[str, Any]) -> None:
    for operation in _operations(document):
        statuses = set(operation["responses"])
        assert {"429", "500", "503"} <= statuses
        assert ("401" in statuses) == (bool(operation["security"]) or operation["operationId"] in ("login", "refresh"))
        assert ("413" in statuses) == ("requestBody" in operation)
        assert ("422" in statuses) == ("requestBody" in operation or "parameters" in operation)


def _schemathesis(server: Server, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(REPOSITORY / "tests/schemathesis.toml")]
    run = ["run", f"{server.url}/openapi.json", "--checks", "all", "--no-color", *options]
    return subprocess.run([*command, *run], cwd=folder, capture_output=True, text=True, check=False)


def _statuses(server: Server) -> Counter[str]:
    """How many answers of each status there were, as the server itself counted them."""
    counted: Counter[str] = Counter()
    for (_, _, status), count in server.samples("redux_http_request_seconds_count").items():
        counted[status] += int(count)
    return counted


def _bearer(http: httpx.Client) -> list[str]:
    listener = sign_up(http, password=PASSWORD)
    listener.http.close()
    # a logout ends the session that all the other calls are made in: it is called without a token
    return ["--header", f"Authorization: Bearer {listener.token}", "--exclude-operation-id", "logout"]


@pytest.mark.parametrize("signed_in", [True, False], ids=["with a token", "without"])
def test_the_running_app_keeps_every_promise(
    document: dict[str, Any], server: Server, http: httpx.Client, tmp_path: Path, *, signed_in: bool
) -> None:
    done = _schemathesis(server, tmp_path, "--max-examples", "5", "--seed", "1", *(_bearer(http) if signed_in else []))
    assert done.returncode == 0, done.stdout
    calls = len(list(_operations(document)))
    assert f"{calls - signed_in} selected / {calls} total" in done.stdout


@pytest.mark.nightly
@pytest.mark.timeout(3600)
def test_ten_thousand_strange_requests_find_no_fault(server: Server, http: httpx.Client, tmp_path: Path) -> None:
    before = _statuses(server)
    seed = 0
    while (_statuses(server) - before).total() < 10_000:
        seed += 1
        done = _schemathesis(server, tmp_path, "--max-examples", "100", "--seed", str(seed), *_bearer(http))
        assert done.returncode == 0, done.stdout
    seen = _statuses(server) - before
    assert not [status for status in seen if status.startswith("5")], seen

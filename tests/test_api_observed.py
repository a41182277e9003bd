"""What an operator sees: metrics, log lines, headers, traces."""

import gzip
import json
import os
import shutil
import signal
import socket
import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from artifact_set import ArtifactStore, TrainingRecord
from tests.conftest import Listener, Server, eventually, gunicorn_command, serving, sign_up
from tests.processes import children
from tests.serving.two_camps import complete, jazz, rock

REQUESTS = "redux_http_request_seconds_count"


def test_requests_are_counted_by_route_and_status(server: Server, http: httpx.Client, listener: Listener) -> None:
    before = server.samples(REQUESTS)
    listener.http.get("/me/likes")
    listener.http.post("/me/likes", json={"song_id": rock(0)})
    http.get("/me/likes")
    http.get("/nowhere/at/all")
    http.request("PROPFIND", "/health")
    asked = {
        ("GET", "/me/likes", "200"),
        ("POST", "/me/likes", "201"),
        ("GET", "/me/likes", "401"),
        ("GET", "-", "404"),
        ("OTHER", "-", "405"),
    }

    def grown() -> bool:
        after = server.samples(REQUESTS)
        return asked <= {labels for labels in after if after[labels] > before.get(labels, 0)}

    eventually(grown)


def test_methods_that_no_route_has_make_no_series_of_every_path(server: Server, http: httpx.Client) -> None:
    for method in ("PATCH", "OPTIONS", "PROPFIND"):
        for path in ("/health", "/me/likes", "/docs", "/docs/ui/swagger-ui.css"):
            assert http.request(method, path).status_code == 405
    eventually(lambda: server.samples(REQUESTS).get(("OTHER", "-", "405"), 0) >= 4)
    assert {route for _, route, status in server.samples(REQUESTS) if status == "405"} == {"-"}


def test_time_in_the_database_and_the_recommender_is_counted(server: Server, listener: Listener) -> None:
    listener.http.post("/recommendations/cold-start", json={"seeds": [rock(0), rock(1), jazz(0)]})
    listener.http.get("/recommendations/categories")
    eventually(lambda: {("keep_seeds",), ("get_taste",)} <= set(server.samples("redux_database_seconds_count")))
    eventually(lambda: {("scan",), ("page",)} <= set(server.samples("redux_recommender_seconds_count")))


def test_hits_and_misses_of_caches_are_counted(server: Server, http: httpx.Client) -> None:
    before = server.samples("redux_cache_requests_total")
    for _ in range(20):  # each worker may miss once
        http.get("/recommendations/similar", params={"song_id": rock(2), "limit": 17})

    def grown(outcome: str, count: int) -> bool:
        after = server.samples("redux_cache_requests_total")
        return after.get(("answers", outcome), 0) - before.get(("answers", outcome), 0) >= count

    eventually(lambda: grown("hit", 2) and grown("miss", 1))


def test_what_a_cache_holds_is_told_in_bytes(server: Server, http: httpx.Client, listener: Listener) -> None:
    before = server.samples("redux_cache_bytes")
    body = http.get("/recommendations/similar", params={"song_id": rock(3), "limit": 13}).content
    seeds = [rock(9), jazz(8), rock(7), jazz(6), rock(5)]  # nobody else's, so that their page is not kept yet
    listener.http.post("/recommendations/cold-start", json={"seeds": seeds})
    page = listener.http.get("/recommendations/categories").content

    def grown(cache: str, content: bytes) -> bool:
        return server.samples("redux_cache_bytes")[(cache,)] >= before.get((cache,), 0) + len(content)

    eventually(lambda: grown("answers", body) and grown("pages", page))


def test_the_version_that_serves_is_named(server: Server, http: httpx.Client) -> None:
    version = http.get("/health").json()["artifacts"]
    eventually(lambda: server.samples("redux_artifacts_workers") == {(version,): 3 * server.replica_count})


def test_the_age_of_the_model_and_what_waits_are_told_once_however_many_workers_there_are(
    server: Server, artifacts: Path
) -> None:
    trained = ArtifactStore(artifacts).path_of_current() / "training.json"
    created_at = TrainingRecord.read(trained).created_at
    told = created_at.timestamp() * server.replica_count
    assert server.samples("redux_artifacts_trained_timestamp_seconds") == {(): told}
    assert server.samples("redux_imports_waiting") == {(): 0}


def test_files_of_imports_that_wait_are_counted(artifacts: Path, tmp_path: Path) -> None:
    folder = tmp_path / "imports"
    with serving(tmp_path, {"ARTIFACTS_DIR": str(artifacts), "IMPORTS_DIR": str(folder)}) as server:
        assert server.samples("redux_imports_waiting") == {(): 0}
        (folder / "one").mkdir(parents=True)
        assert server.samples("redux_imports_waiting") == {(): 1}


def test_workers_that_refuse_a_set_are_counted_until_another_one_is_current(tmp_path: Path) -> None:
    store = ArtifactStore(tmp_path / "artifacts")
    sound = complete(store.root).name
    damaged = shutil.copytree(store.path(sound), store.root / "20000101T000000Z")
    (damaged / "song_vectors.index").write_bytes(b"")
    with serving(tmp_path, {}, gunicorn_command) as server:
        eventually(lambda: server.samples("redux_artifacts_refusing_workers") == {(): 0})
        store.activate(damaged.name)
        eventually(lambda: server.samples("redux_artifacts_refusing_workers") == {(): 3})
        store.activate(sound)
        eventually(lambda: server.samples("redux_artifacts_refusing_workers") == {(): 0})


def test_three_workers_answer_with_one_sum_and_a_lost_one_takes_no_count_along(artifacts: Path, tmp_path: Path) -> None:
    popular = {"method": "GET", "route": "/catalog/popular", "status": "200"}
    with serving(tmp_path, {"ARTIFACTS_DIR": str(artifacts)}, gunicorn_command) as server:

        def ask(_: int) -> int:
            return httpx.get(f"{server.url}/catalog/popular").status_code

        with ThreadPoolExecutor(6) as pool:
            assert set(pool.map(ask, range(60))) == {200}
        eventually(lambda: server.counted(REQUESTS, **popular) == 60)
        eventually(lambda: server.samples("redux_http_requests_in_flight") == {(): 0})
        for worker in children(server.process.pid):
            os.kill(worker, signal.SIGKILL)
            eventually(lambda: list(server.samples("redux_artifacts_workers").values()) == [3])
            assert server.counted(REQUESTS, **popular) == 60


def test_metrics_have_an_address_of_their_own(server: Server, http: httpx.Client) -> None:
    assert http.get("/metrics").status_code == 404
    assert httpx.get(f"{server.metrics_url}/metrics").headers["Content-Type"].startswith("text/plain")


def test_an_address_in_use_costs_the_metrics_alone(artifacts: Path, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        settings = {"ARTIFACTS_DIR": str(artifacts), "METRICS_ADDRESS": f"127.0.0.1:{taken.getsockname()[1]}"}
        with serving(tmp_path, settings, gunicorn_command) as server, server.client() as http:
            assert http.get("/catalog/popular").status_code == 200
            assert server.log.read_text().count("cannot be used") == 1


def test_a_log_line_has_its_request_user_route_status_and_time(artifacts: Path, tmp_path: Path) -> None:
    with serving(tmp_path, {"ARTIFACTS_DIR": str(artifacts), "LOG_FORMAT": "json"}) as server, server.client() as http:
        listener = sign_up(http)
        answer = listener.http.get("/me")
        listener.http.close()
        server.stop()
        lines = [json.loads(line) for line in server.log.read_text().splitlines() if line.startswith("{")]
    line = next(line for line in lines if line.get("route") == "/me")
    assert line["request_id"] == answer.headers["X-Request-ID"]
    assert line["user_id"] == answer.json()["id"]
    assert (line["method"], line["status"], line["level"]) == ("GET", 200, "INFO")
    assert 0 < line["ms"] < 5000


def test_an_id_that_a_client_sent_stands_whole_in_the_log(server: Server, http: httpx.Client) -> None:
    sent = str(uuid.uuid4())
    assert http.get("/nowhere", headers={"X-Request-ID": sent}).headers["X-Request-ID"] == sent
    eventually(lambda: f"[{sent}] GET" in server.log.read_text() or f'"request_id":"{sent}"' in server.log.read_text())


def test_answers_carry_the_headers_of_their_kind(http: httpx.Client, listener: Listener) -> None:
    for answer in (http.get("/catalog/popular"), http.get("/nowhere"), listener.http.get("/me")):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert ("Strict-Transport-Security" in answer.headers) == (http.base_url.scheme == "https")
    assert listener.http.get("/me").headers["Cache-Control"] == "no-store"
    assert "script-src 'self';" in http.get("/docs").headers["Content-Security-Policy"]
    secure = http.get("/health", headers={"X-Forwarded-Proto": "https"})
    assert "max-age=" in secure.headers["Strict-Transport-Security"]


@pytest.fixture
def collector() -> Iterator[tuple[str, list[ExportTraceServiceRequest]]]:
    """An OpenTelemetry collector's address and what it was sent."""
    sent: list[ExportTraceServiceRequest] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            if self.path == "/v1/traces":
                sent.append(ExportTraceServiceRequest.FromString(body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Collector)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", sent
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_configured_collector_is_sent_traces_without_secrets(
    artifacts: Path, tmp_path: Path, collector: tuple[str, list[ExportTraceServiceRequest]]
) -> None:
    url, sent = collector
    settings = {"ARTIFACTS_DIR": str(artifacts), "OTEL_EXPORTER_OTLP_ENDPOINT": url}
    with serving(tmp_path, settings) as server, server.client() as http:
        listener = sign_up(http)
        assert listener.http.get("/me").status_code == 200
        listener.http.close()
        server.stop()
    spans = [span for request in sent for part in request.resource_spans for s in part.scope_spans for span in s.spans]
    assert {span.name for span in spans} == {"POST /auth/signup", "GET /me"}
    assert listener.token not in str(sent)
    assert sent[0].resource_spans[0].resource.attributes

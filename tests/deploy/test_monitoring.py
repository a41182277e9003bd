"""Rules and dashboard for an operator: every query is one that Prometheus reads, of metrics that the API has."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import promql_parser
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from db import Database
from migrations.prepare import prepare
from settings import Settings
from tests.conftest import REPOSITORY, Server, environment, eventually, sign_up
from tests.serving.two_camps import rock

MONITORING = REPOSITORY / "deploy" / "monitoring"
KUBERNETES = REPOSITORY / "deploy" / "kubernetes"
RULES = yaml.safe_load((MONITORING / "rules.yml").read_text())
PROMETHEUS = yaml.safe_load((MONITORING / "prometheus.yml").read_text())
DASHBOARD = json.loads((MONITORING / "dashboard.json").read_text())
ALL_RULES = [rule for group in RULES["groups"] for rule in group["rules"]]
ALERTS = [rule for rule in ALL_RULES if "alert" in rule]
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
# Grafana puts it in before it asks
QUERIES = [rule["expr"] for rule in ALL_RULES] + [
    target["expr"].replace("$__rate_interval", "5m") for panel in PANELS for target in panel["targets"]
]
OF_PROMETHEUS = {"up"} | {rule["record"] for rule in ALL_RULES if "record" in rule}
OF_BACKUPS = {"redux_backup_timestamp_seconds"}
OF_KUBERNETES = {"kube_cronjob_status_last_successful_time"}


def _selectors(query: str) -> list[promql_parser.VectorSelector]:
    """Every selector in a query, which must be one that Prometheus reads."""
    found: list[promql_parser.VectorSelector] = []

    def look(part: promql_parser.Expr) -> None:
        if isinstance(part, promql_parser.VectorSelector):
            found.append(part)
        elif isinstance(part, promql_parser.MatrixSelector):
            found.append(part.vector_selector)

    promql_parser.walk(promql_parser.parse(query), look)
    return found


@pytest.fixture(scope="module")
def exported(server: Server, http: httpx.Client) -> dict[str, set[str]]:
    """Names of samples, each with its labels where it has any yet, of a server that was asked for something."""
    listener = sign_up(http)
    listener.http.post("/recommendations/cold-start", json={"seeds": [rock(0), rock(1), rock(2)]})
    listener.http.get("/recommendations/categories")
    listener.http.close()
    eventually(lambda: bool(server.samples("redux_recommender_seconds_count")))
    eventually(lambda: bool(server.samples("redux_password_seconds_count")))
    eventually(lambda: bool(server.samples("redux_cache_requests_total")))
    endings = {"histogram": ("_bucket", "_count", "_sum"), "counter": ("_total",), "gauge": ("",)}
    told = httpx.get(f"{server.metrics_url}/metrics", timeout=30).text
    found: dict[str, set[str]] = {}
    for family in text_string_to_metric_families(told):
        if family.name.endswith("_created"):  # a moment of the library's own beside every counter
            continue
        found |= {f"{family.name}{ending}": set() for ending in endings[family.type]}
        for sample in family.samples:
            found.setdefault(sample.name, set()).update(sample.labels)
    return found


@pytest.mark.parametrize("query", QUERIES)
def test_every_query_asks_for_what_a_running_api_tells(query: str, exported: dict[str, set[str]]) -> None:
    selectors = _selectors(query)
    assert selectors
    for selector in selectors:
        assert selector.name in {*exported, *OF_PROMETHEUS, *OF_BACKUPS, *OF_KUBERNETES}
        labels = {matcher.name for matcher in selector.matchers.matchers} - {"job"}
        known = exported.get(str(selector.name))
        assert not known or labels <= known


def test_fallbacks_are_held_against_requests_that_can_be_one() -> None:
    (alert,) = (one for one in ALERTS if one["alert"] == "ReduxFallbacks")
    told = {m.name: m.value for selector in _selectors(alert["expr"]) for m in selector.matchers.matchers}
    assert told["call"] == "cold-start|next"  # each is counted for every answer, for none of them is kept
    assert (told["route"], told["status"]) == (f"/recommendations/({told['call']})", "200")
    paths = json.loads((REPOSITORY / "docs" / "openapi.json").read_text(encoding="utf-8"))["paths"]
    assert {f"/recommendations/{call}" for call in told["call"].split("|")} <= set(paths)


def test_a_backup_tells_the_metric_that_rules_ask_for(tmp_path: Path) -> None:
    settings = {"DATABASE_URL": f"sqlite:///{tmp_path}/redux.db"}
    prepare(Database(settings["DATABASE_URL"]), upgrade=True)
    textfile = tmp_path / "redux.prom"
    kept = ["--url", f"file://{tmp_path}/kept", "--textfile", str(textfile)]
    argv = [sys.executable, "-m", "ops.backup", "create", *kept]
    subprocess.run(argv, cwd=REPOSITORY, env=environment(settings), check=True, capture_output=True)
    told = {family.name for family in text_string_to_metric_families(textfile.read_text())}
    assert told >= OF_BACKUPS


def test_rules_ask_the_job_that_prometheus_has() -> None:
    job = PROMETHEUS["scrape_configs"][0]
    jobs = {m.value for query in QUERIES for s in _selectors(query) for m in s.matchers.matchers if m.name == "job"}
    assert jobs == {job["job_name"]}
    assert job["static_configs"] == [{"targets": [Settings(_env_file=None).metrics_address]}]
    assert all((MONITORING / path).is_file() for path in PROMETHEUS["rule_files"])


def test_the_job_for_kubernetes_is_the_one_that_rules_ask_and_finds_the_api() -> None:
    page = (REPOSITORY / "docs" / "kubernetes.md").read_text(encoding="utf-8")
    (job,) = yaml.safe_load(page.split("\n## Watching\n")[1].split("\n```\n")[1])
    assert job["job_name"] == PROMETHEUS["scrape_configs"][0]["job_name"]
    (found,), (relabel,) = job["kubernetes_sd_configs"], job["relabel_configs"]
    (overlay,) = yaml.safe_load_all((KUBERNETES / "overlays" / "small" / "kustomization.yaml").read_text())
    assert found["namespaces"]["names"] == [overlay["namespace"]]
    api, _ = yaml.safe_load_all((KUBERNETES / "base" / "api.yaml").read_text())
    pod = api["spec"]["template"]
    port = {one["containerPort"]: one["name"] for one in pod["spec"]["containers"][0]["ports"]}[9090]
    asked = [label.removeprefix("__meta_kubernetes_pod_") for label in relabel["source_labels"]]
    assert asked == ["label_app", "label_part", "container_port_name", "phase"]
    labels = pod["metadata"]["labels"]
    assert relabel["regex"] == ";".join([labels["app"], labels["part"], port, "Running"])


def test_the_age_of_backups_on_kubernetes_is_asked_of_the_job_that_makes_them() -> None:
    asked = [one for query in QUERIES for one in _selectors(query) if one.name in OF_KUBERNETES]
    (backup,) = yaml.safe_load_all((KUBERNETES / "base" / "backup.yaml").read_text())
    (overlay,) = yaml.safe_load_all((KUBERNETES / "overlays" / "small" / "kustomization.yaml").read_text())
    assert [{m.name: m.value for m in one.matchers.matchers} for one in asked] == [
        {"namespace": overlay["namespace"], backup["kind"].lower(): backup["metadata"]["name"]}
    ]


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: str(alert["alert"]))
def test_every_alert_says_what_it_is_and_where_its_cure_is(alert: dict[str, Any]) -> None:
    assert set(alert) == {"alert", "expr", "for", "labels", "annotations"}
    assert promql_parser.parse_duration(alert["for"]).total_seconds() >= 60
    assert alert["labels"]["severity"] in ("page", "ticket")
    summary, description, runbook = (alert["annotations"][name] for name in ("summary", "description", "runbook_url"))
    assert summary
    assert description
    assert runbook == f"docs/operations.md#{alert['alert'].lower()}"


def test_the_runbook_has_a_cure_for_every_alert_and_for_no_other() -> None:
    section = _section("What each alert means")
    headings = re.findall(r"^### (\w+)$", section, re.MULTILINE)
    assert sorted(headings) == sorted(alert["alert"] for alert in ALERTS)
    assert all(text.strip() for text in re.split(r"^### \w+$", section, flags=re.MULTILINE)[1:])


def test_the_runbook_names_every_metric(exported: dict[str, set[str]]) -> None:
    named = set(re.findall(r"`(redux_\w+)`", _section("Watching")))
    told = {re.sub(r"_(bucket|count|sum)$", "", name) for name in exported if name.startswith("redux_")}
    assert named == told | OF_BACKUPS


def test_every_panel_of_the_dashboard_is_one_that_grafana_can_draw() -> None:
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(ids) == len(set(ids))
    assert len({panel["title"] for panel in DASHBOARD["panels"]}) == len(ids)
    assert {panel["type"] for panel in PANELS} <= {"timeseries", "stat"}
    source = {"type": "prometheus", "uid": "${datasource}"}
    for panel in PANELS:
        assert panel["datasource"] == source
        assert [target["refId"] for target in panel["targets"]] == ["A", "B", "C"][: len(panel["targets"])]
        assert all(target["datasource"] == source for target in panel["targets"])
    (variable,) = DASHBOARD["templating"]["list"]
    assert (variable["name"], variable["type"], variable["query"]) == ("datasource", "datasource", "prometheus")


def test_no_panel_of_the_dashboard_lies_on_another() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        at = panel["gridPos"]
        own = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert at["x"] + at["w"] <= 24
        assert not own & taken
        taken |= own


def test_the_collectors_pipeline_is_made_of_parts_that_are_configured() -> None:
    collector = yaml.safe_load((MONITORING / "otel-collector.yml").read_text())
    for pipeline in collector["service"]["pipelines"].values():
        assert all(part in collector[kind] for kind, parts in pipeline.items() for part in parts)


def _section(heading: str) -> str:
    text = (REPOSITORY / "docs" / "operations.md").read_text(encoding="utf-8")
    return text.split(f"## {heading}\n")[1].split("\n## ")[0]

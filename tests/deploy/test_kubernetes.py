"""The Kubernetes manifests: valid, complete, and of one mind with the product they start."""

import json
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from settings import Settings
from tests.conftest import REPOSITORY, eventually

ROOT = REPOSITORY / "deploy" / "kubernetes"
MANIFESTS = sorted(path for path in ROOT.rglob("*.yaml") if path.name != "kustomization.yaml")
KUSTOMIZATIONS = sorted(ROOT.rglob("kustomization.yaml"))
_NOT_SETTINGS = {"ARTIFACTS_URL", "FORWARDED_ALLOW_IPS", "WEB_CONCURRENCY"}  # of the commands here, and gunicorn's


def _documents(path: Path) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all(path.read_text(encoding="utf-8")))


def _found(value: object, key: str) -> Iterator[Any]:
    """Every value of a key, however deep."""
    if isinstance(value, dict):
        yield from (inner for name, inner in value.items() if name == key)
        for inner in value.values():
            yield from _found(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from _found(inner, key)


def _containers() -> list[dict[str, Any]]:
    lists = (
        one for path in MANIFESTS for key in ("containers", "initContainers") for one in _found(_documents(path), key)
    )
    return [container for containers in lists for container in containers]


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.name)
def test_every_manifest_is_valid(path: Path) -> None:
    for document in _documents(path):
        kubernetes_validate.validate(document, kubernetes_validate.latest_version(), strict=True)


@pytest.mark.parametrize("path", KUSTOMIZATIONS, ids=lambda path: path.parent.name)
def test_a_kustomization_lists_every_manifest_beside_it(path: Path) -> None:
    (kustomization,) = _documents(path)
    here = {beside.name for beside in path.parent.glob("*.yaml")} - {path.name}
    listed = set(kustomization["resources"])
    assert {name for name in listed if name.endswith(".yaml")} == here
    assert all((path.parent / name / "kustomization.yaml").is_file() for name in listed - here)


def test_a_patch_is_for_something_that_is_there() -> None:
    named = {(document["kind"], document["metadata"]["name"]) for path in MANIFESTS for document in _documents(path)}
    for target in (one for path in KUSTOMIZATIONS for one in _found(_documents(path), "target")):
        assert (target["kind"], target["name"]) in named


def _patched(overlay: Path) -> list[dict[str, Any]]:
    """What an overlay brings along and what it takes from the base, with its patches done."""
    (kustomization,) = _documents(overlay / "kustomization.yaml")
    folders = (ROOT / "base", overlay)
    documents = [one for path in MANIFESTS if path.parent in folders for one in _documents(path)]
    for patch in kustomization["patches"]:
        kind, name = patch["target"]["kind"], patch["target"]["name"]
        (target,) = (one for one in documents if (one["kind"], one["metadata"]["name"]) == (kind, name))
        for change in yaml.safe_load(patch["patch"]):
            *above, last = (int(part) if part.isdigit() else part for part in change["path"].split("/")[1:])
            inner: Any = target
            for part in above:
                inner = inner[part]
            assert (change["op"], last in inner) == ("replace", True)
            inner[last] = change["value"]
    return documents


@pytest.mark.parametrize("overlay", ["small", "cloud"])
def test_a_patched_manifest_is_valid(overlay: str) -> None:
    for document in _patched(ROOT / "overlays" / overlay):
        kubernetes_validate.validate(document, kubernetes_validate.latest_version(), strict=True)


def test_all_of_small_has_a_place_on_a_node_of_four_processors() -> None:
    documents = _patched(ROOT / "overlays" / "small")
    (pods,) = _found(documents, "maxReplicas")
    (surge,) = _found(documents, "maxSurge")
    asked = 0
    for document in documents:
        requests = [one["cpu"] for found in _found(document, "containers") for one in _found(found, "requests")]
        count = pods + surge if document["metadata"]["name"] == "api" else 1
        asked += count * sum(int(one[:-1]) if one.endswith("m") else 1000 * int(one) for one in requests)
    assert 0 < asked <= 3000  # thousandths; the cluster's own pods have the rest


def test_what_is_configured_is_a_setting() -> None:
    (kustomization,) = _documents(ROOT / "base" / "kustomization.yaml")
    names = {literal.partition("=")[0] for literal in kustomization["configMapGenerator"][0]["literals"]}
    assert names - _NOT_SETTINGS <= {name.upper() for name in Settings.model_fields}


def test_every_command_is_one_that_we_have() -> None:
    said = " ".join(json.dumps(container.get("command", [])) for container in _containers())
    modules = set(re.findall(r"python -m ([\w.]+)", said))
    assert modules >= {"artifact_set", "ops.backup"}
    assert all(find_spec(module) for module in modules)
    assert all((REPOSITORY / script).is_file() for script in re.findall(r"(?:python|sh) ([\w/]+\.(?:py|sh))", said))


def test_every_image_of_ours_is_a_stage_of_the_dockerfile_and_its_name_is_replaced() -> None:
    used = {image for image in (one["image"] for one in _containers()) if image.startswith("redux-")}
    (kustomization,) = _documents(ROOT / "base" / "kustomization.yaml")
    assert used == {one["name"] for one in kustomization["images"]}
    stages = re.findall(r"^FROM \S+ AS (\S+)$", (REPOSITORY / "Dockerfile").read_text(), re.MULTILINE)
    assert {image.removeprefix("redux-") for image in used} <= set(stages)


def test_a_container_that_dumps_the_database_or_learns_has_the_programs() -> None:
    for container in _containers():
        said = json.dumps(container.get("command", []))
        if "ops.backup" in said:
            assert container["image"] == "redux-backup"
        if "main.py" in said or "first_set.sh" in said:
            assert container["image"] == "redux-train"


def test_the_first_set_needs_no_listens_and_no_clock_makes_it() -> None:
    (template,) = _documents(ROOT / "base" / "first-set.yaml")
    assert template["spec"]["suspend"] is True
    ((script,),) = [one["command"][2:] for (one,) in _found(template, "containers")]
    assert script.splitlines() == ["sh deploy/first_set.sh", 'python -m artifact_set publish "$ARTIFACTS_URL"']


def test_our_containers_may_do_no_more_than_they_must() -> None:
    for container in _containers():
        assert container["securityContext"]["allowPrivilegeEscalation"] is False
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
        assert "memory" in container["resources"]["limits"]
        if container["image"].startswith("redux-"):
            assert container["securityContext"]["readOnlyRootFilesystem"] is True


def test_a_training_that_is_refused_is_not_tried_again_in_the_same_night() -> None:
    (train,) = _documents(ROOT / "base" / "train.yaml")
    assert train["spec"]["jobTemplate"]["spec"]["backoffLimit"] == 0


@pytest.mark.parametrize("busy", ["sleep", "python"])
def test_a_pod_that_waits_for_newer_sets_ends_when_it_is_told_to(busy: str, tmp_path: Path) -> None:
    ((*command, script),) = [one["command"] for one in _containers() if one["name"] == "newer-sets"]
    for name in ("sleep", "python"):
        program = tmp_path / name
        program.write_text("#!/bin/sh\n" + (f"echo > {tmp_path}/busy; exec tail -f /dev/null" if name == busy else ""))
        program.chmod(0o755)
    path = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    # a group of its own, for whatever outlives it
    with subprocess.Popen([*command, script], env=os.environ | path, start_new_session=True) as waiting:
        eventually((tmp_path / "busy").exists)
        waiting.terminate()
        assert waiting.wait(timeout=60) == 0
        with suppress(ProcessLookupError):
            os.killpg(waiting.pid, signal.SIGKILL)


def test_what_is_probed_is_a_path_of_the_api() -> None:
    paths = json.loads((REPOSITORY / "docs" / "openapi.json").read_text(encoding="utf-8"))["paths"]
    probed = {probe["path"] for path in MANIFESTS for probe in _found(_documents(path), "httpGet")}
    assert probed == {"/health", "/health/ready"} <= set(paths)

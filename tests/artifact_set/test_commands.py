"""`python -m artifact_set` as an operator uses it."""

import json
from pathlib import Path

import pytest

from artifact_set import ArtifactStore
from artifact_set.__main__ import main
from artifact_set.builder import build
from artifact_set.index import BadFactory
from tests import camps


def _json(capsys: pytest.CaptureFixture[str], *argv: str) -> dict[str, object]:
    assert main(list(argv)) == 0
    return dict(json.loads(capsys.readouterr().out))


def test_list_tells_current_complete_and_waiting(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = camps.complete(tmp_path)
    second = build(ArtifactStore(tmp_path)).manifest.version
    third = camps.train(tmp_path).name
    answer = _json(capsys, "--artifacts", str(tmp_path), "list", "--json")
    states = [(row["version"], row["state"]) for row in answer["versions"]]  # type: ignore[attr-defined]
    assert states == [(first.name, "complete"), (second, "current"), (third, "trained")]
    assert main(["--artifacts", str(tmp_path), "list"]) == 0
    assert "waiting for python build_vector_db.py" in capsys.readouterr().out


def test_rollback_goes_back_one_and_activate_forward(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = camps.complete(tmp_path).name
    second = build(ArtifactStore(tmp_path)).manifest.version
    root = str(tmp_path)
    assert _json(capsys, "--artifacts", root, "rollback", "--json")["current"] == first
    assert main(["--artifacts", root, "rollback"]) == 1
    assert f"older than {first}" in capsys.readouterr().err
    assert _json(capsys, "--artifacts", root, "activate", second, "--json")["current"] == second
    assert ArtifactStore(tmp_path).current() == second


def test_rollback_passes_over_what_the_gate_refused_and_list_says_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, refused, newest = camps.complete(tmp_path).name, _refused(tmp_path), _another(tmp_path)
    root = str(tmp_path)
    answer = _json(capsys, "--artifacts", root, "list", "--json")
    states = [(row["version"], row["state"]) for row in answer["versions"]]  # type: ignore[attr-defined]
    assert states == [(good, "complete"), (refused, "refused"), (newest, "current")]
    assert main(["--artifacts", root, "list"]) == 0
    assert "no better than popularity" in capsys.readouterr().out
    assert _json(capsys, "--artifacts", root, "rollback", "--json")["current"] == good
    answer = _json(capsys, "--artifacts", root, "activate", refused, "--json")
    assert answer["current"] == refused
    assert "no better than popularity" in str(answer["fault"])
    assert main(["--artifacts", root, "list"]) == 0
    assert "refused: the model ranks no better" in capsys.readouterr().out  # also where it serves


def test_current_that_names_half_a_set_says_what_else_there_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, current = camps.complete(tmp_path), _another(tmp_path)
    (tmp_path / current / "manifest.json").unlink()
    assert main(["--artifacts", str(tmp_path), "verify"]) == 1
    expected = f"names {current}, which is incomplete: pull it, or activate one of {good.name}"
    assert expected in capsys.readouterr().err


def _refused(root: Path) -> str:
    folder = camps.train(root, training=camps.record(ndcg=0.1))
    assert not build(ArtifactStore(root)).activated
    return folder.name


def _another(root: Path) -> str:
    folder = camps.train(root)
    assert build(ArtifactStore(root)).activated
    return folder.name


def test_a_damaged_version_is_not_activated(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = camps.complete(tmp_path)
    second = build(ArtifactStore(tmp_path)).manifest.version
    (first / "catalog.arrow").unlink()
    assert main(["--artifacts", str(tmp_path), "verify", first.name]) == 1
    assert main(["--artifacts", str(tmp_path), "activate", first.name]) == 1
    assert main(["--artifacts", str(tmp_path), "rollback"]) == 1
    assert "catalog.arrow is missing" in capsys.readouterr().err
    assert ArtifactStore(tmp_path).current() == second


def test_list_tells_a_damaged_version_and_goes_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    versions = [camps.complete(tmp_path).name]
    versions += [build(ArtifactStore(tmp_path)).manifest.version for _ in range(2)]
    (tmp_path / versions[0] / "manifest.json").write_text("{")
    (tmp_path / versions[1] / "manifest.json").write_bytes(b"\xff" * 100)
    answer = _json(capsys, "--artifacts", str(tmp_path), "list", "--json")
    states = [(row["version"], row["state"]) for row in answer["versions"]]  # type: ignore[attr-defined]
    assert states == [(versions[0], "damaged"), (versions[1], "damaged"), (versions[2], "current")]
    assert main(["--artifacts", str(tmp_path), "list"]) == 0
    assert "manifest.json: " in capsys.readouterr().out


def test_prune_keeps_the_newest_and_the_current(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    versions = [camps.complete(tmp_path).name]
    versions += [build(ArtifactStore(tmp_path)).manifest.version for _ in range(3)]
    ArtifactStore(tmp_path).activate(versions[0])
    answer = _json(capsys, "--artifacts", str(tmp_path), "prune", "--keep", "1", "--json")
    assert answer == {"deleted": versions[1:3]}
    assert ArtifactStore(tmp_path).versions() == [versions[0], versions[3]]
    with pytest.raises(SystemExit):
        main(["--artifacts", str(tmp_path), "prune", "--keep", "0"])


def test_prune_counts_refused_and_damaged_versions_apart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = camps.complete(tmp_path).name
    damaged, before, current = (_another(tmp_path) for _ in range(3))
    refused = [_refused(tmp_path) for _ in range(2)]
    (tmp_path / damaged / "manifest.json").write_text("{")
    answer = _json(capsys, "--artifacts", str(tmp_path), "prune", "--keep", "2", "--json")
    assert answer == {"deleted": [good, damaged]}
    assert ArtifactStore(tmp_path).versions() == [before, current, *refused]
    assert ArtifactStore(tmp_path).current() == current


def test_prune_takes_versions_that_never_got_an_index(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    current = camps.complete(tmp_path).name
    with pytest.raises(BadFactory):
        build(ArtifactStore(tmp_path), factory="Nonsense")
    (nonsense,), newer = ArtifactStore(tmp_path).waiting(), camps.train(tmp_path).name
    answer = _json(capsys, "--artifacts", str(tmp_path), "prune", "--keep", "1", "--json")
    assert answer == {"deleted": [nonsense]}
    assert (ArtifactStore(tmp_path).versions(), ArtifactStore(tmp_path).waiting()) == ([current], [newer])

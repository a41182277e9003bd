"""The operator's pages: what they tell to type is there, and shows no secret to others."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.conftest import REPOSITORY

PAGES = {name: (REPOSITORY / "docs" / name).read_text(encoding="utf-8") for name in ("operations.md", "kubernetes.md")}
LINES = [
    line.split(" #")[0].strip()
    for text in PAGES.values()
    for block in re.findall(r"^```\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    for line in block.splitlines()
]
INLINE = [one for text in PAGES.values() for one in re.findall(r"`([^`\n]+)`", text)]
_OURS = re.compile(r"python (-m (?:ops|artifact_set)[\w.]*|\w+\.py)([^&|;)]*)")
_WITH_VALUE = {"-e", "-p", "-f", "-w", "-d", "-m"}


def _calls() -> set[tuple[str, str, str]]:
    """Program, subcommand and options of every command of ours."""
    found = set()
    for line in LINES + INLINE:
        for program, rest in _OURS.findall(line):
            words = rest.split()
            command = words[0] if words and re.fullmatch(r"[a-z]+", words[0]) else ""
            found.add((program, command, " ".join(word for word in words if re.match(r"--\w", word))))
    return found


@pytest.mark.parametrize(("program", "command", "options"), sorted(_calls()))
def test_a_command_of_ours_is_there_with_its_options(program: str, command: str, options: str) -> None:
    argv = [sys.executable, *program.split(), *([command] if command else []), "--help"]
    if program == "-m ops.health":  # it has no options
        assert not options
        return
    done = subprocess.run(argv, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert [one for one in options.split() if one.partition("=")[0] not in done.stdout] == []


def _service(words: list[str]) -> str | None:
    """Whom `docker compose exec` and the like are about."""
    after_value = False
    for word in words:
        if after_value or word.startswith("-"):
            after_value = word in _WITH_VALUE
        else:
            return word
    return None


def test_compose_is_told_of_services_that_are_there() -> None:
    services = yaml.safe_load((REPOSITORY / "docker-compose.prod.yml").read_text(encoding="utf-8"))["services"]
    called = re.findall(r"docker compose (?:exec|run|stop|logs|up)\b([^&|;\n]*)", "\n".join(LINES + INLINE))
    named = {_service(call.replace("-d", "").split()) for call in called} - {None, "python", "…"}
    assert named >= {"certbot", "migrate", "backup", "nginx", "db"}
    assert named <= services.keys()


def _block_after(words: str) -> str:
    """The first block of commands behind some words of operations.md."""
    return PAGES["operations.md"].split(words)[1].split("\n```\n")[1]


def _typed(text: str, folder: Path, refused: str) -> list[str]:
    """What docker is asked for by a shell into which a text is pasted, where it refuses what has `refused` in it."""
    clone = folder / "clone"
    shutil.copytree(REPOSITORY / "deploy", clone / "deploy")
    (clone / "secrets").mkdir()
    for name, does in (
        ("docker", f'echo "$*" >> {folder}/asked; case "$*" in {refused}) exit 1 ;; esac'),
        ("git", ":"),
    ):
        program = folder / name
        program.write_text(f"#!/bin/sh\n{does}\n")
        program.chmod(0o755)
    path = {"PATH": f"{folder}:{os.environ['PATH']}"}
    subprocess.run(["bash", "-s"], input=text, cwd=clone, env=os.environ | path, text=True, check=False)
    return (folder / "asked").read_text().splitlines()


@pytest.mark.parametrize(
    "pasted",
    [
        _block_after("**Upgrade without downtime.**"),
        next(one for one in INLINE if one.startswith("git checkout")),
        _block_after("**Replace `API_SECRET_KEY`.**"),
    ],
    ids=["upgrade", "roll back", "replace the key"],
)
def test_nothing_goes_on_where_a_replica_does_not_get_ready(pasted: str, tmp_path: Path) -> None:
    asked = _typed(pasted, tmp_path, "*' grep '*|*' --wait api-a'")
    assert asked[-1] == "compose up --detach --no-deps --force-recreate --wait api-a"


def test_a_backup_is_restored_whose_tables_the_code_of_migrate_does_not_know(tmp_path: Path) -> None:
    asked = _typed(_block_after("and name the\none you want:"), tmp_path, "*' grep '*")
    steps = [
        "compose stop api-a api-b train backup",
        "compose up -d --wait db",
        "compose run --rm --no-deps -T backup python -m ops.backup restore NAME --replace --identity -",
        "compose up -d",
        "compose exec -T nginx sh /usr/share/redux/replica.sh in 10.119.0.11:8000",
        "compose exec -T nginx sh /usr/share/redux/replica.sh in 10.119.0.12:8000",
    ]
    assert [one for one in asked if one in steps] == steps
    # without --no-deps `run` begins with what the service depends on
    assert not [one for one in asked if " run " in one and "--no-deps" not in one]


def test_every_script_and_manifest_named_is_there() -> None:
    text = "\n".join(LINES + INLINE)
    named = set(re.findall(r"(?<![\w/])((?:deploy|nginx)/[\w./-]+)", text))
    assert {"deploy/replace.sh", "deploy/secrets.sh", "deploy/kubernetes/overlays/small"} <= named
    assert [one for one in named if not (REPOSITORY / one).exists()] == []


@pytest.mark.parametrize("name", PAGES)
def test_a_link_leads_to_a_file_or_a_heading(name: str) -> None:
    for file, anchor in re.findall(r"\]\(([^)#:]*)(?:#([^)]+))?\)", PAGES[name]):
        target = REPOSITORY / "docs" / (file or name)
        assert target.exists(), file
        if anchor:
            headings = re.findall(r"^#+ (.+)$", target.read_text(encoding="utf-8"), re.MULTILINE)
            known = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
            assert anchor in known


def test_no_secret_stands_on_a_command_line() -> None:
    scripts = [path.read_text(encoding="utf-8") for path in (REPOSITORY / "deploy").rglob("*") if path.is_file()]
    for text in (*PAGES.values(), *scripts):
        assert "--from-literal" not in text
        assert not re.search(r"--data \S*\$\{?(database|DATABASE_URL)", text)

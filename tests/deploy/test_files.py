"""Files that Docker, Compose and the shell read, held against what they must be."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest
import yaml

from artifact_set import ArtifactStore
from settings import Settings
from tests.conftest import REPOSITORY, environment, eventually
from tests.processes import children, command

COMPOSE = ["docker-compose.yml", "docker-compose.prod.yml"]
SCRIPTS = sorted(path.name for path in (REPOSITORY / "deploy").glob("*.sh"))


def _services(name: str) -> dict[str, Any]:
    read = yaml.safe_load((REPOSITORY / name).read_text(encoding="utf-8"))
    services: dict[str, Any] = read["services"]
    return services


def _run(*command: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    env = _environment(settings)
    return subprocess.run(command, cwd=REPOSITORY, env=env, capture_output=True, text=True, check=False)


@contextmanager
def _stopped(*command: str, log: Path, **settings: str) -> "Iterator[subprocess.Popen[bytes]]":
    """What is started, and told to stop at the end of the block, as Docker does: it ends with code 0."""
    with log.open("wb") as out:
        started = subprocess.Popen(command, cwd=REPOSITORY, env=_environment(settings), stdout=out, stderr=out)
    try:
        yield started
    finally:
        started.terminate()
        code = started.wait()
    assert code == 0


def _environment(settings: dict[str, str]) -> dict[str, str]:
    return environment(settings) | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}


def test_the_dockerfile_is_free_of_what_its_linter_knows() -> None:
    done = _run("hadolint", "--no-color", "Dockerfile")
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("name", COMPOSE)
def test_a_compose_file_follows_the_specifications_schema(name: str) -> None:
    done = _run("check-jsonschema", "--builtin-schema", "vendor.compose-spec", name)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", COMPOSE)
def test_a_stage_that_compose_builds_is_one_of_the_dockerfile(name: str) -> None:
    stages = set(re.findall(r"^FROM \S+ AS (\S+)$", (REPOSITORY / "Dockerfile").read_text(), re.MULTILINE))
    built = {service["build"]["target"] for service in _services(name).values() if "build" in service}
    assert built
    assert built <= stages


def test_bases_and_images_are_pinned() -> None:
    text = (REPOSITORY / "Dockerfile").read_text()
    images = re.findall(r"^ARG \w+=(\S+:\S+)$", text, re.MULTILINE)
    for service in _services("docker-compose.prod.yml").values():
        if "build" not in service:
            images.append(service["image"])
    assert len(images) == 6
    assert all(re.search(r":v?\d+\.\d+", image) for image in images)


def test_a_setting_that_compose_gives_is_one_of_ours() -> None:
    ours = {name.upper() for name in Settings.model_fields}
    of_scripts = {
        "FORWARDED_ALLOW_IPS",
        "DATA",
        "RETRAIN_HOURS",
        "KEEP_SETS",
        "BACKUP_HOURS",
        "BACKUP_TEXTFILE",
        "TMPDIR",
    }
    for name in COMPOSE:
        for service, about in _services(name).items():
            if service not in ("nginx", "db", "app"):
                assert about.get("environment", {}).keys() <= ours | of_scripts, service


def test_nginx_is_given_every_variable_of_its_files() -> None:
    files = ("api.conf.template", "tls.conf.template")
    text = "".join((REPOSITORY / "nginx" / name).read_text(encoding="utf-8") for name in files)
    given = _services("docker-compose.prod.yml")["nginx"]["environment"]
    assert set(re.findall(r"\$\{(\w+)\}", text)) == set(given)


def test_the_database_is_ready_when_it_answers_others_than_initdb() -> None:
    checked = _services("docker-compose.prod.yml")["db"]["healthcheck"]["test"]
    (stateful, _) = yaml.safe_load_all((REPOSITORY / "deploy/kubernetes/overlays/small/postgresql.yaml").read_text())
    (container,) = stateful["spec"]["template"]["spec"]["containers"]
    for asked in (checked[1:], container["readinessProbe"]["exec"]["command"]):
        assert asked[:3] == ["pg_isready", "-h", "127.0.0.1"]


def test_the_development_stack_is_started_with_the_libraries_of_the_image_that_was_built() -> None:
    assert "/app/node_modules" in _services("docker-compose.yml")["app"]["volumes"]  # which Compose keeps without -V
    for name in ("README.md", "docker-compose.yml"):
        told = re.findall(r"docker compose up --build.*", (REPOSITORY / name).read_text(encoding="utf-8"))
        assert [one.startswith("docker compose up --build -V") for one in told] == [True]


@pytest.mark.parametrize("name", COMPOSE)
def test_what_we_start_in_a_container_ends_when_it_is_told_to(name: str) -> None:
    for service, about in _services(name).items():
        if about.get("build", {}).get("target") in ("serve", "train", "backup"):
            script = re.fullmatch(r"sh (deploy/\w+\.sh)", about.get("command", ""))
            hears = script and "\ntrap " in (REPOSITORY / script[1]).read_text(encoding="utf-8")
            gunicorn = "command" not in about  # the image's own
            assert hears or gunicorn or about.get("init") is True, service


def test_only_the_containers_that_write_may_write() -> None:
    services = _services("docker-compose.prod.yml")
    for name in ("api-a", "api-b"):
        assert "artifacts:/data/artifacts:ro" in services[name]["volumes"]
    for name in ("api-a", "api-b", "migrate", "first-set", "train", "artifacts", "backup", "valkey"):
        assert services[name]["read_only"] is True
        assert services[name]["cap_drop"] == ["ALL"]
    assert all(service["deploy"]["resources"]["limits"] for name, service in services.items() if name != "certbot")


def test_learning_and_backups_leave_the_processors_to_listeners() -> None:
    shares = {name: service.get("cpu_shares", 1024) for name, service in _services("docker-compose.prod.yml").items()}
    assert shares["train"] == shares["backup"] < shares["api-a"] / 10 == shares["api-b"] / 10


def test_no_container_is_given_an_address_that_another_one_has_for_its_own() -> None:
    read = yaml.safe_load((REPOSITORY / "docker-compose.prod.yml").read_text())
    (pool,) = read["networks"]["inner"]["ipam"]["config"]
    networks = [service.get("networks", []) for service in read["services"].values()]
    fixed = [one["inner"]["ipv4_address"] for one in networks if "inner" in one and isinstance(one, dict)]
    assert len(set(fixed)) == len(fixed) == 3
    for address in (*fixed, pool["gateway"]):
        assert ip_address(address) in ip_network(pool["subnet"])
        assert ip_address(address) not in ip_network(pool["ip_range"])


def test_a_replica_is_replaced_at_the_address_that_compose_gives_it() -> None:
    script = (REPOSITORY / "deploy" / "replace.sh").read_text(encoding="utf-8")
    replaced = dict(re.findall(r'^\w="(\S+) (\S+)"$', script, re.MULTILINE))
    services = _services("docker-compose.prod.yml")
    assert replaced == {
        name: f"{services[name]['networks']['inner']['ipv4_address']}:8000" for name in ("api-a", "api-b")
    }
    asked = services["nginx"]["environment"]
    assert set(replaced.values()) == {asked["API_1"], asked["API_2"]}
    assert f"./nginx:{Path(re.findall(r'sh (/.*)/replica.sh', script)[0])}:ro" in services["nginx"]["volumes"]


def test_who_builds_sets_can_sign_them_and_nobody_else_reads_the_key() -> None:
    signing = [{"path": "secrets/signing.env", "required": False}]
    services = _services("docker-compose.prod.yml")
    assert {name for name, service in services.items() if service.get("env_file") == signing} == {"first-set", "train"}


def test_the_doctor_looks_at_the_settings_that_the_api_has() -> None:
    services = _services("docker-compose.prod.yml")
    api, doctor = services["api-a"], services["backup"]
    assert api["env_file"][0] in doctor["env_file"]
    assert doctor["secrets"] == api["secrets"]
    assert (
        doctor["environment"].items()
        >= {
            name: value
            for name, value in api["environment"].items()
            if name not in ("FORWARDED_ALLOW_IPS", "METRICS_ADDRESS")  # of what the API alone listens to
        }.items()
    )


def test_secrets_are_made_once_and_are_those_of_compose(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    folder.mkdir(mode=0o755)  # by hand, or unpacked
    assert _run("sh", "deploy/secrets.sh", str(folder)).returncode == 0
    made = {path.name: path.read_text() for path in folder.iterdir()}
    read = yaml.safe_load((REPOSITORY / "docker-compose.prod.yml").read_text())["secrets"]
    assert made.keys() == read.keys()
    assert made["postgres_password"].strip() in made["database_url"]
    assert made["api_secret_key"] != made["api_secret_key_previous"]
    assert {len(made[name].strip()) for name in made if name.startswith("api_secret_key")} == {64}
    assert folder.stat().st_mode & 0o077 == 0
    assert _run("sh", "deploy/secrets.sh", str(folder)).returncode == 0
    assert {path.name: path.read_text() for path in folder.iterdir()} == made
    (folder / "database_url").unlink()
    assert _run("sh", "deploy/secrets.sh", str(folder)).returncode == 0
    assert {path.name: path.read_text() for path in folder.iterdir()} == made


@pytest.mark.parametrize("hours", ["0.5", "08", "00", "-1", "10000"])
@pytest.mark.parametrize(("name", "setting"), [("backup.sh", "BACKUP_HOURS"), ("retrain.sh", "RETRAIN_HOURS")])
def test_hours_that_would_be_a_loop_without_a_pause_are_refused(
    name: str, setting: str, hours: str, tmp_path: Path
) -> None:
    done = _run("sh", f"deploy/{name}", **{setting: hours, "ARTIFACTS_DIR": str(tmp_path)})
    assert done.returncode == 2
    assert done.stderr == f"{name}: {setting} is {hours}, expected whole hours, 0 for once\n"
    assert list(tmp_path.iterdir()) == []


def test_a_restart_makes_no_backup_before_the_newest_is_old_enough(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'api.db'}"
    usual = {"DATABASE_URL": database, "BACKUP_URL": str(tmp_path / "vault"), "ARTIFACTS_DIR": str(tmp_path)}
    assert _run("alembic", "upgrade", "head", **usual).returncode == 0
    assert _run("sh", "deploy/backup.sh", BACKUP_HOURS="0", **usual).returncode == 0
    with _stopped("sh", "deploy/backup.sh", log=tmp_path / "log", BACKUP_HOURS="24", **usual):
        eventually(lambda: "is the newest backup" in (tmp_path / "log").read_text())
    assert len(list((tmp_path / "vault").glob("*.backup.json"))) == 1


def test_a_backup_that_fails_is_tried_again_soon(tmp_path: Path) -> None:
    nowhere = f"sqlite:///{tmp_path / 'nowhere' / 'api.db'}"
    usual = {"DATABASE_URL": nowhere, "BACKUP_URL": str(tmp_path / "vault"), "BACKUP_HOURS": "24"}
    with _stopped("sh", "deploy/backup.sh", log=tmp_path / "log", **usual) as started:
        eventually(lambda: ["sleep", "600"] in map(command, children(started.pid)))
        assert "ops.backup: " in (tmp_path / "log").read_text()


def test_a_backup_that_is_stopped_leaves_no_copy_of_the_database(tmp_path: Path, postgresql: Callable[[], str]) -> None:
    usual = {"DATABASE_URL": postgresql(), "BACKUP_URL": str(tmp_path / "vault"), "TMPDIR": str(tmp_path)}
    assert _run("alembic", "upgrade", "head", **usual).returncode == 0
    pg_dump = tmp_path / "bin" / "pg_dump"  # of a large database
    pg_dump.parent.mkdir()
    pg_dump.write_text("#!/bin/sh\nexec sleep 600\n")
    pg_dump.chmod(0o755)
    path = f"PATH={pg_dump.parent}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    with _stopped("env", path, "sh", "deploy/backup.sh", log=tmp_path / "log", BACKUP_HOURS="24", **usual):
        eventually(lambda: any(tmp_path.glob("redux-backup-*")))
    assert list(tmp_path.glob("redux-backup-*")) == []


def test_a_training_that_is_not_over_holds_no_stop_up(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'api.db'}"
    usual = {"DATABASE_URL": database, "ARTIFACTS_DIR": str(tmp_path)}
    with _stopped("sh", "deploy/retrain.sh", log=tmp_path / "log", **usual):
        eventually(lambda: (tmp_path / "last-training.log.part").exists())


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_is_one_the_shell_can_read(name: str) -> None:
    assert _run("sh", "-n", f"deploy/{name}").returncode == 0


def test_the_first_set_is_learned_once_and_a_refused_training_leaves_it_and_its_report(tmp_path: Path) -> None:
    folder = tmp_path / "artifacts"  # which is not there yet, as on a disk that is new
    quick = {"OPTIONS": "--trials 1 --algorithms puresvd", "ARTIFACTS_DIR": str(folder)}
    done = _run("sh", "deploy/first_set.sh", **quick)
    assert done.returncode == 0, done.stderr
    (version,) = ArtifactStore(folder).versions()
    assert _run("sh", "deploy/first_set.sh", **quick).stdout == ""
    database = tmp_path / "database_url"
    database.write_text(f"sqlite:///{tmp_path}/nobody-has-listened.db\n")
    retrained = _run("sh", "deploy/retrain.sh", RETRAIN_HOURS="0", DATABASE_URL_FILE=str(database), **quick)
    assert retrained.returncode != 0
    report = (folder / "last-training.log").read_text()
    assert "main.py: " in report
    assert f"with exit code {retrained.returncode}" in report
    assert (folder / "current").resolve().name == version
    (folder / version).rename(folder / "elsewhere")
    assert _run("sh", "deploy/first_set.sh", **quick).stdout == ""  # a person sees to it: no sample takes its place

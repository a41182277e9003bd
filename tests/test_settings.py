"""Settings and the key that signs tokens."""

import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import ValidationError

from db import BadDatabaseURL, parse_url
from serving.accounts.signing_key import WeakSecret, signing_key
from settings import InvalidSettings, Settings
from tests.conftest import REPOSITORY, environment

GOOD = "f3JxXyZ0eR9wQ5tL2mN8vB4cK7hS1dGp6aUoEiYjWzA"


def _settings(**given: object) -> Settings:
    return Settings.model_validate(given)


def test_every_setting_is_described() -> None:
    assert all(field.description for field in Settings.model_fields.values())


def test_settings_come_from_the_environment_and_an_empty_one_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN_EXPIRE_HOURS", "1.5")
    monkeypatch.setenv("DATABASE_URL", "")
    monkeypatch.setenv("LOG_LEVEL", "debug")
    monkeypatch.setenv("CORS_ORIGINS", "http://localhost:8081, https://music.example ,")
    settings = Settings.load()
    assert settings.token_expire_hours == 1.5
    assert settings.database_url == "sqlite:///redux.db"
    assert settings.log_level == "DEBUG"
    assert settings.cors_origins == ("http://localhost:8081", "https://music.example")


def test_an_empty_variable_hides_nothing_of_env(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("SIGNUP=closed\nMETRICS_ADDRESS=127.0.0.1:9999\nLIKED_WEIGHT=\n")
    monkeypatch.chdir(tmp_path)
    for name in ("SIGNUP", "METRICS_ADDRESS", "LIKED_WEIGHT"):
        monkeypatch.setenv(name, "")
    settings = Settings.load()
    assert settings.signup == "closed"
    assert settings.metrics_address == ""  # which means: nowhere
    assert settings.liked_weight == 2.0


def test_all_wrong_settings_are_named_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN_EXPIRE_HOURS", "-1")
    monkeypatch.setenv("ENVIRONMENT", "staging")
    with pytest.raises(InvalidSettings) as caught:
        Settings.load()
    assert "TOKEN_EXPIRE_HOURS" in str(caught.value)
    assert "ENVIRONMENT" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_secrets_are_read_from_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    held = {"API_SECRET_KEY": GOOD, "DATABASE_URL": "postgresql://me:hidden@host/name", "REDIS_URL": "redis://host/0"}
    for name, value in held.items():
        path = tmp_path / name.lower()
        path.write_text(f"{value}\n")
        monkeypatch.setenv(name, "")
        monkeypatch.setenv(f"{name}_FILE", str(path))
    settings = Settings.load()
    assert settings.api_secret_key is not None
    assert settings.api_secret_key.get_secret_value() == GOOD
    assert settings.database_url == held["DATABASE_URL"]
    assert settings.redis_url is not None
    assert settings.redis_url.get_secret_value() == held["REDIS_URL"]


@pytest.mark.parametrize(
    ("content", "variable", "said"),
    [
        (None, "", "API_SECRET_KEY_FILE: {path} cannot be read"),
        (b"", "", "API_SECRET_KEY_FILE: {path} is empty"),
        (b"\xff", "", "API_SECRET_KEY_FILE: {path} cannot be read"),
        (b"x", GOOD, "both API_SECRET_KEY and API_SECRET_KEY_FILE are set"),
    ],
)
def test_a_file_without_its_secret_is_named_in_one_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes | None, variable: str, said: str
) -> None:
    path = tmp_path / "secret"
    if content is not None:
        path.write_bytes(content)
    monkeypatch.setenv("API_SECRET_KEY", variable)
    monkeypatch.setenv("API_SECRET_KEY_FILE", str(path))
    with pytest.raises(InvalidSettings) as caught:
        Settings.load()
    assert said.format(path=path) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert GOOD not in str(caught.value)


@pytest.mark.parametrize("origin", ["localhost", "http://", "https://x.example/path", "https://x.example/"])
def test_what_is_no_origin_is_refused(origin: str) -> None:
    with pytest.raises(ValidationError, match="is no origin"):
        _settings(cors_origins=origin)


def test_secrets_are_not_shown() -> None:
    shown = repr(_settings(api_secret_key=GOOD, database_url="postgresql://me:hidden@host/name"))
    assert GOOD not in shown
    assert "hidden" not in shown


def test_settings_are_light_to_import() -> None:
    heavy = "{'sqlalchemy', 'fastapi', 'faiss', 'numpy', 'surprise', 'pandas'}"
    code = f"import sys, settings; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], env=environment({}), capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_app_imports_nothing_of_training() -> None:
    code = "import sys, api; print([m for m in sys.modules if m.split('.')[0] in {'training', 'optuna', 'mlflow'}])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, env=environment({}), capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("key", "fault"),
    [(None, "is missing"), ("x" * 31, "has 31 bytes"), ("x" * 40, "placeholder"), ("change-me-" * 5, "placeholder")],
)
def test_production_refuses_a_weak_key(key: str | None, fault: str) -> None:
    with pytest.raises(WeakSecret, match=fault):
        signing_key(_settings(api_secret_key=key, environment="production"))


def test_a_given_key_is_used() -> None:
    assert signing_key(_settings(api_secret_key=GOOD, environment="production")) == GOOD


def test_development_makes_a_key_once_that_only_its_owner_reads(tmp_path: Path) -> None:
    settings = _settings(database_url=f"sqlite:///{tmp_path}/redux.db")
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: signing_key(settings), range(32)))
    assert len(keys) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["redux.db.secret"]
    assert stat.S_IMODE((tmp_path / "redux.db.secret").stat().st_mode) == 0o600


def test_a_key_file_cut_short_is_refused_with_the_cure(tmp_path: Path) -> None:
    (tmp_path / "redux.db.secret").write_text("abc")
    with pytest.raises(WeakSecret, match="delete the file"):
        signing_key(_settings(database_url=f"sqlite:///{tmp_path}/redux.db"))


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_means_psycopg(scheme: str) -> None:
    assert parse_url(f"{scheme}://me:pw@host/name").drivername == "postgresql+psycopg"


@pytest.mark.parametrize("url", ["", "x", "sqlite://", "sqlite:///:memory:", "oracle://host/name"])
def test_other_databases_are_refused(url: str) -> None:
    with pytest.raises(BadDatabaseURL, match="DATABASE_URL"):
        parse_url(url)

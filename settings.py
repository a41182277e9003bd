"""All settings of the project, read once from the environment and `.env`."""

from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from errors import StartError
from setting_types import (
    COMMAS,
    UPPER,
    ApiAddress,
    CollectorAddress,
    HostAndPort,
    Origins,
    PublicKeys,
    RedisAddress,
    SigningKey,
    from_file,
)

# what a file can hold in the variable's place, as Docker and Kubernetes hand secrets over: NAME_FILE
_FROM_FILES = ("api_secret_key", "api_secret_key_previous", "database_url", "redis_url")
_MEANT_WHEN_EMPTY = {"metrics_address", "metadata_providers"}
_OF_EXPO = tuple(f"http://{host}:{port}" for host in ("localhost", "127.0.0.1") for port in (8081, 19006))


class InvalidSettings(StartError):
    """A variable holds what it cannot mean."""


class _Environment(EnvSettingsSource):
    """The environment without its empty variables, which would hide what `.env` holds."""

    def __call__(self) -> dict[str, Any]:
        return _without_empty(super().__call__())


class Settings(BaseSettings):
    """Every setting, documented; an empty variable counts as unset, but for those whose description says more."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True, hide_input_in_errors=True)

    api_secret_key: SecretStr | None = Field(
        None,
        description="Signs access tokens: 32 bytes or more. Required in production; in development one is generated "
        "once and kept beside the SQLite file (redux.db.secret).",
    )
    api_secret_key_previous: SecretStr | None = Field(
        None,
        description="The key before this one: tokens it signed stay good until they expire, no new ones are signed.",
    )
    api_secret_key_file: Path | None = Field(None, description="A file that holds API_SECRET_KEY, in its place.")
    api_secret_key_previous_file: Path | None = Field(
        None, description="A file that holds API_SECRET_KEY_PREVIOUS, in its place."
    )
    token_expire_hours: float = Field(24, gt=0, le=24 * 366, description="How many hours an access token is good for.")
    session_expire_days: float = Field(
        90, gt=0, le=3660, description="How many days a login lasts that is not renewed; each renewal begins them anew."
    )
    instance_name: str = Field("Spotify Redux", max_length=100, description="What apps call this server.")
    signup: Literal["open", "closed", "invite"] = Field(
        "open",
        description="Who may open an account: anybody, nobody, or who has a code of `python -m ops.admin invite`.",
    )
    liked_weight: float = Field(
        2.0,
        ge=0,
        le=1000,
        allow_inf_nan=False,
        description="How much a like counts in a listener's profile; a seed counts 1.",
    )
    listened_weight: float = Field(
        0.5,
        ge=0,
        le=1000,
        allow_inf_nan=False,
        description="How much a song counts in a listener's profile that was played once, just now; a seed counts 1.",
    )
    listened_half_life_days: float = Field(
        365.0, gt=0, le=36_500, description="After how many days a listen counts half as much."
    )
    imports_dir: Path = Field(
        Path("imports"), description="Where uploaded listening histories wait until they are imported."
    )
    import_jobs: int = Field(1, ge=1, le=16, description="How many imports run at once on this machine.")
    database_url: str = Field(
        "sqlite:///redux.db",
        repr=False,  # it may carry a password
        description="Where accounts, seeds and likes are kept: sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME.",
    )
    database_url_file: Path | None = Field(None, description="A file that holds DATABASE_URL, in its place.")
    sqlite_synchronous: Literal["normal", "full"] | None = Field(
        None,
        description="Whether SQLite forces every write to the disk (full) or may lose the last ones in a power cut "
        "(normal), never its file. Unset: full in production, else normal.",
    )
    redis_url: RedisAddress | None = Field(
        None,
        description="Redis or Valkey, e.g. redis://HOST:6379/0: rate limits counted together for all workers. Unset: "
        "each worker counts for itself.",
    )
    redis_url_file: Path | None = Field(None, description="A file that holds REDIS_URL, in its place.")
    artifacts_dir: Path = Field(
        Path("artifacts"), description="The folder of artifact sets; its link `current` names the one that serves."
    )
    artifacts_signing_key: SigningKey | None = Field(
        None,
        description="Signs the sets that are built and published here (Ed25519, 32 bytes in base64): "
        "`python -m artifact_set keygen` makes one.",
    )
    artifacts_signing_key_file: Path | None = Field(
        None, description="A file that holds ARTIFACTS_SIGNING_KEY, where that is not set itself."
    )
    artifacts_trusted_keys: PublicKeys = Field(
        (),
        description="Public keys, separated by commas: only sets that one of them has signed are pulled, activated and "
        "served. Unset: any set is.",
    )
    cors_origins: Origins = Field(
        (),
        description="Origins of web apps on other hosts that may call the API, separated by commas, or *. "
        "Unset: only pages from the API's own address, and in development those of Expo on this machine.",
    )
    environment: Literal["development", "production"] = Field(
        "development",
        description="In production a weak API_SECRET_KEY or an outdated database stops the start; in development both "
        "are taken care of.",
    )
    rate_limits: Literal["on", "off"] = Field("on", description="Whether who asks too often is told to wait.")
    log_format: Literal["console", "json"] | None = Field(
        None,
        description="Log lines for people (console) or for machines (json). Unset: json in production, else console.",
    )
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], UPPER] = Field(
        "INFO", description="The least that is logged."
    )
    metrics_address: HostAndPort = Field(
        "127.0.0.1:9090",
        description="HOST:PORT where Prometheus finds /metrics, apart from the public address; empty: nowhere.",
    )
    otel_exporter_otlp_endpoint: CollectorAddress | None = Field(
        None, description="An OpenTelemetry collector, e.g. http://HOST:4318, that is sent a trace of every request."
    )

    metadata_providers: Annotated[tuple[Literal["itunes", "deezer", "musicbrainz"], ...], NoDecode, COMMAS] = Field(
        ("itunes", "deezer", "musicbrainz"),
        description="Who is asked for covers and previews, the first one first, separated by commas. "
        "Empty (METADATA_PROVIDERS=): nobody.",
    )
    metadata_contact: str | None = Field(
        None,
        pattern=r"^[!-'*-~]+$",
        max_length=200,
        description="A web or mail address of yours, which MusicBrainz wants to know; unset: it is not asked.",
    )
    itunes_url: ApiAddress = Field("https://itunes.apple.com", description="Where the iTunes Search API is.")
    deezer_url: ApiAddress = Field("https://api.deezer.com", description="Where Deezer's API is.")
    musicbrainz_url: ApiAddress = Field("https://musicbrainz.org", description="Where MusicBrainz is.")
    coverart_url: ApiAddress = Field("https://coverartarchive.org", description="Where the Cover Art Archive is.")
    covers: Literal["direct", "proxy"] | None = Field(
        None,
        description="Whether apps fetch covers from the provider (direct) or from us (proxy), so that no provider sees "
        "their addresses. Unset: proxy in production, else direct.",
    )
    covers_dir: Path | None = Field(
        None, description="Your own covers, which go first: ARTIST/ALBUM.jpg, ARTIST/TRACK.jpg, or a covers.json."
    )
    covers_cache_dir: Path = Field(Path("covers-cache"), description="The folder of our copies of covers.")
    covers_cache_mb: int = Field(512, ge=1, le=1_000_000, description="How many megabytes of copies are kept.")

    backup_url: str | None = Field(
        None,
        description="Where `python -m ops.backup` keeps backups: file:///FOLDER, s3://BUCKET/PATH, …",
    )
    backup_recipient: str | None = Field(
        None,
        description="The age public key that backups are encrypted for: `python -m ops.backup keygen` makes one. "
        "Unset: they are not encrypted.",
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003  pydantic's
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Where settings come from, the first that has one first."""
        return init_settings, _Environment(settings_cls), dotenv_settings, file_secret_settings

    @model_validator(mode="before")
    @classmethod
    def _leave_out_empty(cls, values: dict[str, object]) -> dict[str, object]:
        meant = _without_empty(values)
        return meant | {name: _held(name, meant) for name in _FROM_FILES if f"{name}_file" in meant}

    @property
    def proxies_covers(self) -> bool:
        """Whether apps are given our copies of covers instead of a provider's address."""
        return (self.covers or ("proxy" if self.environment == "production" else "direct")) == "proxy"

    @property
    def allowed_origins(self) -> tuple[str, ...]:
        """Whose pages may call the API, by the setting or the environment."""
        return self.cors_origins or (_OF_EXPO if self.environment == "development" else ())

    @property
    def synchronous(self) -> Literal["normal", "full"]:
        """How SQLite writes, by the setting or the environment."""
        return self.sqlite_synchronous or ("full" if self.environment == "production" else "normal")

    @classmethod
    def load(cls) -> Self:
        """The settings of this process. Raises InvalidSettings with one line that names every wrong variable."""
        try:
            return cls()
        except ValidationError as exc:
            faults = (_said(fault["loc"], fault["msg"]) for fault in exc.errors(include_url=False))
            msg = f"wrong settings (environment or .env): {'; '.join(faults)}"
            raise InvalidSettings(msg) from exc
        except (SettingsError, ValueError) as exc:  # a .env that is not UTF-8
            msg = f"the settings cannot be read (environment or .env): {exc}"
            raise InvalidSettings(msg) from exc


def _without_empty(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value != "" or name in _MEANT_WHEN_EMPTY}


def _held(name: str, values: dict[str, object]) -> str:
    variable = name.upper()
    if name in values:
        msg = f"both {variable} and {variable}_FILE are set: take one of them out"
        raise ValueError(msg)
    return from_file(variable, Path(str(values[f"{name}_file"])))


def _said(where: tuple[int | str, ...], message: str) -> str:
    fault = message.removeprefix("Value error, ")
    return f"{str(where[0]).upper()}: {fault}" if where else fault

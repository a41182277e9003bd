"""The set that serves: sound, signed, and not too old."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from artifact_set.configured import store_for_serving
from artifact_set.listing import objections
from artifact_set.manifest import Manifest
from artifact_set.subprocess_verification import Verification
from errors import ArtifactError, NoArtifactSet, UntrustedSet
from ops.doctor.findings import Finding, fault, ok, warning
from settings import Settings

_OLD = timedelta(days=14)  # as the alert ReduxModelOld
_ANOTHER = "python -m artifact_set list, then activate NAME"
_CURES = {
    NoArtifactSet: "or python -m artifact_set pull URL --activate",
    UntrustedSet: f"or {_ANOTHER}",
}


def model(settings: Settings) -> Iterator[Finding]:
    """Every byte of the set is read, in a process of its own, as a server's start does."""
    store = store_for_serving(settings)
    try:
        manifest = Verification(store.path_of_current(), store.keyring).wait()
    except ArtifactError as exc:
        yield fault("model", str(exc), _CURES.get(type(exc), f"{_ANOTHER}, or pull the version again"))
        return
    signed = (
        "signed by a trusted key" if store.keyring.trusted else "any set is opened: ARTIFACTS_TRUSTED_KEYS is not set"
    )
    yield ok("model", f"{manifest.version} is sound, {manifest.songs:,} songs; {signed}")
    if fault_found := objections(manifest):
        yield warning("model", f"{manifest.version} serves all the same: {fault_found}", _ANOTHER)
    yield _age(manifest)


def _age(manifest: Manifest) -> Finding:
    age = datetime.now(UTC) - manifest.training.created_at
    if age < timedelta(minutes=-1):
        cure = "check the clock of the machine that trains, and this one's"
        return warning("model", f"was trained {-age.total_seconds() / 60:,.0f} minutes from now", cure)
    said = f"was trained {age.days} days ago"
    return ok("model", said) if age < _OLD else warning("model", said, "python -m artifact_set list, then make retrain")

"""What a folder of sets holds, for whoever looks after it: also what cannot serve, and why."""

from typing import Literal, NamedTuple

from artifact_set.manifest import TRAINING, Manifest, TrainingRecord
from artifact_set.store import ArtifactStore, read_manifest
from errors import ArtifactError, UntrustedSet

State = Literal["current", "complete", "refused", "trained", "damaged", "untrusted"]


class Listed(NamedTuple):
    """A version. training, songs: of one that can be read. fault: why it cannot serve, or what the gate objected to."""

    version: str
    state: State
    songs: int | None = None
    training: TrainingRecord | None = None
    fault: str | None = None


def listed(store: ArtifactStore, newest: int | None = None) -> list[Listed]:
    """Every version, or so many of the newest ones, oldest first: complete ones, and after them those without index."""
    complete, waiting = store.versions(), store.waiting()
    kept = set(sorted([*complete, *waiting])[-newest if newest else None :])
    return [
        *(_complete(store, version) for version in complete if version in kept),
        *(_waiting(store, version) for version in waiting if version in kept),
    ]


def _complete(store: ArtifactStore, version: str) -> Listed:
    """A damaged one is listed as such, for this is where an operator looks then."""
    try:
        manifest, _ = read_manifest(store.root / version, store.keyring)
    except ArtifactError as exc:
        current = "current, and " if version == store.current() else ""
        return Listed(version, "untrusted" if isinstance(exc, UntrustedSet) else "damaged", fault=f"{current}{exc}")
    state: State = "refused" if manifest.refused else "complete"
    if version == store.current():
        state = "current"
    return Listed(version, state, manifest.songs, manifest.training, objections(manifest))


def objections(manifest: Manifest) -> str | None:
    """What the gate objected to, whether it was heard or not; None where it had nothing to say."""
    if manifest.forced:
        return f"forced: {'; '.join(manifest.forced)}"
    return f"refused: {'; '.join(manifest.refused)}" if manifest.refused else None


def _waiting(store: ArtifactStore, version: str) -> Listed:
    try:
        training = TrainingRecord.read(store.root / version / TRAINING)
    except ArtifactError as exc:
        return Listed(version, "damaged", fault=str(exc))
    return Listed(version, "trained", training=training)

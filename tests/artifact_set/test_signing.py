"""Signed sets: what no trusted key has signed is refused before any other file is read."""

import stat
from pathlib import Path

import pytest

from artifact_set import ArtifactStore, open_set
from artifact_set.__main__ import main
from artifact_set.builder import build
from artifact_set.configured import store_for_commands, store_for_serving
from artifact_set.manifest import Manifest
from artifact_set.signing import KeyPair, Keyring, key_from, new_key_pair
from errors import ArtifactError, UntrustedSet
from settings import InvalidSettings, Settings
from tests import camps


def _keyring(pair: KeyPair, *trusted: KeyPair) -> Keyring:
    return Keyring(key_from(pair.signing), tuple(key_from(one.trusted) or b"" for one in trusted))


@pytest.fixture
def ours() -> KeyPair:
    return new_key_pair()


@pytest.fixture
def theirs() -> KeyPair:
    return new_key_pair()


def _signed_by(pair: KeyPair, root: Path) -> Path:
    """A complete, active set whose manifest `pair` has signed."""
    folder = camps.train(root)
    build(ArtifactStore(root, _keyring(pair)))
    return folder


def _trust(monkeypatch: pytest.MonkeyPatch, pair: KeyPair) -> None:
    monkeypatch.setenv("ARTIFACTS_TRUSTED_KEYS", pair.trusted)


def test_a_set_signed_by_a_trusted_key_is_opened(tmp_path: Path, ours: KeyPair, theirs: KeyPair) -> None:
    folder = _signed_by(ours, tmp_path)
    assert open_set(folder, _keyring(ours, theirs, ours)).version == folder.name
    assert open_set(folder).version == folder.name


def test_without_trusted_keys_no_signature_is_asked_for(tmp_path: Path) -> None:
    folder = camps.complete(tmp_path)
    assert not (folder / "manifest.sig").exists()
    assert open_set(folder).version == folder.name


def _spoil(folder: Path) -> None:
    """No file but manifest and signature can be read any longer."""
    for path in folder.iterdir():
        if path.is_file() and not path.name.startswith("manifest."):
            path.write_bytes(b"")


def test_an_unsigned_set_and_one_of_another_key_are_refused_before_another_file_is_read(
    tmp_path: Path, ours: KeyPair, theirs: KeyPair
) -> None:
    unsigned, foreign = camps.complete(tmp_path / "unsigned"), _signed_by(theirs, tmp_path / "foreign")
    for folder, reason in ((unsigned, "is not signed"), (foreign, f"is signed by {theirs.trusted}, which is none of")):
        _spoil(folder)
        with pytest.raises(UntrustedSet, match=reason.replace("+", r"\+")):
            open_set(folder, _keyring(ours, ours))


def test_a_manifest_altered_after_it_was_signed_is_refused(tmp_path: Path, ours: KeyPair) -> None:
    folder = _signed_by(ours, tmp_path)
    manifest = Manifest.read(folder / "manifest.json")
    (folder / "manifest.json").write_text(manifest.model_copy(update={"forced": ["x"]}).to_json())
    with pytest.raises(UntrustedSet, match=r"is not what .* has signed"):
        open_set(folder, _keyring(ours, ours))


@pytest.mark.parametrize("signature", [b"", b"\xff\xfe", b"ed25519", b"ed25519 AAAA BBBB\n", b"rsa x y", b"x" * 5000])
def test_a_signature_that_is_none_is_refused(tmp_path: Path, ours: KeyPair, signature: bytes) -> None:
    folder = _signed_by(ours, tmp_path)
    (folder / "manifest.sig").write_bytes(signature)
    with pytest.raises(UntrustedSet, match="cannot be read"):
        open_set(folder, _keyring(ours, ours))


def test_activate_rollback_and_verify_refuse_a_set_of_another_key(
    tmp_path: Path, ours: KeyPair, theirs: KeyPair, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    foreign = _signed_by(theirs, tmp_path).name
    own = _signed_by(ours, tmp_path).name
    _trust(monkeypatch, ours)
    for command in (["activate", foreign], ["rollback"], ["verify", foreign]):
        assert main(["--artifacts", str(tmp_path), *command]) == 1
        (said,) = capsys.readouterr().err.strip().splitlines()
        assert "is signed by" in said
        assert "none of ARTIFACTS_TRUSTED_KEYS" in said
    assert ArtifactStore(tmp_path).current() == own
    assert main(["--artifacts", str(tmp_path), "list"]) == 0
    assert "untrusted" in capsys.readouterr().out


def test_pull_refuses_a_set_of_another_key_and_asks_for_no_further_file(
    tmp_path: Path, ours: KeyPair, theirs: KeyPair, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"file://{tmp_path / 'remote'}"
    _signed_by(theirs, tmp_path / "here")
    assert main(["--artifacts", str(tmp_path / "here"), "publish", url]) == 0
    _trust(monkeypatch, ours)
    there = tmp_path / "there"
    assert main(["--artifacts", str(there), "pull", url, "--activate"]) == 1
    assert f"is signed by {theirs.trusted}" in capsys.readouterr().err
    assert [path for path in there.rglob("*") if path.is_file()] == []


def test_publish_signs_what_was_not_signed_also_where_it_is_published_already(
    tmp_path: Path, ours: KeyPair, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"file://{tmp_path / 'remote'}"
    version = camps.complete(tmp_path / "here").name
    there = ["--artifacts", str(tmp_path / "there"), "pull", url, "--activate"]
    assert main(["--artifacts", str(tmp_path / "here"), "publish", url]) == 0
    assert main(there) == 0
    _trust(monkeypatch, ours)
    assert main(there) == 1
    assert "is not signed" in capsys.readouterr().err
    monkeypatch.setenv("ARTIFACTS_SIGNING_KEY", ours.signing)
    assert main(["--artifacts", str(tmp_path / "here"), "publish", url]) == 0
    monkeypatch.delenv("ARTIFACTS_SIGNING_KEY")
    assert main(there) == 0
    assert ArtifactStore(tmp_path / "there").current() == version


def test_a_signature_that_is_not_trusted_takes_no_trusted_ones_place(
    tmp_path: Path, ours: KeyPair, theirs: KeyPair, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"file://{tmp_path / 'remote'}"
    here = _signed_by(ours, tmp_path / "here")
    there = ["--artifacts", str(tmp_path / "there"), "pull", url]
    assert main(["--artifacts", str(tmp_path / "here"), "publish", url]) == 0
    _trust(monkeypatch, ours)
    assert main(there) == 0
    monkeypatch.setenv("ARTIFACTS_SIGNING_KEY", theirs.signing)
    assert main(["--artifacts", str(tmp_path / "here"), "publish", url]) == 0
    monkeypatch.delenv("ARTIFACTS_SIGNING_KEY")
    assert main(there) == 0
    pulled = tmp_path / "there" / here.name
    assert open_set(pulled, _keyring(ours, ours)).version == here.name
    (pulled / "catalog.arrow").write_bytes(b"")  # nobody can vouch for what would mend it
    signature = (pulled / "manifest.sig").read_bytes()
    assert main(there) == 1
    assert f"is signed by {theirs.trusted}" in capsys.readouterr().err
    assert (pulled / "manifest.sig").read_bytes() == signature


def test_keygen_makes_a_pair_that_signs_and_is_trusted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["keygen"]) == 0
    shown = dict(line.split("=", 1) for line in capsys.readouterr().out.splitlines())
    settings = Settings.model_validate({key.lower(): value for key, value in shown.items()})
    keyring = store_for_commands(settings).keyring
    signature = keyring.sign(b"x")
    keyring.check(b"x", signature, "x")
    with pytest.raises(UntrustedSet):
        keyring.check(b"y", signature, "x")


def test_keygen_writes_the_signing_key_where_only_its_owner_reads_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "signing.key"
    assert main(["keygen", "--out", str(path)]) == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    said = capsys.readouterr().out
    assert path.read_text().strip() not in said
    settings = Settings(artifacts_signing_key_file=path)
    assert store_for_commands(settings).keyring.signing == key_from(path.read_text())
    assert store_for_serving(settings).keyring.signing is None
    assert main(["keygen", "--out", str(path)]) == 1
    assert "exists" in capsys.readouterr().err


@pytest.mark.parametrize("content", [None, "no key", "QUJD"])
def test_a_key_file_without_a_key_is_named(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "key"
    if content is not None:
        path.write_text(content)
    with pytest.raises(ArtifactError, match=f"ARTIFACTS_SIGNING_KEY_FILE: {path}"):
        store_for_commands(Settings(artifacts_signing_key_file=path))


@pytest.mark.parametrize("name", ["ARTIFACTS_SIGNING_KEY", "ARTIFACTS_TRUSTED_KEYS"])
def test_a_setting_that_is_no_key_is_refused_and_not_shown(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "c2VjcmV0IQ==")
    with pytest.raises(InvalidSettings, match=f"{name}.*keygen") as caught:
        Settings.load()
    assert "c2VjcmV0" not in str(caught.value)


def test_a_build_whose_set_would_be_refused_says_so_first(tmp_path: Path, ours: KeyPair, theirs: KeyPair) -> None:
    camps.train(tmp_path)
    for keyring in (_keyring(theirs, ours), Keyring(None, _keyring(ours, ours).trusted)):
        with pytest.raises(ArtifactError, match="only sets signed by a key of ARTIFACTS_TRUSTED_KEYS are served here"):
            build(ArtifactStore(tmp_path, keyring))
    assert ArtifactStore(tmp_path).versions() == []
    assert [path.name for path in tmp_path.iterdir()] == ArtifactStore(tmp_path).waiting()
    assert build(ArtifactStore(tmp_path, _keyring(ours, ours))).activated

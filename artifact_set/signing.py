"""Signed sets: who may vouch for a manifest, and so for every file whose checksum stands in it.

`manifest.sig` is one line, `ed25519 <public key> <signature>`, both in base64 (RFC 8032, RFC 4648), over the bytes of
`manifest.json`. Without trusted keys signatures are not asked for.
"""

import base64
import binascii
from dataclasses import dataclass
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from errors import ArtifactError, UntrustedSet

_KIND = "ed25519"


class KeyPair(NamedTuple):
    """A signing key and the key to trust, 32 bytes each in base64."""

    signing: str
    trusted: str


def new_key_pair() -> KeyPair:
    """A key pair nobody has."""
    key = Ed25519PrivateKey.generate()
    return KeyPair(_text(key.private_bytes_raw()), _text(key.public_key().public_bytes_raw()))


@dataclass(frozen=True, repr=False)
class Keyring:
    """The key that signs what is built here, and the public keys whose sets are opened here; none: any set is."""

    signing: bytes | None = None
    trusted: tuple[bytes, ...] = ()

    def sign(self, manifest: bytes) -> bytes | None:
        """What to write beside a manifest, None without a signing key."""
        if self.signing is None:
            return None
        key = Ed25519PrivateKey.from_private_bytes(self.signing)
        line = f"{_KIND} {_text(key.public_key().public_bytes_raw())} {_text(key.sign(manifest))}\n"
        return line.encode()

    def refuse_to_build(self) -> None:
        """Raise ArtifactError where what is built here would not be opened here."""
        if self.trusted and (self.signing is None or self._public() not in self.trusted):
            signer = "ARTIFACTS_SIGNING_KEY is not set" if self.signing is None else "ARTIFACTS_SIGNING_KEY is no such"
            msg = f"only sets signed by a key of ARTIFACTS_TRUSTED_KEYS are served here, and {signer}: set it, or build"
            raise ArtifactError(f"{msg} and publish where it is set")

    def check(self, manifest: bytes, signature: bytes | None, where: str) -> None:
        """Hold a manifest against its signature. Raises UntrustedSet; never where no keys are trusted."""
        if not self.trusted:
            return
        if signature is None:
            cure = "publish it with ARTIFACTS_SIGNING_KEY set"
            raise UntrustedSet(f"{where} is not signed, and ARTIFACTS_TRUSTED_KEYS asks for a signature: {cure}")
        kind, _, rest = signature.decode("ascii", "replace").strip().partition(" ")
        public, _, proof = rest.partition(" ")
        key, signed = key_from(public), key_from(proof, 64)
        if kind != _KIND or key is None or signed is None:
            raise UntrustedSet(f"{where} has a signature that cannot be read: publish it again")
        if key not in self.trusted:
            raise UntrustedSet(f"{where} is signed by {public}, which is none of ARTIFACTS_TRUSTED_KEYS")
        try:
            Ed25519PublicKey.from_public_bytes(key).verify(signed, manifest)
        except (InvalidSignature, ValueError):
            raise UntrustedSet(f"{where} is not what {public} has signed: publish it again") from None

    def _public(self) -> bytes:
        return Ed25519PrivateKey.from_private_bytes(self.signing or b"").public_key().public_bytes_raw()


NO_KEYS = Keyring()


def _text(key: bytes) -> str:
    return base64.b64encode(key).decode()


def key_from(text: str, length: int = 32) -> bytes | None:
    """The bytes of a key in base64, None where it is none."""
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        return None
    return key if len(key) == length else None

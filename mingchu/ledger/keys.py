"""Keys 密钥: Ed25519, one file each in the home's `keys/`, readable by the house alone.

A purpose (`heads`) has numbered keys; the highest signs. Making the next one is the rotation: the
older private keys may then be destroyed, their public halves stay beside them and go on checking.
Nothing is derived from anything else, so that losing one secret loses only what it signed.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

from mingchu.ledger.domain import SignedHead

SECRET, OPEN = ".key", ".pub"


@dataclass(frozen=True)
class SigningKey:
    key_id: str
    secret: Ed25519PrivateKey

    def sign(self, content: bytes) -> bytes:
        return self.secret.sign(content)


class Keyring:
    """The keys of one purpose: `heads-0001-<id>.key` and `.pub`."""

    def __init__(self, purpose: str):
        self.purpose = purpose
        self._read: dict[Path, SigningKey] = {}

    def signing(self) -> SigningKey:
        """The newest key; the first is made when none is there."""
        found = self._files(SECRET)
        return self._load(found[-1]) if found else self.rotate()

    def rotate(self) -> SigningKey:
        """A new key signs from now on."""
        secret = Ed25519PrivateKey.generate()
        number = len(self._files(OPEN)) + 1
        name = f"{self.purpose}-{number:04}-{_id_of(secret.public_key())}"
        _write(_folder() / f"{name}{OPEN}", _open_text(secret.public_key()), 0o644)
        _write(_folder() / f"{name}{SECRET}", _secret_text(secret), 0o600)
        return self._load(_folder() / f"{name}{SECRET}")

    def opened(self) -> dict[str, Ed25519PublicKey]:
        """Every public key by id, retired ones as well."""
        keys = (form.load_pem_public_key(path.read_bytes()) for path in self._files(OPEN))
        return {_id_of(key): key for key in keys if isinstance(key, Ed25519PublicKey)}

    def _files(self, ending: str) -> list[Path]:
        return sorted(_folder().glob(f"{self.purpose}-*{ending}"))

    def _load(self, path: Path) -> SigningKey:
        if path not in self._read:
            secret = form.load_pem_private_key(path.read_bytes(), None)
            if not isinstance(secret, Ed25519PrivateKey):
                raise TypeError(f"{path.name} is not an Ed25519 key")
            self._read[path] = SigningKey(_id_of(secret.public_key()), secret)
        return self._read[path]


HEADS = Keyring("heads")


def _folder() -> Path:
    folder: Path = settings.HOME / "keys"
    return folder


def is_signed(keys: Mapping[str, Ed25519PublicKey], head: SignedHead) -> bool:
    """Whether one of the keys, the one the head names, signed exactly this head."""
    key = keys.get(head.key_id)
    if key is None:
        return False
    try:
        key.verify(bytes.fromhex(head.signature), head.covered())
    except (InvalidSignature, ValueError):
        return False
    return True


def pem(key: Ed25519PublicKey) -> str:
    """The public key as anybody's program reads it."""
    return _open_text(key).decode()


def _id_of(key: Ed25519PublicKey) -> str:
    raw = key.public_bytes(form.Encoding.Raw, form.PublicFormat.Raw)
    return hashlib.sha256(raw).hexdigest()[:16]


def _open_text(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo)


def _secret_text(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())


def _write(path: Path, content: bytes, mode: int) -> None:
    """Whole or not at all, never over another file, on disk when it returns."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)

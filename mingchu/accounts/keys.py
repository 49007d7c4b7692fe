"""Keys that seal secrets the house has to read again: one file a purpose, never derived.

The newest first: a new one in front rotates, old ones keep reading what they sealed. A `Sealer` is
for what the house seals itself, one key a line; a `Letterbox` for what others seal for it, one
PEM block a key.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from django.conf import settings

BITS = 3072
PEM = re.compile(rb"-----BEGIN PRIVATE KEY-----.+?-----END PRIVATE KEY-----", re.DOTALL)
OAEP = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)


class Sealer:
    """Seals and opens with the keys of one file in the home's `keys/`."""

    def __init__(self, file: str):
        self.file = file

    def seal(self, text: str) -> str:
        return self._keys().encrypt(text.encode()).decode()

    def unseal(self, sealed: str) -> str:
        return self._keys().decrypt(sealed.encode()).decode()

    def _keys(self) -> MultiFernet:
        text = _kept(self.file, _fernet_line)
        return MultiFernet([Fernet(line) for line in text.split()])


@dataclass(frozen=True)
class Pair:
    """An RSA key with its id, the RFC 7638 thumbprint of its public half."""

    kid: str
    secret: RSAPrivateKey
    jwk: Mapping[str, str]


class Letterbox:
    """Anybody with the public key may seal, the house alone opens: RSA-OAEP with SHA-256."""

    def __init__(self, file: str):
        self.file = file

    def public_jwk(self) -> dict[str, object]:
        """`kid` and `jwk` of the newest key, as a browser's `crypto.subtle.importKey` takes it."""
        newest = self._pairs()[0]
        about = {"kid": newest.kid, "alg": "RSA-OAEP-256", "use": "enc"}
        return {"kid": newest.kid, "jwk": {**newest.jwk, **about}}

    def unseal(self, kid: str, ciphertext: bytes) -> bytes | None:
        """What was sealed for the key `kid`, new or old; None if there is no such key or the
        bytes are not sealed for it."""
        pair = next((one for one in self._pairs() if one.kid == kid), None)
        if pair is None:
            return None
        try:
            return pair.secret.decrypt(ciphertext, OAEP)
        except ValueError:
            return None

    def rotate(self) -> str:
        """A new key in front of the old ones; phones take it with their next prefetch. Its id."""
        old = _kept(self.file, _rsa_block)
        path = _place(self.file)
        _draft(path, _rsa_block() + old).replace(path)
        return self._pairs()[0].kid

    def _pairs(self) -> tuple[Pair, ...]:
        return _read(_kept(self.file, _rsa_block))


SECOND_FACTORS = Sealer("second-factor.key")
SIGNING_PINS = Sealer("signing-pins.key")
# What inspectors' phones seal: the PIN of the second officer, with the record it signs.
SIGNING = Letterbox("signing.key")


def _place(file: str) -> Path:
    return Path(settings.HOME) / "keys" / file


def _kept(file: str, make: Callable[[], bytes]) -> bytes:
    """The file's bytes; made when first needed, and two who need it at once end with one file."""
    path = _place(file)
    if not path.exists():
        draft = _draft(path, make())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_bytes()


def _draft(path: Path, content: bytes) -> Path:
    """Beside the file, on disk, readable by the house alone."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # A name of its own: threads of one process may come at once.
    handle, name = tempfile.mkstemp(prefix=f"{path.name}.", dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return Path(name)


def _fernet_line() -> bytes:
    return Fernet.generate_key() + b"\n"


def _rsa_block() -> bytes:
    secret = generate_private_key(public_exponent=65537, key_size=BITS)
    return secret.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())


@lru_cache(8)
def _read(text: bytes) -> tuple[Pair, ...]:
    """Remembered by what the file says: to read an RSA key is to check it, which takes a while."""
    return tuple(_pair(block) for block in PEM.findall(text))


def _pair(block: bytes) -> Pair:
    secret = form.load_pem_private_key(block, None)
    if not isinstance(secret, RSAPrivateKey):
        raise TypeError("a letterbox opens with RSA keys only")
    numbers = secret.public_key().public_numbers()
    jwk = {"e": _number(numbers.e), "kty": "RSA", "n": _number(numbers.n)}
    text = json.dumps(jwk, sort_keys=True, separators=(",", ":"))
    return Pair(_base64url(hashlib.sha256(text.encode()).digest()), secret, jwk)


def _number(value: int) -> str:
    return _base64url(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

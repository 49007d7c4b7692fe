"""The key under which identity numbers are digested: a file of its own, made when first needed."""

from __future__ import annotations

import hmac
import os
import secrets
from functools import cache
from pathlib import Path

from django.conf import settings

FILE = "identity.key"


def digest(identity: str) -> str:
    """The same number gives the same digest in this house and in no other.

    Keyed, because numbers are few enough to try them all against a plain digest.
    """
    return hmac.digest(_key(str(settings.HOME)), identity.encode(), "sha256").hex()


@cache
def _key(home: str) -> bytes:
    path = Path(home) / "keys" / FILE
    if not path.exists():
        _make(path)
    return path.read_bytes()


def _make(path: Path) -> None:
    """Two processes at once end with one file."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f"{FILE}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_bytes(secrets.token_bytes(32))
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()

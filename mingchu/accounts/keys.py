"""The key that seals second-factor secrets: one file of its own, never derived from another.

One key a line, the newest first: a new line rotates, old lines keep reading what they sealed.
"""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings

FILE = "second-factor.key"


def seal(text: str) -> str:
    return _keys().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    return _keys().decrypt(sealed.encode()).decode()


def _keys() -> MultiFernet:
    path = Path(settings.HOME) / "keys" / FILE
    if not path.exists():
        _make(path)
    return MultiFernet([Fernet(line) for line in path.read_text().split()])


def _make(path: Path) -> None:
    """Made when first needed; two processes at once end with one file."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f"{FILE}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(f"{Fernet.generate_key().decode()}\n")
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()

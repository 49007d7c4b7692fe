"""Keys that seal what has to be read again: one file for each purpose, never derived from another.

One key a line, the newest first: a new line rotates, old lines keep reading what they sealed.
"""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings

FILE = "second-factor.key"  # what is sealed most: secrets of second factors


def seal(text: str, file: str = FILE) -> str:
    return _keys(file).encrypt(text.encode()).decode()


def unseal(sealed: str, file: str = FILE) -> str:
    return _keys(file).decrypt(sealed.encode()).decode()


def _keys(file: str) -> MultiFernet:
    path = Path(settings.HOME) / "keys" / file
    if not path.exists():
        _make(path)
    return MultiFernet([Fernet(line) for line in path.read_text().split()])


def _make(path: Path) -> None:
    """Made when first needed; two processes at once end with one file."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(f"{Fernet.generate_key().decode()}\n")
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()

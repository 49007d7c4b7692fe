"""Keys that seal secrets the house has to read again: one file a purpose, never derived.

One key a line, the newest first: a new line rotates, old lines keep reading what they sealed.
"""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


class Sealer:
    """Seals and opens with the keys of one file in the home's `keys/`."""

    def __init__(self, file: str):
        self.file = file

    def seal(self, text: str) -> str:
        return self._keys().encrypt(text.encode()).decode()

    def unseal(self, sealed: str) -> str:
        return self._keys().decrypt(sealed.encode()).decode()

    def _keys(self) -> MultiFernet:
        path = Path(settings.HOME) / "keys" / self.file
        if not path.exists():
            _make(path)
        return MultiFernet([Fernet(line) for line in path.read_text().split()])


SECOND_FACTORS = Sealer("second-factor.key")


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

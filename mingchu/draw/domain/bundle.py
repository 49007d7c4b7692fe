"""Proof bundle 证明包: everything an outsider needs to replay a draw, as files of one zip.

The programs inside, `verify.py` and `drand.py`, share no line with this house's own drawing.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mingchu.draw.domain.frame import FILES, Frame, Result, canonical

PROGRAMS = ("verify.py", "drand.py")
README_NAME = "README.txt"
DATA = (
    *FILES,
    *("commitment.json", "nonce.txt", "beacon.json", "result.json", "replacements.json"),
    *("register.json", "manifest.json"),
)
MANIFEST = "manifest.json"
JOINT = "joint.json"  # of a joint draw alone
OUTSIDE = Path(__file__).parents[1] / "outside"
README = """fsdraw/1: proof of a random draw

    python3 verify.py

replays the draw out of these files alone, with Python 3.10 or later and nothing else. One line
per check; the last one names the head of the register: compare it with one you kept, or with the
city's. The numbers in the lists are pseudonyms: a business gets its own from the office.
"""
FIXED_TIME = (1980, 1, 1, 0, 0, 0)  # so that the same draw is the same zip


@dataclass(frozen=True)
class Replacement:
    """Who stood in for whom, and why: a code of the office's own list."""

    out: str
    into: str
    reason: str


@dataclass(frozen=True)
class Entry:
    """The commitment's place in the numbered register: a leaf, its path, the head it leads to."""

    leaf: bytes
    index: int
    size: int
    path: Sequence[bytes]
    root: bytes


@dataclass(frozen=True)
class JointProof:
    """Of the draw that lends its seed: plan and digests of its files, so that its commitment can be
    made once more, its nonce, its place in the register."""

    plan: bytes
    digests: Sequence[tuple[str, str]]
    commitment: bytes
    committed_at: str
    nonce: bytes
    number: str
    entry: Entry

    def file(self) -> bytes:
        return canonical(
            {
                "commitment": self.commitment.hex(),
                "committed_at": self.committed_at,
                "files": [[name, digest] for name, digest in self.digests],
                "nonce": self.nonce.hex(),
                "number": self.number,
                "plan": self.plan.decode(),
                "register": _entry(self.entry),
            }
        )


def leaf(number: str, commitment: bytes, committed_at: str) -> bytes:
    """What the register keeps of a commitment; `committed_at` is ISO 8601 with its offset."""
    return canonical(
        {"commitment": commitment.hex(), "committed_at": committed_at, "number": number}
    )


def files(
    frame: Frame,
    result: Result,
    *,
    nonce: bytes,
    found: Sequence[Mapping[str, Any]],
    committed_at: str,
    entry: Entry,
    replaced: Sequence[Replacement] = (),
    joint: JointProof | None = None,
) -> dict[str, bytes]:
    """All files of a bundle by name."""
    hashing = frame.plan.hashing
    data = {
        **frame.files,
        "commitment.json": canonical(
            {
                "commitment": frame.commitment(nonce).hex(),
                "committed_at": committed_at,
                "files": [[name, hashing.digest(one).hex()] for name, one in frame.files.items()],
                "number": frame.plan.number,
            }
        ),
        "nonce.txt": nonce.hex().encode() + b"\n",
        "beacon.json": canonical([dict(one) for one in found]),
        "result.json": result.file(),
        "replacements.json": canonical(
            [{"in": one.into, "out": one.out, "reason": one.reason} for one in replaced]
        ),
        "register.json": register_file(entry),
        **({JOINT: joint.file()} if joint else {}),
    }
    programs = {name: (OUTSIDE / name).read_bytes() for name in PROGRAMS}
    return {**data, MANIFEST: manifest(data), **programs, README_NAME: README.encode()}


def manifest(data: Mapping[str, bytes]) -> bytes:
    """The digest of each data file by name, and under its own name that of all these digests: so
    that a file which was changed can be told from a manifest which was."""
    digests = {name: hashlib.sha256(one).hexdigest() for name, one in data.items()}
    own = hashlib.sha256(canonical(digests)).hexdigest()
    return canonical({**digests, MANIFEST: own})


def register_file(entry: Entry) -> bytes:
    """`register.json`: the entry and its way up to the head."""
    return canonical(_entry(entry))


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "index": entry.index,
        "leaf": entry.leaf.decode(),
        "path": [step.hex() for step in entry.path],
        "root": entry.root.hex(),
        "size": entry.size,
    }


def zipped(content: Mapping[str, bytes]) -> bytes:
    """The same files give the same bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(content.items()):
            archive.writestr(zipfile.ZipInfo(name, FIXED_TIME), data, zipfile.ZIP_DEFLATED)
    return made.getvalue()

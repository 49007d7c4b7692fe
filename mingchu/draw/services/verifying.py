"""Verifying 核对: a bundle from anywhere, by our own copy of the program that outsiders run.

Nothing of the bundle is run, and nothing of it is believed: its files are taken out by name, each
within a limit, and the checks run in a process of their own.
"""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.utils.translation import gettext_noop as _noop

from mingchu.base.errors import Refusal
from mingchu.draw.domain.bundle import DATA, JOINT, OUTSIDE, PROGRAMS, README_NAME

SIZE_TOP = 512 * 2**20  # of all files together, unpacked: a frame of several million rows
PIECE = 2**20
SECONDS_TOP = 3600
TAKEN = {*DATA, JOINT}
KNOWN = {*TAKEN, *PROGRAMS, README_NAME}


def verify_zip(path: Path) -> dict[str, Any]:
    """The verdict of the checks: `ok`, `checks`, `selected`.

    Raises Refusal where the file is no bundle: not a zip, other files, too much, a path in a name.
    """
    with TemporaryDirectory(prefix="draw-") as folder:
        _unpack(path, Path(folder))
        return _judged(Path(folder))


def _unpack(path: Path, folder: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            _check_names([one.filename for one in parts])
            left = SIZE_TOP
            for part in parts:
                if part.filename in TAKEN:
                    left = _take(archive, part, folder / part.filename, left)
    except FileNotFoundError as error:
        raise Refusal(
            "no_file", _noop("没有文件“{path}”"), fix=_noop("请核对路径"), path=str(path)
        ) from error
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, OSError) as error:
        raise _no_bundle(str(error)) from error


def _check_names(names: list[str]) -> None:
    """Only a bundle's own files, none twice: so no path can lead anywhere else."""
    strange = sorted({name for name in names if name not in KNOWN or names.count(name) > 1})
    if strange:
        raise _no_bundle(f"unexpected {strange[0]!r}")
    missing = sorted(set(DATA) - set(names))
    if missing:
        raise _no_bundle(f"missing {', '.join(missing)}")


def _take(archive: zipfile.ZipFile, part: zipfile.ZipInfo, to: Path, left: int) -> int:
    """Writes one file; what a header says of its size is not believed."""
    with archive.open(part) as source, to.open("wb") as target:
        while piece := source.read(PIECE):
            left -= len(piece)
            if left < 0:
                raise Refusal(
                    "bundle_too_large",
                    _noop("证明包解开后超过{mib} MiB"),
                    fix=_noop("请核对来源；真的这么大时，请解开后直接运行 verify.py"),
                    status=413,
                    mib=SIZE_TOP // 2**20,
                )
            target.write(piece)
    return left


def _judged(folder: Path) -> dict[str, Any]:
    program = [sys.executable, "-I", str(OUTSIDE / "verify.py"), str(folder), "--json"]
    try:
        done = subprocess.run(  # noqa: S603 our own file
            program, capture_output=True, text=True, check=False, timeout=SECONDS_TOP
        )
        found: dict[str, Any] = json.loads(done.stdout)
    except (ValueError, subprocess.TimeoutExpired) as error:
        raise _no_bundle(type(error).__name__) from error
    return found


def _no_bundle(fault: str) -> Refusal:
    return Refusal(
        "no_bundle",
        _noop("这不是抽取的证明包（{fault}）"),
        fix=_noop("请从 /draws/ 重新下载证明包，不要改动"),
        status=422,
        fault=fault,
    )

"""`mingchu files …`: whether every file that is kept is there and as it was."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from django.utils.translation import gettext as _

from mingchu.kit.files.checking import Checked, verify_files
from mingchu.ops.commands import Result


def verify(arguments: argparse.Namespace) -> Result:
    """Reads every file and names those that are missing or altered."""
    checked = verify_files()
    return Result({"ok": checked.ok, **asdict(checked)}, _lines(checked), ok=checked.ok)


def _lines(checked: Checked) -> list[str]:
    words = {
        "missing": _("缺失"),
        "altered": _("有变动"),
        "unproven": _("与台账所载不符"),
    }
    counts = _("附件 {files} 份、{mib} MiB，有问题 {faults} 份").format(
        files=checked.files, mib=checked.bytes >> 20, faults=len(checked.faults)
    )
    faults = [
        " ".join((fault.file, words[fault.kind], *fault.subjects)) for fault in checked.faults
    ]
    return [counts, *faults]

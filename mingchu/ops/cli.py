"""The command line `mingchu …`: one table of commands, each a function of its own module."""

from __future__ import annotations

import sys


def main(arguments: list[str]) -> int:
    sys.stderr.write("mingchu: no command yet\n")
    return 2

"""`mingchu docs`, `words …`, `lock`: what is kept in step with the code by a program."""

from __future__ import annotations

import argparse

from mingchu.ops import docs, locks
from mingchu.ops.commands import Result
from mingchu.site import catalogue


def write_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if one is old")


def write(arguments: argparse.Namespace) -> Result:
    """Writes the generated pages under docs/."""
    pages = docs.stale() if arguments.check else docs.write_all()
    return Result({"changed": pages}, pages, ok=not (arguments.check and pages))


def extract(arguments: argparse.Namespace) -> Result:
    """Brings the catalogues up to date with what the code and the templates say."""
    told = list(catalogue.extract())
    return Result({"told": told}, told)


def compile_words(arguments: argparse.Namespace) -> Result:
    """Compiles the catalogues; no gettext program is needed."""
    catalogue.compile_all()
    return Result({"compiled": True})


def check(arguments: argparse.Namespace) -> Result:
    """Everything that would show a reader of English the wrong thing."""
    faults = list(catalogue.faults())
    return Result({"faults": faults}, faults, ok=not faults)


def lock_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--upgrade", action="store_true", help="take the newest that fits")


def lock(arguments: argparse.Namespace) -> Result:
    """Pins what locks/*.in ask for, every file with its digest, naming no host."""
    changed = locks.renew(upgrade=arguments.upgrade)
    return Result({"changed": changed}, changed)

"""The command line `mingchu …`: one table of commands, each a function of its own module.

A command is `name(arguments) -> Result` beside `name_arguments(parser)`; it prints nothing.
Exit codes: 0 yes · 1 no or refused · 2 usage · 3 a bar was missed.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from enum import StrEnum
from importlib import import_module
from typing import NamedTuple

from mingchu.base.errors import Refusal
from mingchu.ops import home
from mingchu.ops.commands import Result


class Needs(StrEnum):
    """What must stand before a command runs; its own rules are heard where the house is there."""

    SETTINGS = "settings"
    RULES = "rules"
    DATABASE = "database"


class Command(NamedTuple):
    """`module:function` of a command, one line about it, what it needs, what it sets."""

    path: str
    says: str
    needs: Needs = Needs.DATABASE
    settings: Mapping[str, str] = {}

    def load(self) -> tuple[Callable[[argparse.Namespace], Result], Callable[..., None] | None]:
        module_name, name = self.path.split(":")
        module = import_module(module_name)
        return getattr(module, name), getattr(module, f"{name}_arguments", None)


HERE = "mingchu.ops.commands"
COMMANDS = {
    "up": Command(f"{HERE}.house:up", "the house in the foreground", Needs.SETTINGS),
    "run": Command(f"{HERE}.house:run", "one process of it, for a unit", Needs.SETTINGS),
    "login": Command(f"{HERE}.accounts:login", "a link that signs a role in, once"),
    "token new": Command(f"{HERE}.accounts:new", "a key for a program"),
    "token revoke": Command(f"{HERE}.accounts:revoke", "end a key"),
    "import registry": Command(f"{HERE}.imports:registry", "businesses from a list"),
    "import people": Command(f"{HERE}.imports:people", "people and their posts from a list"),
    "demo": Command(
        f"{HERE}.living:run", "a living demo city", Needs.SETTINGS, {"MINGCHU_DEMO": "1"}
    ),
    "demo sheet": Command(f"{HERE}.demo:sheet", "a list with known faults", Needs.SETTINGS),
    "demo phone": Command(f"{HERE}.demo:phone", "a visit, sent as an officer's phone does"),
    "demo status": Command(f"{HERE}.demo:status", "how far the demo city is built"),
    "rules lint": Command(f"{HERE}.rules:lint", "what is wrong with the rules", Needs.SETTINGS),
    "grade run": Command(f"{HERE}.grades:run", "grade the city"),
    "grade recompute": Command(f"{HERE}.grades:recompute", "a past day anew; writes nothing"),
    "grade show": Command(f"{HERE}.grades:show", "a grade with every reason"),
    "trace import": Command(f"{HERE}.traces:bring_in", "EPCIS events from a file"),
    "rules show": Command(f"{HERE}.rules:show", "a rule and where it stands", Needs.RULES),
    "rules replay": Command(f"{HERE}.rules:replay", "a jurist's case, again", Needs.RULES),
    "rules export": Command(f"{HERE}.rules:export", "the city's own rules, as YAML files"),
    "rules import": Command(f"{HERE}.rules:bring_in", "such a file, as drafts"),
    "clock": Command(f"{HERE}.clock:show", "the demo city's time"),
    "clock set": Command(f"{HERE}.clock:set_to", "put it forward to a moment"),
    "clock advance": Command(f"{HERE}.clock:advance", "put it forward by 3d, 12h, 90m"),
    "trace allot": Command(f"{HERE}.allotments:allot", "who speaks for a company prefix"),
    "trace allotments": Command(f"{HERE}.allotments:listed", "all of them"),
    "trace unallot": Command(f"{HERE}.allotments:unallot", "end one, or take it back"),
    "walk": Command(f"{HERE}.walk:run", "walk docs/walk/NN.md on the live demo", Needs.SETTINGS),
    "ledger verify": Command(f"{HERE}.ledger:verify", "whether the ledger is whole"),
    "files verify": Command(f"{HERE}.files:verify", "whether every file is there and whole"),
    "draw verify": Command(f"{HERE}.draws:verify", "whether a bundle is its draw", Needs.SETTINGS),
    "log verify": Command(f"{HERE}.ledger:log_verify", "whether a log kept what it had"),
    "bench": Command(f"{HERE}.bench:run", "figures of this machine", Needs.SETTINGS),
    "docs": Command(f"{HERE}.docs:write", "write the generated pages", Needs.SETTINGS),
    "words extract": Command(f"{HERE}.docs:extract", "gather what people read", Needs.SETTINGS),
    "words compile": Command(f"{HERE}.docs:compile_words", "compile English", Needs.SETTINGS),
    "words check": Command(f"{HERE}.docs:check", "what has no English", Needs.SETTINGS),
    "lock": Command(f"{HERE}.docs:lock", "pin the dependencies again", Needs.SETTINGS),
    "import undo": Command(f"{HERE}.imports:undo", "take an import back"),
}


def main(arguments: list[str]) -> int:
    name = find(arguments)
    if name is None:
        return _unknown(arguments)
    os.environ.update(COMMANDS[name].settings)
    home.configure()
    with _language():
        return _run(name, COMMANDS[name], arguments[len(name.split()) :])


def find(arguments: list[str]) -> str | None:
    """The longest name of a command the arguments begin with.

    >>> find(["token", "new", "--role", "city"])
    'token new'
    """
    names = (" ".join(arguments[:words]) for words in (2, 1))
    return next((name for name in names if name in COMMANDS), None)


def _unknown(arguments: list[str]) -> int:
    asked_help = not arguments or arguments[0] in {"help", "-h", "--help"}
    out = sys.stdout if asked_help else sys.stderr
    if not asked_help:
        print(f"mingchu: no command “{' '.join(arguments[:2])}”; there are:", file=out)
    for name, command in sorted(COMMANDS.items()):
        print(f"  {name:18} {command.says}", file=out)
    return 0 if asked_help else 2


def _run(name: str, command: Command, rest: list[str]) -> int:
    function, add_arguments = command.load()
    parser = argparse.ArgumentParser(prog=f"mingchu {name}", description=function.__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON value on standard output")
    if add_arguments:
        add_arguments(parser)
    options = parser.parse_args(rest)
    try:
        with _standing(command.needs):
            result = function(options)
    except Refusal as no:
        return _refused(no, as_json=options.json)
    _print(result, as_json=options.json)
    return result.exit_code


@contextmanager
def _standing(needs: Needs) -> Iterator[None]:
    with ExitStack() as stack:
        if needs is Needs.DATABASE:
            stack.enter_context(home.database())
        if needs is not Needs.SETTINGS:
            stack.enter_context(home.own_rules())
        yield


def _refused(no: Refusal, *, as_json: bool) -> int:
    from django.utils.translation import gettext

    why, fix = no.said(gettext)
    if as_json:
        print(json.dumps({"code": no.code, "why": why, "fix": fix}, ensure_ascii=False))
    else:
        print(f"{why}。{fix}" if why[-1:] > "\u2e80" else f"{why}. {fix}", file=sys.stderr)
    return 1


def _print(result: Result, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(result.data, ensure_ascii=False))
    elif result.lines:
        print(*result.lines, sep="\n")


def _language() -> AbstractContextManager[None]:
    """People read the language of their terminal; source sentences are Chinese."""
    from django.utils import translation

    said = next((os.environ[n] for n in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(n)), "")
    return translation.override("zh-hans" if said.startswith("zh") else "en")

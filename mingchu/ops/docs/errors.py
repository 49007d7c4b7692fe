"""`docs/errors.md`: every Refusal the house can give, found where it is raised."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from mingchu.ops.docs import table
from mingchu.ops.docs.sources import called, sources
from mingchu.site import catalogue

HEAD = """# Errors

Generated from the code; a test compares. What mingchu will not do is a refusal: a stable `code`,
why, and how to mend it. A page says it as a sentence, the API as an RFC 9457 problem, the command
line as a sentence or, with `--json`, as `{"code","why","fix"}`. `{…}` is filled in when it is said.
Anything else is a bug and answers 500 with a request id.

"""
CODE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
STATUS = 409
# A reason of a verdict on an identifier becomes a refusal where the text is to be kept.
REASON, REASON_STATUS = "Reason", 422


class Said(NamedTuple):
    """One refusal as one place of the code says it."""

    code: str
    status: int
    why: str
    fix: str
    context: str


def refusals() -> list[Said]:
    """All of them, by code; the same words said in two places stand once."""
    found = {said for source in sources() for said in _in(source.context, source.tree)}
    return sorted(found)


def _in(context: str, tree: ast.Module) -> Iterator[Said]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _refuses(called(node)):
            named = {word.arg: word.value for word in node.keywords if word.arg}
            arguments = dict(zip(("code", "why", "fix"), node.args, strict=False)) | named
            codes = _texts(arguments.get("code"))
            why, fix = (" / ".join(_texts(arguments.get(part))) for part in ("why", "fix"))
            status = named.get("status")
            usual = REASON_STATUS if called(node) == REASON else STATUS
            number = status.value if isinstance(status, ast.Constant) else usual
            for code in codes:
                if CODE.fullmatch(code) and why:
                    yield Said(code, int(str(number)), why, fix, context)


def _refuses(name: str) -> bool:
    return name == REASON or name.endswith("Refusal") or name.startswith(("refus", "_refus"))


def _texts(node: ast.expr | None) -> list[str]:
    """The literal words of an argument: a text, a marked text, or both sides of a choice."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.Call(args=[first, *_]):
            return _texts(first)
        case ast.IfExp(body=body, orelse=other):
            return [*_texts(body), *_texts(other)]
        case _:
            return []


def english() -> dict[str, str]:
    """Every source sentence and its English."""
    return {
        key.text: said[0]
        for app in catalogue.APPS
        for key, said in catalogue.kept(app).items()
        if said and said[0] and not key.context
    }


def page() -> str:
    words = english()
    rows = [
        (
            f"`{said.code}`",
            str(said.status),
            said.context,
            _both(said.why, words),
            _both(said.fix, words),
        )
        for said in refusals()
    ]
    head = ("Code", "HTTP", "From", "Why", "What to do")
    return HEAD + f"{len({row[0] for row in rows})} codes.\n\n" + table(head, rows)


def _both(text: str, words: dict[str, str]) -> str:
    parts = [f"{part}<br>{words[part]}" if part in words else part for part in text.split(" / ")]
    return "<br>".join(parts)

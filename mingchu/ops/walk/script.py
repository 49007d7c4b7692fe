"""Script 走查稿: the steps in the ```walk blocks of a page, and what each expects; pure.

A step begins at the margin, what it expects is indented below it:

    $ ./x mingchu demo status --json          a command, by the shell, in the checkout
      exit 0                                  its exit code; without the line it must be 0
      .today = "2026-11-20"                   a key of its JSON: = != < <= > >=, or just there
      keep BUSINESS = .items[0].id            kept for later steps as $BUSINESS
      within 60 s                             tried again until all of it holds
    GET /p/$BUSINESS as city                  a page as a role, else as nobody
      200                                     its status; without the line it must be 200
      any other line … in part                words it must hold, … standing for any others
      not any other line                      words it must not hold
    GET /api/v1/businesses with $TOKEN        a program's key
    POST /api/v1/merges {"why": …} with $TOKEN   what a program sends
"""

from __future__ import annotations

import html
import json
import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from mingchu.base.errors import Refusal

FENCE = "```"
BLOCK = f"{FENCE}walk"
COMMAND = re.compile(r"\$ (?P<command>\S.*)")
PAGE = re.compile(
    r"GET (?P<path>/\S*)"
    r"(?: as (?P<role>\w+)(?: in (?P<district>\d+))?| with (?P<token>\$\w+))?"
)
SENT = re.compile(r"POST (?P<path>/\S*) (?P<body>[{[].*[]}]) with (?P<token>\$\w+)")
EXIT = re.compile(r"exit (\d+)")
STATUS = re.compile(r"[1-5]\d\d")
WITHIN = re.compile(r"within (\d+) s")
NAME = re.compile(r"\$([A-Z][A-Z0-9_]*)")
KEEP = re.compile(r"keep ([A-Z][A-Z0-9_]*) = (\.\S*)")
KEY = re.compile(r"(\.\S*)(?: (=|!=|<=|>=|<|>) (.+))?")
PART = re.compile(r"\.(\w+)|\[(-?\d+)\]")
COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
UNSEEN = re.compile(r"<(script|style)\b.*?</\1>|<[^>]*>", re.DOTALL)
SHOWN = 120


class Missed(Exception):
    """What was expected and is not so; its text is told beside the step."""


@dataclass(frozen=True)
class Answer:
    """What a step brought: exit code or status, and what was said."""

    code: int
    text: str


Expected = Callable[[Answer], None]


@dataclass
class Step:
    """A command or a page, with the expectations below it."""

    line: int
    command: str = ""
    path: str = ""
    role: str = ""
    district: str = ""
    token: str = ""
    body: str = ""
    code: int = 0
    seconds: int = 0
    expected: list[str] = field(default_factory=list)
    kept: dict[str, str] = field(default_factory=dict)

    @property
    def what(self) -> str:
        """The step as it stands on the page."""
        if self.command:
            return f"$ {self.command}"
        if self.body:
            return f"POST {self.path} {self.body} with {self.token}"
        place = f" in {self.district}" if self.district else ""
        by = f" as {self.role}{place}" if self.role else f" with {self.token}" if self.token else ""
        return f"GET {self.path}{by}"


def steps(page: str) -> list[Step]:
    """The steps of a page in their order.

    Raises Refusal `walk_unreadable` with the line that is neither a step nor expected of one.
    """
    found: list[Step] = []
    for number, line in _lines(page):
        if not line.strip() or line.startswith("#"):
            continue
        if line[0] != " ":
            found.append(_step(number, line.rstrip()))
        elif found:
            _expect(found[-1], number, line.strip())
        else:
            raise _unreadable(number, line)
    return found


def _lines(page: str) -> Iterator[tuple[int, str]]:
    inside = False
    for number, line in enumerate(page.splitlines(), 1):
        if line.startswith(FENCE):
            inside = line.strip() == BLOCK
        elif inside:
            yield number, line


def _step(number: int, line: str) -> Step:
    if found := COMMAND.fullmatch(line):
        return Step(number, command=found["command"])
    if found := PAGE.fullmatch(line):
        path, role, district, token = (part or "" for part in found.groups())
        return Step(number, path=path, role=role, district=district, token=token, code=200)
    if found := SENT.fullmatch(line):
        return Step(number, path=found["path"], body=found["body"], token=found["token"], code=200)
    raise _unreadable(number, line)


def _unreadable(number: int, line: str) -> Refusal:
    return Refusal(
        "walk_unreadable",
        "走查稿第 {line} 行读不懂：{said}",
        fix="步骤顶格写，以“$ ”、“GET /”或“POST /”开头；期望写在下面，缩进两格",
        line=number,
        said=line.strip(),
    )


def _expect(step: Step, number: int, said: str) -> None:
    if found := (EXIT if step.command else STATUS).fullmatch(said):
        step.code = int(found[found.re.groups])
    elif found := WITHIN.fullmatch(said):
        step.seconds = int(found[1])
    elif found := KEEP.fullmatch(said):
        step.kept[found[1]] = found[2]
    elif said.startswith(".") and not _is_key(said):
        raise _unreadable(number, said)
    else:
        step.expected.append(said)


def _is_key(said: str) -> bool:
    """Whether it is a key, and what it is compared with is JSON; a kept name may stand for it."""
    found = KEY.fullmatch(said)
    if found is None or found[3] is None:
        return found is not None
    try:
        json.loads(NAME.sub("0", found[3]))
    except ValueError:
        return False
    return True


def check(step: Step, answer: Answer, kept: Mapping[str, str]) -> None:
    """Raises Missed with the first thing that is not as the page says."""
    if answer.code != step.code:
        raise Missed(f"{answer.code}, not {step.code}: {_shown(answer.text)}")
    for said in step.expected:
        _check_line(filled(said, kept), answer)


def kept_of(step: Step, answer: Answer) -> dict[str, str]:
    """What a step keeps for those after it."""
    return {name: _plain(_at(answer, path)) for name, path in step.kept.items()}


def filled(text: str, kept: Mapping[str, str]) -> str:
    """Names kept by earlier steps, put in; a name that nobody kept is a miss.

    >>> filled("/p/$BUSINESS", {"BUSINESS": "7K"})
    '/p/7K'
    """

    def value(found: re.Match[str]) -> str:
        if found[1] not in kept:
            raise Missed(f"no step has kept ${found[1]}")
        return kept[found[1]]

    return NAME.sub(value, text)


def _check_line(said: str, answer: Answer) -> None:
    if said.startswith("."):
        _check_key(said, answer)
    elif said.startswith("not "):
        if _holds(answer.text, said[4:]):
            raise Missed(f"holds “{said[4:]}”")
    elif not _holds(answer.text, said):
        raise Missed(f"no “{said}” in {_shown(answer.text)}")


def _check_key(said: str, answer: Answer) -> None:
    path, sign, wanted = KEY.fullmatch(said).groups()  # type: ignore[union-attr] # read as a key
    value = _at(answer, path)
    if sign and not _compares(COMPARE[sign], value, json.loads(wanted)):
        raise Missed(f"{path} is {_shown(json.dumps(value, ensure_ascii=False))}")


def _compares(holds: Callable[[Any, Any], bool], value: Any, wanted: Any) -> bool:
    try:
        return holds(value, wanted)
    except TypeError:
        return False


def _at(answer: Answer, path: str) -> Any:
    """The value at `.a.b[0]` of what was said in JSON."""
    try:
        value = json.loads(answer.text)
    except ValueError as error:
        raise Missed(f"no JSON: {_shown(answer.text)}") from error
    for name, index in PART.findall(path):
        try:
            value = value[name] if name else value[int(index)]
        except (LookupError, TypeError) as error:
            raise Missed(f"no {path} in {_shown(answer.text)}") from error
    return value


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _holds(text: str, said: str) -> bool:
    """Whether the words stand in what a person sees.

    >>> _holds("<p>ready <b>now</b> &amp; here</p>", "ready … & here")
    True
    """
    pattern = re.compile(".*".join(re.escape(part.strip()) for part in said.split("…")))
    return pattern.search(_seen(text)) is not None


def _seen(text: str) -> str:
    """A page without its marks; anything else as it came."""
    is_page = text.lstrip().startswith("<")
    return _squeezed(html.unescape(UNSEEN.sub(" ", text)) if is_page else text)


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def _shown(text: str) -> str:
    seen = _seen(text)
    return seen if len(seen) <= SHOWN else f"{seen[:SHOWN]}…"

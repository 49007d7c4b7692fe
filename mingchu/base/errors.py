"""Refusal 拒绝: what a person or program is told when mingchu will not do something.

`why` and `fix` are Chinese source sentences with `{name}` places, filled from `facts`; the edge
translates the sentence first and fills it afterwards, so one catalogue entry serves every case.
"""

from __future__ import annotations

from collections.abc import Callable


class Refusal(Exception):
    """Said no, with the reason and the way out; never a bug.

    `code` is stable snake_case, listed in `docs/errors.md`; `why` says what was wrong, `fix` how
    to mend it; `status` is the HTTP status at the edge (409 unless said otherwise).

    >>> no = Refusal("too_long", "名称有{n}个字", fix="最多{top}个字", n=90, top=80)
    >>> no.why, no.fix
    ('名称有90个字', '最多80个字')
    """

    def __init__(self, code: str, why: str, fix: str, *, status: int = 409, **facts: object):
        super().__init__(code)
        self.code = code
        self.why_source = why
        self.fix_source = fix
        self.status = status
        self.facts = facts

    @property
    def why(self) -> str:
        return self.said(str)[0]

    @property
    def fix(self) -> str:
        return self.said(str)[1]

    def said(self, translate: Callable[[str], str]) -> tuple[str, str]:
        """(why, fix) in the language of `translate`; a fact that is a list reads as one there."""
        facts = {name: _listed(fact, translate) for name, fact in self.facts.items()}
        return (
            translate(self.why_source).format(**facts),
            translate(self.fix_source).format(**facts),
        )

    def sentence(self, translate: Callable[[str], str]) -> str:
        """Both as one text: beside a field, in a message."""
        return translate("。").join(self.said(translate))

    def __str__(self) -> str:
        return f"{self.code}: {self.why} {self.fix}"


def _listed(fact: object, translate: Callable[[str], str]) -> object:
    return translate("、").join(map(str, fact)) if isinstance(fact, list | tuple) else fact

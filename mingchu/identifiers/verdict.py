"""Verdict 核验结论: what checking an identifier found, with its reasons and the way out.

Four results, from good to bad: ok, warning (take it, look again), needs_evidence (well formed, but
a check fails: such codes have really been issued, so the document decides), wrong. Sentences are
Chinese source texts with `{name}` places, as in `base.errors`; the edge translates them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from mingchu.base.errors import Refusal


def msgid(text: str) -> str:
    """Marks a source sentence for the catalogue; imported as `_`."""
    return text


_ = msgid


class Result(StrEnum):
    OK = "ok"
    WARNING = "warning"
    NEEDS_EVIDENCE = "needs_evidence"
    WRONG = "wrong"


SEVERITY = {result: place for place, result in enumerate(Result)}


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing noticed: `why` says what, `fix` how to mend it, `facts` fill their places."""

    code: str
    why_source: str
    fix_source: str
    result: Result
    facts: Mapping[str, str] = field(default_factory=dict)

    def given(self, **facts: object) -> Reason:
        return replace(self, facts={name: str(value) for name, value in facts.items()})

    @property
    def why(self) -> str:
        return self.why_source.format(**self.facts)

    @property
    def fix(self) -> str:
        return self.fix_source.format(**self.facts)

    def said(self, translate: Callable[[str], str]) -> tuple[str, str]:
        """(why, fix) in the language of `translate`."""
        return (
            translate(self.why_source).format(**self.facts),
            translate(self.fix_source).format(**self.facts),
        )


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found about one text, read as one kind of identifier.

    `value` is the normalised text to store, `normalised` what was mended on the way (`spaces`,
    `full_width`, `lower_case`, `hyphens`, `quote`), `candidates` what was perhaps meant.
    """

    kind: str
    given: str
    value: str
    result: Result = Result.OK
    reasons: tuple[Reason, ...] = ()
    normalised: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        return self.result is Result.OK

    @property
    def usable(self) -> bool:
        """May be stored: nothing is wrong, and nothing waits for a document."""
        return self.result in (Result.OK, Result.WARNING)

    @property
    def code(self) -> str:
        """The code of the gravest reason; `ok` where there is none."""
        return self.gravest.code if self.reasons else "ok"

    @property
    def gravest(self) -> Reason:
        return max(self.reasons, key=lambda reason: SEVERITY[reason.result])

    def said(self, translate: Callable[[str], str] = msgid) -> str:
        """All that was found, in words, the gravest first; empty for ok."""
        ordered = sorted(self.reasons, key=lambda reason: -SEVERITY[reason.result])
        return "".join("。".join(reason.said(translate)) + "。" for reason in ordered)

    def with_evidence(self) -> Verdict:
        """The verdict once an officer has seen the document: what waited for it is a warning."""
        seen = tuple(
            replace(reason, result=Result.WARNING)
            if reason.result is Result.NEEDS_EVIDENCE
            else reason
            for reason in self.reasons
        )
        return replace(self, reasons=seen, result=worst(seen))

    def required(self) -> str:
        """The value to store; a Refusal where it is wrong or waits for evidence."""
        if not self.usable:
            raise refused(self.gravest)
        return self.value


def worst(reasons: tuple[Reason, ...]) -> Result:
    return max((reason.result for reason in reasons), key=SEVERITY.__getitem__, default=Result.OK)


def refused(reason: Reason) -> Refusal:
    return Refusal(
        reason.code, reason.why_source, fix=reason.fix_source, status=422, **reason.facts
    )

"""Words of risk grades: whatever names a letter names its scale; reasons said from their facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from mingchu.base import clock
from mingchu.risk import rules
from mingchu.risk.domain.changing import CONDUCT, Change, changes
from mingchu.risk.domain.grading import DYNAMIC
from mingchu.risk.models import Grade, HygieneGrade, HygieneLetter, Letter
from mingchu.risk.queries.grades import Standing
from mingchu.rulebook.bands import is_number
from mingchu.rulebook.domain import Citation, Ruling
from mingchu.rulebook.kinds import Status
from mingchu.rulebook.scoring import Kind, told
from mingchu.rulebook.scoring.saying import band_said
from mingchu.rulebook.store import rule
from mingchu.rulebook.words import STATUS_SAYS, STATUSES, cited, reason_said
from mingchu.rulebook.words import words as said

MISSING: Mapping[str, Any] = {
    "profile": gettext_lazy("没有登记静态风险因素"),
    "kind": gettext_lazy("静态因素不是现在这个业态的"),
    "sheet": gettext_lazy("静态量化表在这一天没有施行"),
    "answers": gettext_lazy("静态因素没有填全，或者填的数不合量化表"),
    "visits": gettext_lazy("近一年没有检查记录"),
    "never": gettext_lazy("上次评定以后建档，还没有评定"),
}
# A single visit is called by the words of the letters, which the rule has in Chinese.
VISITS: Mapping[str, Any] = {
    **{str(letter.label): letter.label for letter in HygieneLetter},
    "不评定": pgettext_lazy("hygiene", "不评定"),
}
# The rule behind each reason that is no item of a sheet.
BEHIND = {
    DYNAMIC: rules.ITEM_POINTS,
    "raise": rules.RAISES,
    "lower": rules.LOWERS,
    "serious": rules.SERIOUS,
    "override": "grade.override_months",
}
# As runs keep the sheet of conduct, the third part of the draft of 2022.
DRAFT_SHEET = rules.DRAFT_CONDUCT.removeprefix("grade.")


def letter_name(letter: str) -> str:
    """A letter that says of itself which scale it is of."""
    if not letter:
        return _("没有风险等级")
    return _("风险%(letter)s级（%(name)s）") % {"letter": letter, "name": Letter(letter).label}


def letter_short(letter: str) -> str:
    return _("风险%(letter)s级") % {"letter": letter} if letter else _("没有风险等级")


def missing_name(code: str) -> str:
    return str(MISSING.get(code, code))


def hygiene_name(letter: str) -> str:
    if not letter:
        return _("量化等级：不评定")
    return _("量化%(letter)s级（%(name)s）") % {
        "letter": letter,
        "name": HygieneLetter(letter).label,
    }


def hygiene_visit(one: HygieneGrade) -> str:
    """What the last visit alone was; a word that a later rule brings is said as it stands there."""
    word = str(rule(rules.HYGIENE_VISIT).on(one.last_day).band(one.last_rate))
    return str(VISITS.get(word, word))


def visits_a_year(letter: str, day: date) -> str:
    """How often a letter is visited."""
    if not letter:
        return ""
    least = rule(rules.VISITS_MIN).on(day).choice(letter)
    most = rule(rules.VISITS_MAX).on(day).choice(letter)
    if most is None or most == least:
        return ngettext("每年至少检查%(n)s次", "每年至少检查%(n)s次", least) % {"n": least}
    return _("每年检查%(least)s至%(most)s次") % {"least": least, "most": most}


def often(grade: Grade) -> str:
    """How often whoever has this grade is visited, by the rules it was graded by."""
    return (visits_a_year if grade.conduct is None else draft_interval)(grade.letter, clock.today())


def draft_interval(letter: str, day: date) -> str:
    """How often a producer is visited by the draft of 2022."""
    if not letter:
        return ""
    return _("每%(n)s个月检查一次") % {"n": rule(rules.DRAFT_INTERVAL).on(day).choice(letter)}


def sheet_name(name: str, day: date) -> str:
    return said(rules.sheet(name, day).title) if name in rules.SHEET_RULES else name


@dataclass(frozen=True)
class Line:
    """A reason on screen: what it is about, its points of how much, why, and where that stands."""

    item: str
    name: str
    points: str
    max: str
    value: float
    why: str
    rule: str
    since: date
    cite: str
    status: str
    status_name: str
    status_says: str

    @property
    def has_points(self) -> bool:
        return bool(self.max != "0" or self.value)


def lines(reasons: Iterable[Mapping[str, Any]], sheet: str, found: Mapping[str, Any]) -> list[Line]:
    """Every reason of a grade; `found` is what its run went by."""
    items = {
        item["id"]: (item, ruling)
        for ruling in (_sheet_of(sheet, found), _sheet_of(DRAFT_SHEET, found))
        if ruling
        for item in ruling.value["items"]
    }
    return [
        _item_line(one, *items[one["item"]])
        if one["item"] in items
        else _other_line(one, _version(one["item"], found))
        for one in reasons
        if one["item"] in items or one["item"] in BEHIND
    ]


def behind(item: str, sheet: str, found: Mapping[str, Any]) -> str:
    """The rule that a reason stands on."""
    if item.startswith(f"{CONDUCT}_"):
        return rules.DRAFT_CONDUCT
    return BEHIND.get(item) or str(found[sheet]["rule"])


def _sheet_of(sheet: str, found: Mapping[str, Any]) -> Ruling | None:
    if sheet not in found:
        return None
    return rule(found[sheet]["rule"]).on(date.fromisoformat(found[sheet]["since"]))


def _version(item: str, found: Mapping[str, Any]) -> Ruling:
    """As the run had it; rules that speak of no number of theirs as they are today."""
    known = {one["rule"]: one["since"] for one in found.values()}
    rule_id = BEHIND[item]
    since = known.get(rule_id) or known[rules.BANDS]
    ruling: Ruling = rule(rule_id).on(max(date.fromisoformat(since), _begins(rule_id)))
    return ruling


def _begins(rule_id: str) -> date:
    return rule(rule_id).segments[0].begins


def _item_line(one: Mapping[str, Any], item: Mapping[str, Any], ruling: Ruling) -> Line:
    status = Status(item.get("status", ruling.status))
    cite = Citation(**item["cite"]) if "cite" in item else ruling.cite
    name = item["zh"] if _zh() else item["en"]
    return _line(one, name, reason_said(item, one["why"]), ruling, status, cite)


def _zh() -> bool:
    from django.utils.translation import get_language

    return (get_language() or "zh").startswith("zh")


def _other_line(one: Mapping[str, Any], ruling: Ruling) -> Line:
    name, why = OTHERS[one["item"]](one["why"], ruling)
    return _line(one, name, why, ruling, ruling.status, ruling.cite)


def _line(
    one: Mapping[str, Any], name: str, why: str, ruling: Ruling, status: Status, cite: Citation
) -> Line:
    shown = status is not Status.VERIFIED
    return Line(
        item=one["item"],
        name=name,
        points=told(one["points"]),
        max=told(one["max"]),
        value=float(one["points"]),
        why=why,
        rule=ruling.id,
        since=ruling.since,
        cite=cited(cite),
        status=str(status) if shown else "",
        status_name=str(STATUSES[status]) if shown else "",
        status_says=str(STATUS_SAYS[status]) if shown else "",
    )


def _dynamic(why: Mapping[str, Any], ruling: Ruling) -> tuple[str, str]:
    name = _("动态风险：近一年检查发现")
    if why["is"] == "new":
        return name, _("新开办，只按静态风险评定")
    points = ruling.value
    known = {**why, "key": told(points["key"]), "general": told(points["general"])}
    return name, (
        _(
            "%(visits)s次检查，重点项%(applicable_key)s项中%(failed_key)s项不符合（每项%(key)s分），"
            "一般项%(applicable_general)s项中%(failed_general)s项不符合（每项%(general)s分）"
        )
        % known
    )


def _raised(why: Mapping[str, Any], ruling: Ruling) -> tuple[str, str]:
    return _("调高情形"), _moved(why, ruling, _("调高%(n)s级") % {"n": why["levels"]})


def _lowered(why: Mapping[str, Any], ruling: Ruling) -> tuple[str, str]:
    if why["is"] == "blocked":
        return _("调低情形"), _moved(why, ruling, _("同时有调高情形，不予调低"))
    return _("调低情形"), _moved(why, ruling, _("调低%(n)s级") % {"n": why["levels"]})


def _moved(why: Mapping[str, Any], ruling: Ruling, what: str) -> str:
    names = _("；").join(said(rules.title(ruling, one)) for one in why["grounds"])
    if not why["levels"] and why["is"] != "blocked":
        what = _("还没有决定调整，或者决定不调")
    return _("：").join((names, what))


def _listed(why: Mapping[str, Any], ruling: Ruling) -> tuple[str, str]:
    name = letter_short(why["letter"])
    return _("严重违法失信名单"), _("在名单期间定为%(name)s") % {"name": name}


def _overridden(why: Mapping[str, Any], ruling: Ruling) -> tuple[str, str]:
    return _("人工调整"), _("定为%(name)s") % {"name": letter_short(why["letter"])}


OTHERS: Mapping[str, Any] = {
    DYNAMIC: _dynamic,
    "raise": _raised,
    "lower": _lowered,
    "serious": _listed,
    "override": _overridden,
}


# ── What would change a grade ──


@dataclass(frozen=True)
class Better:
    """One factor at its best, as a sentence: what it would take, and where that leads."""

    name: str
    gain: str
    takes: str
    letter: str
    letter_name: str


def better(known: Standing) -> list[Better]:
    """What would lower the points of a grade, the most first."""
    grade = known.grade
    if grade is None or not grade.letter or known.rules is None:
        return []
    ruling = _sheet_of(grade.sheet, known.rules)
    bands = _bands_of(known.rules, drafted=grade.conduct is not None)
    if ruling is None or grade.static is None:
        return []
    found = changes(
        ruling.value,
        known.answers or {},
        static=grade.static,
        dynamic=grade.dynamic,
        levels=grade.raised - grade.lowered,
        bands=bands.value,
        conduct=grade.conduct,
    )
    items = {item["id"]: item for item in ruling.value["items"]}
    # What somebody makes is his trade: nobody is told to make something else.
    trades = {name for name, item in items.items() if item["kind"] == Kind.CHOICE}
    return [_better(one, items.get(one.item)) for one in found if one.item not in trades]


def _bands_of(found: Mapping[str, Any], *, drafted: bool) -> Ruling:
    """The bands that a run went by, of the draft where it was graded by that."""
    rule_id = rules.DRAFT_BANDS if drafted else rules.BANDS
    known: Ruling = rule(rule_id).on(
        date.fromisoformat(found[rule_id.removeprefix("grade.")]["since"])
    )
    return known


def _better(one: Change, item: Mapping[str, Any] | None) -> Better:
    if one.item == CONDUCT:
        name, takes = _("通用信用风险"), _("没有新的处罚和迟报，移出名录")
    elif item is None:
        name, takes = _("动态风险：近一年检查发现"), _("今后一年的检查没有不符合项")
    else:
        name = item["zh"] if _zh() else item["en"]
        none = not one.at or one.at.get("to") == 0
        takes = _("没有这一项") if none else _("降到%(band)s一档") % {"band": band_said(one.at)}
    return Better(
        name=name,
        gain=told(one.gain),
        takes=takes,
        letter=one.letter,
        letter_name=letter_short(one.letter),
    )


def answers_said(known: Standing) -> Iterator[tuple[str, str]]:
    """What is known of the static factors, by name."""
    if known.grade is None or known.rules is None:
        return
    ruling = _sheet_of(known.grade.sheet, known.rules)
    for item in ruling.value["items"] if ruling else ():
        if item["id"] in (known.answers or {}):
            yield _named(item), _answer_said(item, (known.answers or {})[item["id"]])


def _named(one: Mapping[str, Any]) -> str:
    return str(one["zh"] if _zh() else one["en"])


def _answer_said(item: Mapping[str, Any], answer: Any) -> str:
    """A number as it is, what was chosen by its names."""
    if item["kind"] != Kind.CHOICE:
        return told(answer) if is_number(answer) else str(answer)
    chosen = answer if isinstance(answer, list) else [answer]
    return _("、").join(_named(one) for one in item["options"] if one["id"] in chosen)

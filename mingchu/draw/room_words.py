"""Words of the draw room: what each step is, what it fixed, what comes next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import pgettext_lazy

from mingchu.base import clock
from mingchu.draw import words
from mingchu.draw.models import Draw, DrawState
from mingchu.draw.outside import drand
from mingchu.draw.queries.room import Step

ACTS = {
    "draw_opened": pgettext_lazy("draw step", "拟定"),
    "draw_frozen": pgettext_lazy("done", "锁定名单"),
    "draw_thawed": pgettext_lazy("done", "退回重拟"),
    "draw_committed": pgettext_lazy("done", "公布承诺"),
    "draw_concluded": pgettext_lazy("done", "产生随机数，得出结果"),
    "stood_in": pgettext_lazy("done", "递补"),
    "draw_revealed": pgettext_lazy("done", "公开"),
    "draw_closed": pgettext_lazy("done", "办结"),
    "draw_voided": pgettext_lazy("done", "作废"),
}
STAGES = (
    (DrawState.DRAFT, _lazy("拟定")),
    (DrawState.FROZEN, _lazy("锁定名单")),
    (DrawState.COMMITTED, _lazy("公布承诺")),
    (DrawState.DRAWN, _lazy("抽取")),
    (DrawState.REVEALED, _lazy("公开")),
    (DrawState.CLOSED, _lazy("办结")),
)


@dataclass(frozen=True)
class Fact:
    """A line of a step; a digest is set apart, so that it can be read out in groups."""

    label: Any
    value: str
    is_digest: bool = False

    @property
    def groups(self) -> str:
        """Eight signs at a time."""
        return " ".join(self.value[at : at + 8] for at in range(0, len(self.value), 8))


@dataclass(frozen=True)
class Next:
    """What has to be done now, by whom, and what it will fix."""

    act: str
    title: Any
    says: Any
    button: Any = ""


def stages(draw: Draw) -> list[dict[str, Any]]:
    """The way of a draw, and how far it has come."""
    order = [state for state, _name in STAGES]
    reached = order.index(DrawState(draw.state)) if draw.state in order else -1
    return [
        {"name": name, "done": place < reached, "here": place == reached}
        for place, (_state, name) in enumerate(STAGES)
    ]


def next_of(draw: Draw) -> Next | None:
    """None where nothing follows."""
    if draw.lead and draw.state in (DrawState.COMMITTED, DrawState.DRAWN):
        follows = _("与 %(number)s 共用种子，随它一起抽取、一起公开。") % {
            "number": draw.lead.number
        }
        return Next("follow", _("等共用种子的抽取"), follows)
    return NEXT.get(DrawState(draw.state))


NEXT = {
    DrawState.DRAFT: Next(
        "freeze",
        _lazy("锁定名单和方案"),
        _lazy("对象、检查人员、回避和比例写成文件，各算一个摘要，得到登记号。承诺公布以前还可以退回重拟。"),
        _lazy("锁定名单"),
    ),
    DrawState.FROZEN: Next(
        "commit",
        _lazy("公布承诺"),
        _lazy("各文件的摘要和一个密封的随机数合成承诺，记入只增不改的登记簿。此后名单和方案谁也改不了。"),
        _lazy("公布承诺"),
    ),
    DrawState.COMMITTED: Next(
        "beacon",
        _lazy("产生随机数"),
        _lazy("现在按方案产生随机数，照实填写。填好即得出结果，不能再填第二次。"),
        _lazy("填好了，得出结果"),
    ),
    DrawState.DRAWN: Next(
        "reveal",
        _lazy("检查办结后公开"),
        _lazy("公开密封的随机数和证明包，任何人都能重抽一遍。检查没做完先不要公开，免得被查对象提前知道。"),
        _lazy("公开"),
    ),
    DrawState.REVEALED: Next(
        "close",
        _lazy("办结"),
        _lazy("检查任务都已完成、结果都已公示的，办结这次抽取。"),
        _lazy("办结"),
    ),
}  # fmt: skip


def facts(step: Step, draw: Draw) -> Iterator[Fact]:
    """What a step fixed."""
    if step.act in FIXED:
        yield from FIXED[step.act](step.data, draw)
    if reason := step.data.get("reason"):
        yield Fact(_("原因"), str(words.REASONS.get(reason) or reason))
    if step.data.get("late"):
        yield Fact(_("期限"), _("晚于承诺的最迟公开日"))


def _opened(_data: Mapping[str, Any], draw: Draw) -> Iterator[Fact]:
    yield Fact(_("名称"), draw.title)


def _frozen(data: Mapping[str, Any], _draw: Draw) -> Iterator[Fact]:
    yield Fact(_("登记号"), data["number"])
    for name, digest in data["files"]:
        yield Fact(words.FILES[name], digest, is_digest=True)


def _committed(data: Mapping[str, Any], _draw: Draw) -> Iterator[Fact]:
    yield Fact(_("承诺"), data["commitment"], is_digest=True)


def _concluded(data: Mapping[str, Any], draw: Draw) -> Iterator[Fact]:
    yield from found_facts(draw)
    yield Fact(_("抽中"), _("%(n)s 户") % {"n": data["drawn"]})
    yield Fact(_("结果文件的摘要"), data["result"], is_digest=True)


def _stood_in(data: Mapping[str, Any], _draw: Draw) -> Iterator[Fact]:
    yield Fact(_("换出"), data["out"])
    yield Fact(_("递补"), data["into"])


FIXED = {
    "draw_opened": _opened,
    "draw_frozen": _frozen,
    "draw_committed": _committed,
    "draw_concluded": _concluded,
    "stood_in": _stood_in,
}


def found_facts(draw: Draw) -> Iterator[Fact]:
    """What chance gave, source by source."""
    for one in draw.found or []:
        kind = words.SOURCES[one["kind"]]
        if one["kind"] == "dice":
            yield Fact(kind, one["throws"], is_digest=True)
        elif one["kind"] == "drand":
            yield Fact(kind, _("第 %(n)s 轮") % {"n": one["round"]})
            yield Fact(_("签名"), one["signature"], is_digest=True)
        elif one["kind"] == "lottery":
            said = " / ".join(" ".join(map(str, drawing)) for drawing in one["results"])
            yield Fact(kind, said)
        else:
            for share in one["shares"]:
                yield Fact(
                    _("留存信封") if share.get("withheld") else kind, share["value"], is_digest=True
                )


def announced(sources: Sequence[Mapping[str, Any]]) -> list[Fact]:
    """The sources of a plan; of a round also when it appears."""
    return [Fact(words.SOURCES[one["kind"]], _source(one)) for one in sources]


def _source(one: Mapping[str, Any]) -> str:
    if one["kind"] == "dice":
        return _("十面骰 %(n)s 次") % {"n": one["throws"]}
    if one["kind"] == "drand":
        at = clock.city(round_time(one))
        return _("第 %(n)s 轮，%(at)s 产生") % {"n": one["round"], "at": f"{at:%Y-%m-%d %H:%M:%S}"}
    if one["kind"] == "lottery":
        return " / ".join(one["names"])
    return _("、").join(party["name"] for party in one["parties"])


def round_time(source: Mapping[str, Any]) -> datetime:
    seconds = drand.QUICKNET_GENESIS + (source["round"] - 1) * drand.QUICKNET_PERIOD
    return datetime.fromtimestamp(seconds, UTC)

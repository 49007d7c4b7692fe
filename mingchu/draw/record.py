"""The record of a draw on paper 现场记录: each step with who, when and what it fixed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from mingchu.base import clock
from mingchu.draw import words
from mingchu.draw.models import Draw
from mingchu.draw.queries.room import Pool
from mingchu.draw.room_words import Fact, announced
from mingchu.kit.papers.documents import File, Part

LINES_TO_SIGN = 3


def record_of(
    draw: Draw, steps: Sequence[dict[str, Any]], pool: Pool | None, *, link: str, by: str
) -> File:
    """`steps` are in words, as the room shows them."""
    return File(
        title=_("随机抽取现场记录"),
        lead=draw.title,
        facts=_facts(draw, pool),
        parts=[
            _course(steps),
            Part(_("各步固定的内容"), (_("步骤"), _("内容")), list(_fixed(steps))),
            *([_strata(pool)] if pool else []),
            Part(_("签字"), paragraphs=[_line() for _number in range(LINES_TO_SIGN)]),
        ],
        link=link,
        foot=_("%(day)s 由%(name)s打印。电子记录在台账里，以台账为准") % {
            "day": clock.today(), "name": by,
        },
    )  # fmt: skip


def _facts(draw: Draw, pool: Pool | None) -> list[tuple[str, str]]:
    found = [
        (_("登记号"), draw.number or "—"),
        (_("状态"), str(draw.get_state_display())),
        (_("范围"), words.district(draw.district) if draw.district else _("全市")),
        (_("最迟公开日"), str(draw.reveal_by or "—")),
    ]
    if draw.campaign:
        found.append((_("联合任务"), draw.campaign))
    if pool:
        found += [(str(one.label), one.value) for one in announced(pool.plan["beacons"])]
        found.append((_("摘要算法"), pool.plan["algorithm"]))
    return found


def _course(steps: Sequence[dict[str, Any]]) -> Part:
    columns = (_("步骤"), _("时间"), _("经办"), _("见证签字"))
    return Part(_("经过"), columns, [_row(step) for step in steps])


def _row(step: dict[str, Any]) -> tuple[str, ...]:
    at = f"{clock.city(step['at']):%Y-%m-%d %H:%M:%S}"
    signed = _("、").join(f"{who} {clock.city(when):%H:%M}" for who, _post, when in step["signed"])
    return str(step["title"]), at, step["who"], signed or "—"


def _fixed(steps: Sequence[dict[str, Any]]) -> Iterable[tuple[str, str]]:
    for step in steps:
        for fact in step["facts"]:
            yield f"{step['title']} · {fact.label}", _value(fact)


def _value(fact: Fact) -> str:
    return fact.groups if fact.is_digest else fact.value


def _strata(pool: Pool) -> Part:
    rows = [
        (
            " · ".join(words.said(part, pool.plan) for part in one.stratum),
            str(one.size),
            f"{one.ppm / 10_000:g}%",
            str(one.count),
        )
        for one in pool.strata
    ]
    return Part(_("名额"), (_("分层"), _("户数"), _("比例"), _("名额")), rows)


def _line() -> str:
    return _("经办或见证人：____________________　单位：____________________　日期：______________")

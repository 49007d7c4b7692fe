"""The notice of grade 风险等级告知书: what a business is told on paper, each point with its law.

A paper of the bureau is in Chinese, whatever language whoever prints it reads.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as _noop

from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.kit.papers.documents import Letter, Part
from mingchu.kit.papers.typeset import Paper
from mingchu.registry.domain import public_id
from mingchu.registry.models import Business
from mingchu.registry.places import district_name
from mingchu.risk import rules, words
from mingchu.risk.models import Grade
from mingchu.risk.queries.grades import Standing
from mingchu.rulebook.scoring import told
from mingchu.rulebook.store import rule
from mingchu.rulebook.words import cited

LANGUAGE = "zh-hans"


def printed(business: Business, known: Standing, at: datetime | None = None) -> Paper:
    """The notice of the present grade; Refusal `nothing_to_notify` where there is none."""
    grade = known.grade
    if grade is None or not grade.letter:
        raise Refusal(
            "nothing_to_notify",
            _noop("还没有风险等级，没有可以告知的"),
            fix=_noop("请先补齐缺少的数据，评定以后再打印告知书"),
            status=409,
        )
    with translation.override(LANGUAGE):
        return _letter(business, known, grade).print(at)


def _letter(business: Business, known: Standing, grade: Grade) -> Letter:
    return Letter(
        title=_("食品安全风险等级告知书"),
        issuer=_("%(place)s市场监督管理局") % {"place": district_name(business.district)},
        number=_number(grade),
        to=business.name,
        day=_day(clock.today()),
        paragraphs=list(_paragraphs(known, grade)),
        facts=[
            (_("主体编号"), public_id(business.pk)),
            (_("经营地址"), business.address or "—"),
            (_("风险等级"), words.letter_name(grade.letter)),
            (_("风险分值"), _points(grade)),
        ],
        parts=[_every_point(known, grade)],
        foot=_("风险等级告知书 %(number)s") % {"number": _number(grade)},
    )


def _number(grade: Grade) -> str:
    return _("风险告知〔%(year)s〕%(n)s号") % {"year": grade.since.year, "n": grade.pk}


def _day(day: date) -> str:
    return _("%(year)s年%(month)s月%(day)s日") % {
        "year": day.year,
        "month": day.month,
        "day": day.day,
    }


def _points(grade: Grade) -> str:
    parts = [_("静态%(n)s分") % {"n": told(grade.static or 0)}]
    if grade.dynamic is None:
        parts.append(_("新开办，没有动态分"))
    else:
        parts.append(_("动态%(n)s分") % {"n": told(grade.dynamic)})
    if grade.conduct is not None:
        parts.append(_("通用信用风险%(n)s分") % {"n": told(grade.conduct)})
    return _("%(all)s分（%(parts)s）") % {
        "all": told(grade.points or 0),
        "parts": _("，").join(parts),
    }


def _paragraphs(known: Standing, grade: Grade) -> Iterator[str]:
    bands = rule(rules.BANDS).on(grade.since)
    yield _("根据%(law)s，自%(day)s起，你单位的食品安全%(name)s。") % {
        "law": cited(bands.cite),
        "day": _day(grade.since),
        "name": _("风险等级为%(letter)s级") % {"letter": grade.letter},
    }
    yield _("风险等级只说明监督检查的频次：%(often)s。它不是信用评价，也不说明卫生好坏。") % {
        "often": words.often(grade)
    }
    if grade.letter != grade.by_points:
        yield _("只按分值为%(name)s，调整的理由见下表。") % {
            "name": words.letter_short(grade.by_points)
        }
    if known.override_until:
        yield _("人工调整的理由：%(why)s；至%(day)s为止，到期后恢复按分值评定。") % {
            "why": known.override_why,
            "day": _day(known.override_until),
        }
    yield _(
        "对等级或者其中任何一项有异议的，可以登录平台在“我的风险等级”里提出，也可以向本局书面提出；"
        "本局答复并说明理由。"
    )


def _every_point(known: Standing, grade: Grade) -> Part:
    found = words.lines(grade.reasons, grade.sheet, known.rules or {})
    cites = list(dict.fromkeys(map(_cite, found)))
    return Part(
        _("每一分的来历"),
        (_("因素"), _("分值"), _("理由"), _("依据")),
        [
            (
                one.name,
                f"{one.points} / {one.max}" if one.has_points else "—",
                one.why,
                f"[{cites.index(_cite(one)) + 1}]",
            )
            for one in found
        ],
        [
            *(f"[{number}] {cite}" for number, cite in enumerate(cites, 1)),
            *(_unchecked() if any(one.status for one in found) else ()),
        ],
    )


def _unchecked() -> Iterator[str]:
    yield _("标明“演示值”等字样的依据还没有与文件原文核对。")


def _cite(line: words.Line) -> str:
    if not line.status:
        return line.cite
    return _("%(name)s（%(note)s）") % {"name": line.cite, "note": line.status_name}

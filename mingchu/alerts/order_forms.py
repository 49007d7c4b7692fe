"""Forms of orders: the filters of the list, and one form for each move by what it needs."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from mingchu.accounts.domain import Actor, ScopeKind
from mingchu.accounts.models import User
from mingchu.alerts import limits
from mingchu.alerts.domain.figures import BANDS
from mingchu.alerts.domain.states import REPORT, Move, Need, Way
from mingchu.alerts.models import Order
from mingchu.alerts.models.orders import LevelName, OrderStateName, OutcomeName
from mingchu.alerts.move_names import AUTHORITIES, SEVERITY_NAMES
from mingchu.alerts.order_words import band_name
from mingchu.alerts.performing import takes_files
from mingchu.alerts.queries import desks, orders
from mingchu.alerts.queries.orders import NOWHERE, READ, UNMERGED, Wanted
from mingchu.alerts.services.orders import CIVIL, NOTE_TOP
from mingchu.alerts.words import kind_names
from mingchu.kit.selects import Box
from mingchu.registry.choosing import AreaField, offer_areas
from mingchu.registry.desk_forms import FilesField
from mingchu.registry.forms import ALL
from mingchu.registry.forms import day as day_field
from mingchu.registry.places import DISTRICTS
from mingchu.registry.queries import AreaRow, areas

CODE = re.compile(r"[a-z0-9_]{1,40}")
WHOSE = [("mine", _("我承办的")), ("nobody", _("无人承办"))]
DUES = [
    ("overdue", _("已逾期")),
    ("in_time", _("未逾期")),
    ("today", _("今天截止")),
    ("untaken", _("待签收")),
    ("paused", _("计时中止")),
    ("ended", _("已了结")),
]
AGES = [(one.key, band_name(one)) for one in BANDS]
OUTCOMES = [(UNMERGED, _("不含并入其他工单的")), *OutcomeName.choices]
REPEATED = [("yes", _("又立同类工单")), ("no", _("没有再立"))]
PLACES = [*ALL, (NOWHERE, _("未划定旗县区")), *DISTRICTS.items()]
NO_STATION = (NOWHERE, _("不在监管所"))
SEVERITIES = [(str(code), label) for code, label in SEVERITY_NAMES.items()]


class OrderFindForm(forms.Form):
    """The filters of the list; all of it stands in the page's address."""

    whose = Box(label=_("承办"), required=False, choices=[*ALL, *WHOSE])
    due = Box(label=_("时限"), required=False, choices=[("", _("全部在办")), *DUES])
    state = Box(label=_("状态"), required=False, choices=[*ALL, *OrderStateName.choices])
    severity = Box(label=_("级别"), required=False, choices=[*ALL, *SEVERITIES])
    kind = forms.ChoiceField(label=_("事项"), required=False)
    district = Box(label=_("旗县区"), required=False, choices=PLACES)
    station = AreaField(label=_("监管所"), required=False)
    level = Box(label=_("层级"), required=False, choices=[*ALL, *LevelName.choices])
    age = Box(label=_("来了多久"), required=False, choices=[*ALL, *AGES])
    outcome = Box(label=_("结果"), required=False, choices=[*ALL, *OUTCOMES])
    ended_from = day_field(_("了结日期自"), required=False)
    ended_until = day_field(_("了结日期至"), required=False)
    repeated = Box(label=_("了结以后"), required=False, choices=[*ALL, *REPEATED])
    MORE = (
        *("kind", "district", "station", "level", "age"),
        *("outcome", "ended_from", "ended_until", "repeated"),
    )

    def __init__(self, said: Any, *, areas: tuple[AreaRow, ...], **more: Any):
        super().__init__(said, **more)
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)  # noqa: S101 tells the type checker
        kind.choices = [*ALL, *_kinds(self.data.get("kind", ""))]
        offer_areas(self, areas, ALL[0][1], NO_STATION)

    @property
    def first(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name not in self.MORE]

    @property
    def more(self) -> list[forms.BoundField]:
        return [self[name] for name in self.MORE]

    @property
    def asks_more(self) -> bool:
        return any(self.data.get(name) for name in self.MORE)

    @property
    def wanted(self) -> Wanted:
        """What was asked; a field that makes no sense asks nothing and says so beside itself."""
        self.is_valid()
        return Wanted(**{name: str(value) for name, value in self.cleaned_data.items() if value})


def _kinds(asked: str) -> list[tuple[str, str]]:
    """Every kind there is, and one that was: orders of it stay where they are."""
    known = kind_names()
    gone = bool(CODE.fullmatch(asked)) and asked not in known
    return [*known.items(), *([(asked, asked)] if gone else [])]


def _text(label: Any, rows: int = 4) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, max_length=NOTE_TOP, widget=widget)


NOTES: Mapping[Move, Any] = {
    Move.AWAIT_BUSINESS: _("要整改什么"),
    Move.SUBMIT: _("查到什么，怎么处置的"),
    Move.ANSWER: _("整改了什么"),
    Move.CLOSE: _("核查意见"),
    Move.SEND_BACK: _("还缺什么"),
    Move.TALK: _("约谈纪要"),
    Move.FALSE_ALARM: _("为什么是误报"),
}
PAPERS: Mapping[Move, Any] = {
    Move.AWAIT_BUSINESS: _("整改通知书"),
    Move.ANSWER: _("整改照片或材料"),
    Move.TALK: _("约谈记录"),
    Move.TRANSFER: _("移送回执"),
    Move.REFER_TO_POLICE: _("移送回执"),
}
DAYS: Mapping[Move, Any] = {
    Move.AWAIT_BUSINESS: _("整改期限"),
    Move.TALK: _("约谈日期"),
}


class MoveForm(forms.Form):
    """What a move needs, and nothing else; opened at a revision of the order."""

    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, said: Any, papers: Any, *, order: Order, way: Way, actor: Actor):
        super().__init__(said, papers, initial={"revision": order.revision})
        self.order, self.way, self.actor = order, way, actor
        makers: Mapping[Need, Callable[[], forms.Field]] = {
            Need.DAY: lambda: day_field(DAYS[way.move]),
            Need.GROUND: lambda: _choice(_("法定事由"), self._grounds()),
            Need.PERSON: lambda: _choice(_("接手人"), self._takers()),
            Need.TARGET: self._target,
            Need.AUTHORITY: lambda: _choice(_("部门"), self._authorities()),
            Need.RECEIPT: lambda: forms.CharField(label=_("回执编号"), max_length=60),
            Need.SEVERITY: lambda: _choice(_("级别"), SEVERITIES),
        }
        for need in way.needs:
            if need in makers:
                self.fields[need.value] = makers[need]()
        note = _text(NOTES.get(way.move, _("说明")))
        note.required = Need.NOTE in way.needs
        self.fields["note"] = note
        if takes_files(way.move):
            wanted = Need.EVIDENCE in way.needs and limits.wants_files(order.severity)
            self.fields["papers"] = FilesField(
                label=PAPERS.get(way.move, _("证据文件")),
                required=wanted,
                help_text=_("JPEG、PNG、WebP、HEIC 或 PDF；照片里的拍摄地点等信息会自动去除"),
            )

    def _grounds(self) -> list[tuple[str, str]]:
        articles = limits.pause_grounds().value
        names = limits.grounds(get_language() or "")
        return [
            (key, _("%(name)s（%(note)s）") % {"name": name, "note": articles[key]})
            for key, name in names.items()
        ]

    def _takers(self) -> list[tuple[str, str]]:
        found = desks.takers(self.order.district, self.order.station)
        return people_choices([one for one in found if one.pk != self.order.assignee_id])

    def _authorities(self) -> list[tuple[str, Any]]:
        known = CIVIL if self.way.move is Move.TRANSFER else tuple(AUTHORITIES)
        return [(code, AUTHORITIES[code]) for code in known]

    def _target(self) -> forms.Field:
        others = orders.others_of(self.order, self.actor.scopes_for(READ))
        offered = _("、").join(one.number for one in others)
        field = forms.CharField(label=_("并入哪张工单"), max_length=24)
        if offered:
            field.help_text = _("同一经营者在办的：%(numbers)s") % {"numbers": offered}
        return field


def _choice(label: Any, choices: Sequence[tuple[str, Any]]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=[("", "—"), *choices])


def people_choices(people: Sequence[User]) -> list[tuple[str, str]]:
    """People by name; who share one are told apart by their log-in name."""
    names = [one.name for one in people]
    return [
        (str(one.pk), one.name if names.count(one.name) == 1 else _with_log_in(one))
        for one in people
    ]


def _with_log_in(one: User) -> str:
    return _("%(name)s（%(note)s）") % {"name": one.name, "note": one.username}


class GiveForm(forms.Form):
    """Whom something is given to, of those who may have it."""

    taker = forms.ChoiceField(label=_("接手人"))
    note = _text(_("说明"), 2)

    def __init__(self, *said: Any, people: Sequence[User], **more: Any):
        super().__init__(*said, **more)
        self.people = {str(one.pk): one for one in people}
        self.fields["note"].required = False
        for name in ("taker", *(["giver"] if "giver" in self.fields else [])):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 tells the type checker
            field.choices = [("", "—"), *people_choices(people)]


class DeskForm(GiveForm):
    """A whole desk: whose, and to whom."""

    giver = forms.ChoiceField(label=_("移交人"))
    field_order = ("giver", "taker", "note")


class ReportForm(forms.Form):
    """What somebody saw: at which business or in which station's area, and what."""

    business = forms.CharField(
        label=_("经营者"),
        max_length=120,
        required=False,
        help_text=_("统一社会信用代码、档案编号或完整名称；不是某一户的可不填"),
    )
    station = forms.ChoiceField(label=_("监管所"))
    note = _text(_("看到什么"))
    papers = FilesField(
        label=_("现场照片"),
        required=False,
        help_text=_("不强求拍照；照片里的拍摄地点等信息会自动去除"),
    )

    def __init__(self, *said: Any, actor: Actor, **more: Any):
        super().__init__(*said, **more)
        found = areas(actor.scopes_for(REPORT))
        known = {one.code: one.name for one in found if one.kind == ScopeKind.STATION}
        for scope in actor.scopes_for(REPORT):
            if scope.kind is ScopeKind.STATION:
                known.setdefault(scope.code, scope.code)
        field = self.fields["station"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 tells the type checker
        field.choices = list(known.items())

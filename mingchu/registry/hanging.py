"""What the registry hangs into the pages of others: figures, map, tasks, front door, sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_noop, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from mingchu.accounts import places as where
from mingchu.accounts.domain import Actor
from mingchu.base import clock
from mingchu.base.slots import (
    FIGURES,
    FRONT,
    MEASURES,
    NAVIGATION,
    SENTENCES,
    TASKS,
    Figure,
    FigureValue,
    Measure,
    NavigationItem,
    Piece,
    Sentence,
    Task,
)
from mingchu.base.states import STATES
from mingchu.kit.drawn import drawn
from mingchu.registry import domain, models, moves, places, queries, rules
from mingchu.registry.words import FIELD_NAMES

HEADLINE_KINDS = (
    ("producer", _("食品生产者")),
    ("seller", _("食品销售者")),
    ("caterer", _("餐饮服务提供者")),
    ("canteen", _("集中用餐单位食堂")),
)


def hang() -> None:
    """Called once, when the app is ready."""
    NAVIGATION.add(
        "registry.businesses",
        NavigationItem(pgettext_lazy("menu", "经营者"), "registry:businesses", "registry.read"),
        order=100,
    )
    NAVIGATION.add(
        "registry.plans",
        NavigationItem(pgettext_lazy("menu", "到期计划"), "registry:plans", "registry.read"),
        order=110,
    )
    FRONT.add("registry.search", Piece(_search_box, "above"))
    where.PLACES.add("business", queries.locate)
    where.PLACES.add("district", places.locate)
    where.PLACES.add("station", queries.locate_stations)
    _hang_figures()
    _hang_tasks()
    STATES.add("registry.Business", moves.BUSINESS)
    STATES.add("registry.Licence", moves.LICENCE)
    STATES.add("registry.Inquiry", moves.INQUIRY)
    for sentence in SAID:
        SENTENCES.add(sentence.kind, sentence)


def _search_box(request: HttpRequest) -> SafeString:
    action = reverse("registry:public_search")
    return drawn("_search.html", {"action": action}, request)


def _hang_tasks() -> None:
    inquiries = partial(reverse, "registry:planning", args=["inquiries"])
    unseen = partial(reverse, "registry:unseen")
    for key, title, action, rows, href in (
        ("answered", _("待核对的材料补正"), "registry.write", _answered, inquiries),
        ("unseen", _("待核对的健康证明"), "registry.write", _unseen, unseen),
        ("expiring", _("有证件将到期的经营者"), "registry.read", _expiring, _expiring_rows),
    ):
        TASKS.add(f"registry.{key}", Task(title, action, rows, href))


def _hang_figures() -> None:
    FIGURES.add(
        "businesses",
        Figure(
            "businesses",
            _("在营的食品经营主体"),
            _("户"),
            _("主体库中经营状态为“在营”的经营者"),
            _all_open,
        ),
        order=10,
    )
    for place, (kind, title) in enumerate(HEADLINE_KINDS, 11):
        FIGURES.add(
            f"businesses.{kind}",
            Figure(
                f"businesses.{kind}",
                title,
                _("户"),
                _("其中主要业态属于此类的"),
                _of_kind(kind),
            ),
            order=place,
        )
    MEASURES.add(
        "registry.businesses",
        Measure(
            "registry.businesses",
            _("在营的食品经营主体"),
            _("户"),
            _("主体库中经营状态为“在营”的经营者，按监管辖区计"),
            lambda day: queries.counted_by("district"),
            lambda code: _rows("businesses", district=code),
        ),
        order=10,
    )


def _rows(page: str, **asked: str) -> str:
    query = {name: value for name, value in {"state": "open", **asked}.items() if value}
    return f"{reverse(f'registry:{page}')}?{urlencode(query)}"


def _all_open(day: date) -> FigureValue:
    count = sum(queries.counted_by("kind").values())
    return FigureValue(count, rows=_rows("businesses"), public_rows=_rows("public_search"))


def _of_kind(kind: str) -> Any:
    def count(day: date) -> FigureValue:
        return FigureValue(
            queries.counted_by("kind").get(kind, 0),
            rows=_rows("businesses", kind=kind),
            public_rows=_rows("public_search", kind=kind),
        )

    return count


def _answered(actor: Actor) -> QuerySet[models.Inquiry]:
    scopes = actor.scopes_for("registry.write")
    return queries.inquiries(scopes, [models.InquiryState.ANSWERED])


def _unseen(actor: Actor) -> QuerySet[models.HealthCertificate]:
    return queries.unseen_certificates(actor.scopes_for("registry.write"))


def _expiring(actor: Actor) -> QuerySet[models.Business]:
    return queries.expiring(actor.scopes_for("registry.read"), _expired_by())


def _expiring_rows() -> str:
    return _rows("businesses", expires_before=_expired_by().isoformat(), sort="expires")


def _expired_by() -> date:
    return clock.today() + timedelta(days=rules.expiring_days(clock.today()))


# How the registry's entries read on a timeline.


def _state_name(code: str) -> str:
    return str(models.State(code).label)


def _licence_name(code: str) -> str:
    return str(models.LicenceKind(code).label)


def _corrected(data: Mapping[str, Any]) -> str:
    fields = gettext("、").join(str(FIELD_NAMES.get(name, name)) for name in data["fields"])
    return gettext("更正了%(fields)s：%(why)s") % {"fields": fields, "why": data["why"]}


def _moved(data: Mapping[str, Any]) -> str:
    return gettext("辖区由%(before)s变更为%(after)s") % {
        "before": places.district_name(data["from_district"]),
        "after": places.district_name(data["district"]),
    }


def _state_changed(data: Mapping[str, Any]) -> str:
    return gettext("经营状态由%(before)s变更为%(after)s：%(why)s") % {
        "before": _state_name(data["before"]),
        "after": _state_name(data["state"]),
        "why": data["why"],
    }


def _granted(data: Mapping[str, Any]) -> str:
    if data["expires"]:
        return gettext("登记%(kind)s，有效期至%(day)s") % {
            "kind": _licence_name(data["licence_kind"]),
            "day": data["expires"],
        }
    return gettext("登记%(kind)s") % {"kind": _licence_name(data["licence_kind"])}


def _licence_changed(data: Mapping[str, Any]) -> str:
    return gettext("%(kind)s变更为%(state)s：%(why)s") % {
        "kind": _licence_name(data["licence_kind"]),
        "state": models.LicenceState(data["state"]).label,
        "why": data["why"],
    }


def _licence_altered(data: Mapping[str, Any]) -> str:
    fields = gettext("、").join(str(FIELD_NAMES.get(name, name)) for name in data["fields"])
    told = gettext("变更%(kind)s的%(fields)s") % {
        "kind": _licence_name(data["licence_kind"]),
        "fields": fields,
    }
    return _because(told, data)


def _affiliated(data: Mapping[str, Any]) -> str:
    if data["head"] is None:
        return _because(gettext("不再隶属总部"), data)
    told = gettext("成为%(other)s的分支机构") % {"other": domain.public_id(data["head"])}
    return _because(told, data)


def _licence_withdrawn(data: Mapping[str, Any]) -> str:
    return gettext("撤销登记的%(kind)s：%(why)s") % {
        "kind": _licence_name(data["licence_kind"]),
        "why": data["why"],
    }


def _area_named(data: Mapping[str, Any]) -> str:
    if data["before"]:
        return gettext("区域%(code)s由%(before)s改名为%(name)s") % data
    return gettext("登记区域%(code)s：%(name)s") % data


def _use_name(code: str) -> str:
    return str(models.Use(code).label)


def _because(said: str, data: Mapping[str, Any]) -> str:
    return gettext("%(said)s：%(why)s") % {"said": said, "why": data["why"]}


def _premises_changed(data: Mapping[str, Any]) -> str:
    fields = gettext("、").join(str(FIELD_NAMES.get(name, name)) for name in data["fields"])
    return _because(gettext("变更经营场所的%(fields)s") % {"fields": fields}, data)


def _with_other(said: str, name: str) -> Callable[[Mapping[str, Any]], str]:
    """A sentence that names another file by its number."""

    def say(data: Mapping[str, Any]) -> str:
        told = gettext(said) % {"other": domain.public_id(data[name])}
        return _because(told, data) if "why" in data else told

    return say


SAID = (
    Sentence("registry.business_enrolled", lambda data: gettext("建档")),
    Sentence("registry.business_corrected", _corrected),
    Sentence("registry.business_moved", _moved),
    Sentence("registry.business_state_changed", _state_changed),
    Sentence(
        "registry.business_closed",
        lambda data: gettext("关闭：%(why)s") % {"why": data["why"]},
    ),
    Sentence(
        "registry.business_withdrawn",
        lambda data: gettext("撤销建档：%(why)s") % {"why": data["why"]},
    ),
    Sentence("registry.licence_granted", _granted),
    Sentence("registry.licence_withdrawn", _licence_withdrawn),
    Sentence("registry.licence_state_changed", _licence_changed),
    Sentence("registry.person_posted", lambda data: gettext("登记一名从业人员")),
    Sentence("registry.person_left", lambda data: gettext("一名从业人员离岗")),
    Sentence("registry.person_corrected", lambda data: _because(gettext("更正从业人员信息"), data)),
    Sentence(
        "registry.person_withdrawn",
        lambda data: _because(gettext("撤销登记的从业人员"), data),
    ),
    Sentence(
        "registry.health_certificate_kept",
        lambda data: gettext("登记健康证明，有效期至%(day)s") % {"day": data["until"]},
    ),
    Sentence(
        "registry.health_certificate_seen",
        lambda data: _because(
            gettext("健康证明核对通过") if data["good"] else gettext("健康证明核对未通过"), data
        ),
    ),
    Sentence(
        "registry.training_recorded",
        lambda data: gettext("登记培训%(hours)s学时") % {"hours": data["hours"]},
    ),
    Sentence(
        "registry.exam_recorded",
        lambda data: gettext("考核合格") if data["passed"] else gettext("考核不合格"),
    ),
    Sentence(
        "registry.licence_placed",
        lambda data: _because(gettext("确定证件的经营场所"), data),
    ),
    Sentence(
        "registry.licence_followed_up",
        lambda data: _because(gettext("完成告知承诺后的核查"), data),
    ),
    Sentence(
        "registry.premises_added",
        lambda data: _because(
            gettext("增加经营场所（%(use)s）") % {"use": _use_name(data["use"])}, data
        ),
    ),
    Sentence("registry.premises_changed", _premises_changed),
    Sentence(
        "registry.business_handed_on", _with_other(gettext_noop("由%(other)s接手"), "to_business")
    ),
    Sentence(
        "registry.business_taken_over",
        _with_other(gettext_noop("接手%(other)s的经营场所"), "from_business"),
    ),
    Sentence("registry.businesses_merged", _with_other(gettext_noop("并入档案%(other)s"), "gone")),
    Sentence("registry.area_named", _area_named),
    Sentence("registry.area_dropped", lambda data: gettext("删除区域%(code)s") % data),
    Sentence("registry.merge_undone", _with_other(gettext_noop("撤回合并%(other)s"), "gone")),
    Sentence("registry.licence_changed", _licence_altered),
    Sentence("registry.business_affiliated", _affiliated),
    Sentence(
        "registry.found_not_same", _with_other(gettext_noop("认定与%(other)s不重复"), "other")
    ),
    Sentence(
        "registry.not_same_taken_back",
        _with_other(gettext_noop("撤回与%(other)s不重复的认定"), "other"),
    ),
)

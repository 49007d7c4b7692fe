"""What an officer at the door should know first, read off the lines of a file."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from mingchu.registry.domain import State
from mingchu.registry.dossier.lines import Dossier, LicenceLine, Warn

WORKING = (State.OPEN, State.SEASONAL)


def warns(file: Dossier) -> list[Warn]:
    """The grave ones first."""
    found = [*_of_licences(file), *_of_people(file), *_of_inquiries(file)]
    return sorted(found, key=lambda warn: warn.level)


def _of_licences(file: Dossier) -> Iterator[Warn]:
    for one in file.licences:
        if not one.ended and (warn := _of_licence(one)):
            yield warn
    if file.state in WORKING and file.licences and all(one.ended for one in file.licences):
        yield Warn("bad", _("在营，但没有未终止的证件"), "#licences")


def _of_licence(one: LicenceLine) -> Warn | None:
    told = {"kind": one.kind, "left": one.left}
    if one.standing == "suspended":
        return Warn("bad", _("%(kind)s暂扣中") % told, "#licences")
    if one.rung == "bad":
        return Warn("bad", _("%(kind)s%(left)s") % told, "#licences")
    if one.follow_up_late:
        return Warn("bad", _("%(kind)s的承诺后核查已逾期") % told, "#licences")
    if one.rung != "good":
        return Warn("warn", _("%(kind)s%(left)s") % told, "#licences")
    return None


def _of_people(file: Dossier) -> Iterator[Warn]:
    expired = sum(one.health_state == "bad" for one in file.people)
    if expired:
        yield Warn("bad", _("%(count)s 人健康证明过期") % {"count": expired}, "#people")
    if grave := sum(one.grave for one in file.lacks):
        yield Warn("bad", _("主体责任欠缺 %(count)s 项") % {"count": grave}, "#lacks")
    if waiting := sum(len(one.unseen) for one in file.people):
        yield Warn("warn", _("%(count)s 份健康证明待核对") % {"count": waiting}, "#people")


def _of_inquiries(file: Dossier) -> Iterator[Warn]:
    if late := sum(one.late for one in file.inquiries):
        yield Warn("bad", _("%(count)s 项补正逾期未答复") % {"count": late}, "#inquiries")

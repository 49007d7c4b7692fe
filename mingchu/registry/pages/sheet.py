"""The file on one sheet of A4, to take along to the door."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mingchu.accounts.access import actor_of, requires
from mingchu.accounts.domain import Actor
from mingchu.accounts.services import log_view
from mingchu.base import clock
from mingchu.kit.papers.documents import File, Part
from mingchu.kit.papers.typeset import Paper
from mingchu.registry import domain, dossier, timeline
from mingchu.registry.dossier import Dossier
from mingchu.registry.pages.common import found
from mingchu.registry.queries import past


class Room(NamedTuple):
    """How much is set: rows of each table, characters of a cell; what is left out is counted."""

    licences: int
    places: int
    people: int
    lines: int
    cell: int


# The first that fits on one sheet is taken.
ROOMS = (Room(6, 4, 10, 5, 40), Room(5, 3, 7, 3, 24), Room(3, 2, 4, 2, 16))


@requires("registry.read")
@require_safe
def sheet(request: HttpRequest, number: int) -> HttpResponse:
    """The file as a PDF of one page, with the QR code of its public page."""
    known = found(request, number, "registry.read")
    actor = actor_of(request)
    scopes = actor.scopes_for("registry.read")
    file = dossier.write(past.file_now(known), scopes)
    if file.people:
        log_view(actor, domain.subject(number), "registry.people")
    link = request.build_absolute_uri(reverse("registry:public_business", args=[known.pk]))
    paper = _printed(file, link, actor)
    answer = HttpResponse(paper.pdf, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{known.public_id}.pdf"'
    return answer


def _printed(file: Dossier, link: str, by: Actor) -> Paper:
    for room in ROOMS:
        paper = _file(file, link, by, room).print()
        if paper.pages == 1:
            break
    return paper


def _file(file: Dossier, link: str, by: Actor, room: Room) -> File:
    day = clock.today()
    lead = " · ".join(
        filter(None, (file.state_name, file.kind_name, file.district, _short(file.sign, room.cell)))
    )
    foot = _("%(day)s 由%(name)s打印，供内部使用") % {"day": day, "name": by.name}
    return File(
        title=_short(file.name, 2 * room.cell),
        facts=[(one.label, _value(one, room)) for one in (*file.who, *file.door)],
        parts=[part for part in _parts(file, by, room) if part.rows or part.paragraphs],
        lead=lead,
        link=link,
        foot=foot,
    )


def _value(one: dossier.Fact, room: Room) -> str:
    refs = _("、").join(ref.name for ref in one.refs[:3])
    return _short(" ".join(filter(None, (one.value, refs, one.warn, one.note))), room.cell)


def _parts(file: Dossier, by: Actor, room: Room) -> Iterator[Part]:
    yield Part(
        _("许可与登记"),
        (_("证件种类"), _("证件编号"), _("许可项目"), _("有效期至"), _("状态")),
        [
            (
                one.kind,
                one.number,
                _short(one.items, room.cell) or "—",
                one.expires or "—",
                f"{one.standing_name} {one.left}",
            )
            for one in file.licences[: room.licences]
        ],
        _rest(len(file.licences) - room.licences),
    )
    yield Part(
        _("经营场所"),
        (_("地址"), _("用途"), _("时段")),
        [
            (_short(one.address, room.cell), one.use, _short(one.hours, room.cell) or "—")
            for one in [one for one in file.premises if not one.until][: room.places]
        ],
        _rest(len([one for one in file.premises if not one.until]) - room.places),
    )
    yield Part(
        _("从业人员"),
        (_("姓名"), _("职责"), _("健康证明"), _("本年学时"), _("最近考核")),
        [
            (
                _short(one.name, room.cell),
                one.duties,
                f"{one.health_until} {one.health}",
                one.hours,
                one.exam,
            )
            for one in file.people[: room.people]
        ],
        _rest(len(file.people) - room.people),
    )
    told = timeline.told({file.business.pk: ""}, by, limit=room.lines)
    yield Part(
        _("最近动态"),
        paragraphs=[
            f"{clock.city(one.at):%Y-%m-%d} {_short(one.text, room.cell + 20)}"
            for one in told.lines
        ],
    )


def _rest(count: int) -> list[str]:
    """What the sheet has no room for is said, not hidden."""
    return [_("另有 %(count)s 项，见系统内档案") % {"count": count}] if count > 0 else []


def _short(text: str, top: int) -> str:
    return text if len(text) <= top else f"{text[: top - 1]}…"

"""The file on one sheet of A4, to take along to the door."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mingchu.accounts.access import actor_of, requires
from mingchu.accounts.domain import Actor
from mingchu.accounts.services import log_view
from mingchu.base import clock
from mingchu.kit.papers.documents import File, Part
from mingchu.registry import domain, dossier, timeline
from mingchu.registry.dossier import Dossier
from mingchu.registry.pages.common import found
from mingchu.registry.queries import past

# What fits on one sheet; what is left out is counted below its table.
LICENCES, PLACES, PEOPLE, LINES = 6, 4, 8, 5


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
    paper = _file(file, link, actor).print()
    answer = HttpResponse(paper.pdf, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{known.public_id}.pdf"'
    return answer


def _file(file: Dossier, link: str, by: Actor) -> File:
    day = clock.today()
    lead = " · ".join(filter(None, (file.state_name, file.kind_name, file.district, file.sign)))
    foot = _("%(day)s 由%(name)s打印，供内部使用") % {"day": day, "name": by.name}
    return File(
        title=file.name,
        facts=[(one.label, _value(one)) for one in (*file.who, *file.door)],
        parts=[part for part in _parts(file, by) if part.rows or part.paragraphs],
        lead=lead,
        link=link,
        foot=foot,
    )


def _value(one: dossier.Fact) -> str:
    refs = "、".join(ref.name for ref in one.refs[:3])
    return " ".join(filter(None, (one.value, refs, one.warn, one.note)))


def _parts(file: Dossier, by: Actor) -> Iterator[Part]:
    yield Part(
        _("许可与登记"),
        (_("证件种类"), _("证件编号"), _("许可项目"), _("有效期至"), _("状态")),
        [
            (
                one.kind,
                one.number,
                _short(one.items, 40) or "—",
                one.expires or "—",
                f"{one.standing_name} {one.left}",
            )
            for one in file.licences[:LICENCES]
        ],
        _rest(len(file.licences) - LICENCES),
    )
    yield Part(
        _("经营场所"),
        (_("地址"), _("用途"), _("时段")),
        [
            (one.address, one.use, one.hours or "—")
            for one in [one for one in file.premises if not one.until][:PLACES]
        ],
        _rest(len([one for one in file.premises if not one.until]) - PLACES),
    )
    yield Part(
        _("从业人员"),
        (_("姓名"), _("职责"), _("健康证明"), _("本年学时"), _("最近考核")),
        [
            (one.name, one.duties, f"{one.health_until} {one.health}", one.hours, one.exam)
            for one in file.people[:PEOPLE]
        ],
        _rest(len(file.people) - PEOPLE),
    )
    told = timeline.told({file.business.pk: ""}, by.scopes_for("registry.read"), limit=LINES)
    yield Part(
        _("最近动态"),
        paragraphs=[f"{clock.city(one.at):%Y-%m-%d} {_short(one.text, 60)}" for one in told.lines],
    )


def _rest(count: int) -> list[str]:
    """What the sheet has no room for is said, not hidden."""
    return [_("另有 %(count)s 项，见系统内档案") % {"count": count}] if count > 0 else []


def _short(text: str, top: int) -> str:
    return text if len(text) <= top else f"{text[: top - 1]}…"

"""Sweep 清查: many that could not be found are marked at once, with what shows that one looked.

The same photos are evidence of every business that is marked: of each the entry names them by id
and salted digest, and whoever may open its file may see them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as _noop

from mingchu.accounts.domain import Actor
from mingchu.base.errors import Refusal
from mingchu.kit.files import keeping
from mingchu.kit.models import Attachment, Upload
from mingchu.ledger.services import caused_by
from mingchu.registry import domain
from mingchu.registry.models import Business, State
from mingchu.registry.services import checking
from mingchu.registry.services.bounds import too_long
from mingchu.registry.services.correcting import put_state, tell_state
from mingchu.registry.services.editing import editing

SWEEP_TOP = 500
# Both stand in one sentence of the entry, which holds `checking.WHY_TOP`.
SWEEP_WHY_TOP, SWEEP_EVIDENCE_TOP = 60, 120
EVIDENCE_ROLE = "visit_evidence"
# The sender's own file name may be anybody's name; people read this one in the file of a business.
EVIDENCE_NAME = "查无下落{day}-{place}"


@dataclass
class Swept:
    """Who was marked, and who was left as he is, with the reason."""

    done: list[Business] = field(default_factory=list)
    left: list[tuple[Business, Refusal]] = field(default_factory=list)


@transaction.atomic
def sweep_not_found(
    *,
    numbers: Collection[int],
    since: date,
    why: str,
    evidence: str,
    files: Sequence[Upload] = (),
    by: Actor | None = None,
) -> Swept:
    """Marks many as not to be found 查无下落 after a visit in vain; `evidence` says what was seen,
    `files` show it.

    Whoever cannot be is left as he is and told with the reason; the others are marked.
    """
    _check_said(why, evidence)
    if len(numbers) > SWEEP_TOP:
        raise Refusal(
            "sweep_too_many",
            _noop("一次最多处理{top}户"),
            fix=_noop("请再加条件缩小范围，或分几次办理"),
            status=422,
            top=SWEEP_TOP,
        )
    checking.not_later(since, _noop("状态起始日"))
    swept, said = Swept(), f"{why}：{evidence}"
    for business in Business.objects.filter(pk__in=numbers).order_by("pk"):
        papers = _papers(business, files, since, by)
        try:
            swept.done.append(_sweep(business, since, said, papers))
        except Refusal as refusal:
            swept.left.append((business, refusal))
    return swept


def _check_said(why: str, evidence: str) -> None:
    if not why.strip():
        raise checking.missing(_("理由"))
    if not evidence.strip():
        raise Refusal(
            "no_evidence",
            _noop("没有写明查找经过"),
            fix=_noop("请写明哪天由谁到场、看到什么；有照片的一并附上"),
            status=422,
        )
    for said, top, what in (
        (why, SWEEP_WHY_TOP, _("理由")),
        (evidence, SWEEP_EVIDENCE_TOP, _("查找经过")),
    ):
        if len(said) > top:
            raise too_long(len(said), top, what)


def _papers(
    business: Business, files: Sequence[Upload], since: date, by: Actor | None
) -> list[Attachment]:
    return [
        keeping.evidence(
            upload=one,
            subject=domain.subject(business.pk),
            role=EVIDENCE_ROLE,
            name=EVIDENCE_NAME.format(day=since, place=place),
            by=by,
        )
        for place, one in enumerate(files, 1)
    ]


def _sweep(business: Business, since: date, why: str, papers: Sequence[Attachment]) -> Business:
    with editing(business.pk, why=why) as edit:
        before = edit.business.state
        if before == State.NOT_FOUND:
            raise Refusal(
                "not_found_already",
                _noop("此前已标记为查无下落"),
                fix=_noop("无需重复标记"),
            )
        put_state(edit, State.NOT_FOUND, since)
        entry = tell_state(edit.business, before, why, papers)
        with caused_by(entry.pk):
            keeping.attach_many(papers)
    return edit.business

"""What is done with a letter, one function for each official act; which is open when stands in
`domain.states`."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as _noop

from mingchu.accounts.domain import Actor, Place, may
from mingchu.accounts.models import User
from mingchu.accounts.queries import actor_for
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.complaints import queries, rules
from mingchu.complaints.models import Complaint
from mingchu.complaints.services.stepping import check_note, held, step
from mingchu.registry.services.checking import missing
from mingchu.rulebook.domain import Ruling

HANDLE, ASSIGN = "complaints.handle", "complaints.assign"


# Whose it is


@transaction.atomic
def take(*, complaint: Complaint, by: Actor) -> Complaint:
    """From now on it is the actor's to answer for; the handler alone sees who wrote."""
    found = held(complaint, "take", by, own=False)
    if found.handler_id and found.handler_id != by.user_id:
        raise Refusal(
            "has_a_handler",
            _noop("这件投诉举报已有承办人"),
            fix=_noop("请由承办人移交，或由有分派权限的岗位转给您"),
        )
    _check_impartial(found, by.user_id)
    return step(found, "take", by=by, handler_id=by.user_id)


@transaction.atomic
def hand_over(*, complaint: Complaint, to: User, by: Actor | None, note: str = "") -> Complaint:
    """Somebody else answers for it: given by its handler, or by whoever assigns work there."""
    found = held(complaint, "hand_over", by, own=False)
    assigns = by is None or may(by, ASSIGN, place_of(found))
    if not assigns and by is not None:
        held(complaint, "hand_over", by)
    _check_may_handle(found, to)
    _check_impartial(found, to.pk)
    return step(found, "hand_over", by=by, note=note, handler_id=to.pk)


def _check_may_handle(found: Complaint, to: User) -> None:
    if not may(actor_for(to), HANDLE, place_of(found)):
        raise Refusal(
            "cannot_handle_there",
            _noop("{name}在这个辖区没有承办投诉举报的岗位"),
            fix=_noop("请选择辖区内有承办岗位的人员"),
            name=to.name,
        )


def _check_impartial(found: Complaint, user_id: int | None) -> None:
    if user_id in queries.recused(found):
        raise Refusal(
            "recused",
            _noop("此人已对这件投诉举报申请回避"),
            fix=_noop("请由别人承办"),
        )


@transaction.atomic
def recuse(*, complaint: Complaint, why: str, by: Actor) -> Complaint:
    """Whoever is partial steps aside 回避, and cannot take it again."""
    found = held(complaint, "recuse", by)
    check_note(why, _("回避理由"), required=True)
    return step(found, "recuse", by=by, note=why, handler_id=None)


@transaction.atomic
def forward(
    *, complaint: Complaint, district: str, station: str, note: str, by: Actor
) -> Complaint:
    """To the district or station whose it is; there it waits for a handler."""
    found = held(complaint, "forward", by, own=not may(by, ASSIGN, place_of(complaint)))
    if station and not station.startswith(district):
        raise Refusal(
            "station_elsewhere",
            _noop("监管所{station}不属于旗县区{district}"),
            fix=_noop("请选择该旗县区的监管所"),
            status=422,
            station=station,
            district=district,
        )
    check_note(note, _("转办理由"), required=True)
    return step(
        found,
        "forward",
        by=by,
        note=note,
        handler_id=None,
        district=district,
        station=station,
    )


def place_of(complaint: Complaint) -> Place:
    return Place(district=complaint.district, station=complaint.station)


# Competence


@transaction.atomic
def dispute(*, complaint: Complaint, note: str, by: Actor) -> Complaint:
    """Another authority says it is its own: to be settled in time, else the higher level says."""
    found = held(complaint, "dispute", by)
    check_note(note, _("争议情况"), required=True)
    return step(found, "dispute", by=by, note=note)


@transaction.atomic
def settle_dispute(*, complaint: Complaint, note: str, by: Actor) -> Complaint:
    """It stays here, as agreed or as the higher level has said."""
    found = held(complaint, "settle_dispute", by)
    check_note(note, _("处理结果"), required=True)
    return step(found, "settle_dispute", by=by, note=note)


@transaction.atomic
def return_to_intake(*, complaint: Complaint, why: str, reply: str, by: Actor) -> Complaint:
    """Not ours to handle: back to where it came in, and whoever wrote is told."""
    found = held(complaint, "return_to_intake", by)
    check_note(why, _("退回理由"), required=True)
    check_note(reply, _("答复"), required=True)
    return step(found, "return_to_intake", by=by, note=why, reply=reply.strip())


# Complaints


@transaction.atomic
def accept(*, complaint: Complaint, by: Actor, note: str = "") -> Complaint:
    """Mediation begins, and its clock."""
    return step(held(complaint, "accept", by), "accept", by=by, note=note)


@transaction.atomic
def refuse(*, complaint: Complaint, ground: str, reply: str, by: Actor) -> Complaint:
    """Refused on a ground of the law, and the writer told which."""
    found = held(complaint, "refuse", by)
    _check_ground(rules.refusal_grounds(clock.today()), ground)
    check_note(reply, _("答复"), required=True)
    return step(found, "refuse", by=by, ground=ground, reply=reply.strip())


def _check_ground(ruling: Ruling, ground: str) -> None:
    if not ground:
        raise missing(_("法定情形"))
    ruling.choice(ground)


@transaction.atomic
def withdraw(*, complaint: Complaint, note: str, by: Actor) -> Complaint:
    """The writer takes it back, or the two have settled it between them."""
    found = held(complaint, "withdraw", by)
    check_note(note, _("撤回情况"), required=True)
    return step(found, "withdraw", by=by, note=note)


@transaction.atomic
def agree(*, complaint: Complaint, note: str, by: Actor) -> Complaint:
    """The two came to an agreement 调解协议."""
    found = held(complaint, "agree", by)
    check_note(note, _("协议内容"), required=True)
    return step(found, "agree", by=by, note=note)


@transaction.atomic
def end_mediation(*, complaint: Complaint, ground: str, by: Actor, note: str = "") -> Complaint:
    """Without agreement, on a ground of the law; both are to be told in time."""
    found = held(complaint, "end_mediation", by)
    _check_ground(rules.end_grounds(clock.today()), ground)
    return step(found, "end_mediation", by=by, ground=ground, note=note)


# Reports


@transaction.atomic
def begin_check(*, complaint: Complaint, by: Actor, note: str = "") -> Complaint:
    """Somebody looks whether there was a breach; the clock runs since the report came."""
    return step(held(complaint, "begin_check", by), "begin_check", by=by, note=note)


@transaction.atomic
def extend_check(*, complaint: Complaint, why: str, by: Actor) -> Complaint:
    """In special cases, once."""
    found = held(complaint, "extend_check", by)
    check_note(why, _("延长理由"), required=True)
    if any(one.move == "extend_check" for one in queries.steps_of(found)):
        raise Refusal(
            "extended_already",
            _noop("核查期限已经延长过一次"),
            fix=_noop("请在延长后的期限内作出决定"),
        )
    return step(found, "extend_check", by=by, note=why)


@transaction.atomic
def file_case(*, complaint: Complaint, note: str, by: Actor) -> Complaint:
    """There was a breach: a case is filed 立案."""
    found = held(complaint, "file_case", by)
    check_note(note, _("核查情况"), required=True)
    return step(found, "file_case", by=by, note=note)


@transaction.atomic
def file_no_case(*, complaint: Complaint, note: str, by: Actor) -> Complaint:
    """No case is filed 不予立案, and why."""
    found = held(complaint, "file_no_case", by)
    check_note(note, _("核查情况"), required=True)
    return step(found, "file_no_case", by=by, note=note)


# Both


@transaction.atomic
def begin_testing(*, complaint: Complaint, note: str, by: Actor) -> Complaint:
    """A sample went to a laboratory: until its result comes the time does not count."""
    found = held(complaint, "begin_testing", by)
    check_note(note, _("检验检测情况"), required=True)
    if queries.is_testing(found):
        raise Refusal(
            "testing_already",
            _noop("已经在检验检测"),
            fix=_noop("结果出来后请登记，再开始下一次"),
        )
    return step(found, "begin_testing", by=by, note=note)


@transaction.atomic
def end_testing(*, complaint: Complaint, note: str, by: Actor) -> Complaint:
    """The result is here, and time counts again from the day after."""
    found = held(complaint, "end_testing", by)
    if not queries.is_testing(found):
        raise Refusal(
            "not_testing",
            _noop("没有正在进行的检验检测"),
            fix=_noop("送检时请先登记检验检测开始"),
        )
    check_note(note, _("检验检测结果"), required=True)
    return step(found, "end_testing", by=by, note=note)


@transaction.atomic
def reply(*, complaint: Complaint, text: str, by: Actor) -> Complaint:
    """The writer, and those whose letters were merged into this one, are told what came of it."""
    found = held(complaint, "reply", by)
    check_note(text, _("答复"), required=True)
    return step(found, "reply", by=by, reply=text.strip())


@transaction.atomic
def follow_up(*, complaint: Complaint, note: str, by: Actor) -> Complaint:
    """The writer was asked whether it is well now 回访."""
    found = held(complaint, "follow_up", by)
    check_note(note, _("回访情况"), required=True)
    return step(found, "follow_up", by=by, note=note)


@transaction.atomic
def reopen(*, complaint: Complaint, why: str, by: Actor) -> Complaint:
    """What was ended by mistake goes on where it stood, and its clocks with it."""
    found = held(complaint, "reopen", by)
    check_note(why, _("重新办理的理由"), required=True)
    return step(found, "reopen", by=by, note=why)


@transaction.atomic
def note_order_ended(*, complaint: Complaint, outcome: str) -> Complaint:
    """The work order that followed from the letter has ended: its handler has an answer to give."""
    found = held(complaint, "note_order_ended", None)
    return step(found, "note_order_ended", by=None, note=outcome, order_ended_at=clock.now())


def order_ended(*, subject: str, outcome: str) -> Complaint | None:
    """`note_order_ended` of the letter that an order was about; nothing, if it was about something
    else or the letter is over already."""
    found = queries.open_by_subject(subject)
    return note_order_ended(complaint=found, outcome=outcome) if found else None

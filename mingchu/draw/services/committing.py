"""Committing 承诺: lists are frozen, then their digest is published before chance can be known."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_noop as _noop

from mingchu.accounts.keys import Sealer
from mingchu.base import clock, ids
from mingchu.base.errors import Refusal
from mingchu.draw import events
from mingchu.draw.domain import beacons, bundle
from mingchu.draw.domain.assigning import Terms
from mingchu.draw.domain.frame import Frame, Plan
from mingchu.draw.domain.hashing import NONCE_BYTES, Hashing
from mingchu.draw.domain.lists import Inspector, Recusal, Stratum, Subject
from mingchu.draw.domain.pseudonyms import SECRET_BYTES
from mingchu.draw.domain.quotas import quotas
from mingchu.draw.models import Draw, DrawFile, DrawState, Salts
from mingchu.draw.outside import drand
from mingchu.draw.services import joining
from mingchu.draw.services.holding import frame_of, held
from mingchu.ledger.domain import LogName
from mingchu.ledger.services import append_to, record
from mingchu.rulebook import store

NONCES = Sealer("draws.key")
PSEUDONYMS = Sealer("pseudonyms.key")
NUMBERS_LOCK = 0x6D63_D8A3
LEAD = "draw.commit_lead_minutes"
BUCKET, PAIR_CAP = "draw.load_bucket", "draw.pair_cap"


@transaction.atomic
def open_draw(
    *,
    title: str,
    campaign: str = "",
    district: str = "",
    about: Mapping[str, Any] | None = None,
    lead: Draw | None = None,
) -> Draw:
    """A draw in preparation; it has no number yet. Its pseudonyms can be had from here on.

    With `lead` it is joint: of that draw's campaign, and drawn by that draw's seed.
    """
    if not title.strip():
        raise Refusal("no_title", _noop("抽取没有名称"), fix=_noop("请写明抽取的名称"))
    named = joining.campaign_of(lead) if lead else campaign.strip()
    made = Draw.objects.create(
        title=title.strip(),
        campaign=named,
        salts=_salts(named),
        lead=lead,
        district=district,
        about=dict(about or {}),
    )
    record(events.DrawOpened(subject=_subject(made)))
    return made


@transaction.atomic
def freeze(
    *,
    draw: Draw,
    subjects: Sequence[Subject],
    inspectors: Sequence[Inspector],
    recusals: Sequence[Recusal],
    rates: Mapping[Stratum, int],
    announced: Sequence[Mapping[str, Any]],
    terms: Terms,
    reveal_by: date,
    total: int | None = None,
    algorithm: str = "sha256",
) -> Draw:
    """Plan and lists as files; the draw gets the next number of the register.

    A joint draw has the sources and the hash of its lead, whatever is said here. Raises Refusal
    where nobody could be drawn, or the rates cannot give the total.
    """
    found = held(draw, DrawState.DRAFT)
    joint = joining.terms_of(found.lead) if found.lead else None
    if joint:
        announced, algorithm = joint.announced, joint.algorithm
    found.number = found.number or _next_number(clock.today().year)
    plan = Plan(
        found.number,
        rates,
        announced,
        terms,
        total,
        algorithm,
        _about(found, reveal_by),
        joint.named if joint else None,
    )
    frame = Frame(plan, subjects, inspectors, recusals)
    _check(frame)
    DrawFile.objects.bulk_create(
        DrawFile(draw=found, name=name, data=data) for name, data in frame.files.items()
    )
    found.state, found.reveal_by = DrawState.FROZEN, reveal_by
    found.save()
    hashing = plan.hashing
    digests = tuple((name, hashing.digest(data).hex()) for name, data in frame.files.items())
    record(events.DrawFrozen(subject=_subject(found), number=plan.number, files=digests))
    return found


@transaction.atomic
def thaw(*, draw: Draw, reason: str) -> Draw:
    """Back to preparation: nothing was committed yet, so nobody was promised anything."""
    found = held(draw, DrawState.FROZEN)
    _said(reason)
    found.files.all().delete()
    found.state = DrawState.DRAFT
    found.save(update_fields=["state"])
    record(events.DrawThawed(subject=_subject(found), number=found.number, reason=reason.strip()))
    return found


@transaction.atomic
def commit(*, draw: Draw) -> Draw:
    """The commitment is published in the register; the nonce behind it is sealed."""
    found = held(draw, DrawState.FROZEN)
    frame, now = frame_of(found), clock.now()
    if found.lead:
        joining.hold_open(found.lead, frame.plan)
    for source in frame.plan.announced:
        _check_unknown(source, now)
    nonce = secrets.token_bytes(NONCE_BYTES)
    found.secret = NONCES.seal(nonce.hex())
    found.commitment = frame.commitment(nonce).hex()
    found.committed_at, found.leaf = now, ids.new_id()
    found.state = DrawState.COMMITTED
    found.save()
    # The register has one hash, whatever a draw of it uses.
    append_to(LogName.DRAWS, found.leaf, Hashing().digest(leaf_of(found)))
    record(
        events.DrawCommitted(
            subject=_subject(found), number=found.number, commitment=found.commitment
        )
    )
    return found


@transaction.atomic
def void(*, draw: Draw, reason: str) -> Draw:
    """Given up, whatever it would have given; number and reason stay in the register.

    Joint draws that waited for its seed can never be drawn: they go with it.
    """
    before = (DrawState.DRAFT, DrawState.FROZEN, DrawState.COMMITTED, DrawState.DRAWN)
    found = held(draw, *before)
    _said(reason)
    for each in (found, *joining.hanging_on(found)):
        each.state, each.void_reason = DrawState.VOID, reason.strip()
        each.save(update_fields=["state", "void_reason"])
        record(
            events.DrawVoided(subject=_subject(each), number=each.number, reason=each.void_reason)
        )
    return found


def terms_of_city() -> Terms:
    """How pairs are made where nothing else is said."""
    today = clock.today()
    bucket, cap = (int(store.rule(name).on(today).number()) for name in (BUCKET, PAIR_CAP))
    return Terms(bucket, cap)


def round_after(moment: datetime) -> dict[str, Any]:
    """A source of the public chain: its first round at a moment or after it."""
    lead = timedelta(minutes=int(store.rule(LEAD).on(clock.today()).number()))
    return {
        "kind": "drand",
        "round": drand.round_at(int(moment.timestamp())),
        "chain": drand.QUICKNET,
        "genesis": drand.QUICKNET_GENESIS,
        "period": drand.QUICKNET_PERIOD,
        "lead": int(lead.total_seconds()),
    }


def leaf_of(draw: Draw) -> bytes:
    """What the register keeps of the commitment."""
    committed = bytes.fromhex(draw.commitment)
    return bundle.leaf(draw.number, committed, committed_at(draw))


def committed_at(draw: Draw) -> str:
    """As register and bundle say it: ISO 8601 with the city's offset."""
    moment = draw.committed_at
    return clock.city(moment).isoformat(timespec="seconds") if moment else ""


def _salts(campaign: str) -> Salts:
    """One secret for all draws of a joint campaign, else one of its own."""
    fresh = {"secret": PSEUDONYMS.seal(secrets.token_hex(SECRET_BYTES))}
    if not campaign:
        return Salts.objects.create(**fresh)
    return Salts.objects.get_or_create(campaign=campaign, defaults=fresh)[0]


def _about(draw: Draw, reveal_by: date) -> dict[str, Any]:
    return {
        **draw.about,
        "campaign": draw.campaign,
        "reveal_by": reveal_by.isoformat(),
        "title": draw.title,
    }


def _check(frame: Frame) -> None:
    """Before anything is frozen: the files read back, and the rates can be carried out."""
    if not frame.plan.announced:
        raise Refusal("no_beacon", _noop("没有选定随机源"), fix=_noop("请至少选定一种随机源"))
    try:
        Hashing(frame.plan.algorithm)
        beacons.check_announced(frame.plan.announced)
        Frame.read(frame.files)
        sizes = Counter(row.stratum for row in frame.subjects if not row.standing)
        drawn = quotas(sizes, frame.plan.rates, frame.plan.total)
    except ValueError as error:
        raise Refusal(
            "bad_frame",
            _noop("名单或方案不合格式：{fault}"),
            fix=_noop("请更正后重新锁定"),
            fault=str(error),
        ) from error
    if not any(drawn.values()) and not any(row.standing == "certain" for row in frame.subjects):
        raise Refusal(
            "nobody_to_draw", _noop("按这些比例一户也抽不到"), fix=_noop("请提高比例或扩大名单")
        )


def _check_unknown(source: Mapping[str, Any], now: datetime) -> None:
    """A round that is known, or nearly, would let the office choose."""
    if source["kind"] != "drand":
        return
    known = drand.QUICKNET, drand.QUICKNET_GENESIS, drand.QUICKNET_PERIOD
    if (source["chain"], source["genesis"], source["period"]) != known:
        raise Refusal(
            "unknown_chain", _noop("只接受 drand quicknet 链"), fix=_noop("请改用公布的链参数")
        )
    lead = timedelta(minutes=int(store.rule(LEAD).on(clock.today()).number()))
    appears = drand.QUICKNET_GENESIS + (source["round"] - 1) * drand.QUICKNET_PERIOD
    if appears - now.timestamp() < lead.total_seconds():
        raise Refusal(
            "round_is_known",
            _noop("第{round}轮随机数已经产生或即将产生"),
            fix=_noop("请改选一个以后的轮次"),
            round=source["round"],
        )


def _said(reason: str) -> None:
    if not reason.strip():
        raise Refusal("no_reason", _noop("没有写明原因"), fix=_noop("请写明原因，它会一并公开"))


def _next_number(year: int) -> str:
    """The next of the year, without a gap: one at a time."""
    with connection.cursor() as db:
        db.execute("SELECT pg_advisory_xact_lock(%s)", [NUMBERS_LOCK])
    taken = Draw.objects.filter(number__startswith=f"{year}-").count()
    return f"{year}-{taken + 1:04}"


def _subject(draw: Draw) -> str:
    return f"draw:{draw.pk}"

"""Signals from outside: other systems and businesses say what they notice, many at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_noop as _noop
from ninja import Router, Schema
from pydantic import AwareDatetime, ConfigDict, RootModel

from mingchu.accounts.access import actor_of, api_auth, requires
from mingchu.accounts.domain import Actor, Place, Scope, ScopeKind, may
from mingchu.alerts import rules
from mingchu.alerts.domain.kinds import Kind
from mingchu.alerts.queries import alerts as queries
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.kit.bodies import described, read
from mingchu.registry import domain as registry
from mingchu.registry import queries as businesses
from mingchu.registry.queries import Whereabouts
from mingchu.signals.domain import SOURCE, Signal, misshapen
from mingchu.signals.services import raise_signals

router = Router(auth=api_auth, tags=["signals"])
SEND = "signals.send"
AT_ONCE = 1_000


class SignalIn(Schema):
    """One signal; `business` is a public id, `over` says that it is so no more."""

    model_config = ConfigDict(extra="forbid")

    kind: str
    subject: str
    key: str = ""
    business: str = ""
    district: str = ""
    station: str = ""
    labels: dict[str, str] = {}
    at: AwareDatetime | None = None
    over: bool = False


class SignalsIn(RootModel[list[SignalIn]]):
    """An array of signals."""


@router.post("/signals", operation_id="send_signals", openapi_extra=described(SignalsIn))
@requires(SEND)
def send_signals(request: HttpRequest) -> dict[str, Any]:
    """All of them are taken, or none: the first that is wrong is told with its number.

    `alerts` counts how many different things they are about; each becomes an alert, or is counted
    with the one that is open. Whoever is limited to a business speaks of it alone, and names what
    the signal is about below it: `business:17HQF6WQ/fridge-2`.
    """
    sent = read(request, SignalsIn).root
    if len(sent) > AT_ONCE:
        raise Refusal(
            "too_many_signals",
            _noop("一次最多报送{top}条信号，收到{n}条"),
            fix=_noop("请分批报送"),
            status=413,
            top=AT_ONCE,
            n=len(sent),
        )
    signals = list(_checked(sent, actor_of(request)))
    with transaction.atomic():
        raise_signals(signals)
    return {"accepted": len(signals), "alerts": len({one.fingerprint for one in signals})}


def _checked(sent: Collection[SignalIn], actor: Actor) -> Iterator[Signal]:
    numbers = {registry.number_of(one.business) for one in sent if one.business}
    known = businesses.whereabouts(numbers)
    live = rules.live(clock.today())
    source = f"token:{actor.token}" if actor.token else actor.label
    signals = [_signal(place, one, known, live, source) for place, one in enumerate(sent, start=1)]
    mine = _own(actor.scopes_for(SEND))
    for place, one in enumerate(signals, start=1):
        if not may(actor, SEND, _place(one)) or (mine and not _is_below(one, mine)):
            raise _elsewhere(place)
    elsewhere = queries.outside(actor.scopes_for(SEND), {one.fingerprint for one in signals})
    for place, one in enumerate(signals, start=1):
        if one.fingerprint in elsewhere:
            raise _elsewhere(place)
    return iter(signals)


def _signal(
    place: int,
    one: SignalIn,
    known: Mapping[int, Whereabouts],
    live: Mapping[str, Kind],
    source: str,
) -> Signal:
    _check_kind(place, one.kind, live)
    here = known.get(registry.number_of(one.business)) if one.business else None
    if one.business and here is None:
        raise _bad(place, "business")
    now = clock.now()
    signal = Signal(
        kind=one.kind,
        subject=one.subject,
        key=one.key,
        business_id=here.number if here else None,
        district=here.district if here else one.district,
        station=here.station if here else one.station,
        labels={SOURCE: source, **one.labels},
        # Another clock may be ahead of ours; nothing was noticed in the future.
        at=min(one.at, now) if one.at else None,
        over=one.over,
    )
    if wrong := misshapen(signal):
        raise _bad(place, wrong)
    return signal


def _check_kind(place: int, code: str, live: Mapping[str, Kind]) -> None:
    kind = live.get(code)
    if kind is None:
        raise Refusal(
            "unknown_signal_kind",
            _noop("第{place}条信号的种类“{kind}”不认识"),
            fix=_noop("可以报送的种类见规则 alert.kinds"),
            status=422,
            place=place,
            kind=code[:40],
        )
    if not kind.outside:
        raise Refusal(
            "signal_kind_from_inside",
            _noop("第{place}条信号的种类“{kind}”由本平台自行比对产生，不接受报送"),
            fix=_noop("可以报送的种类见规则 alert.kinds"),
            status=403,
            place=place,
            kind=code,
        )


def _bad(place: int, part: str) -> Refusal:
    return Refusal(
        "bad_signal",
        _noop("第{place}条信号的 {part} 不合要求"),
        fix=_noop("请改正后整批重发；这一批都没有接收"),
        status=422,
        place=place,
        part=part,
    )


def _elsewhere(place: int) -> Refusal:
    return Refusal(
        "signal_elsewhere",
        _noop("第{place}条信号不在您可以报送的范围内"),
        fix=_noop(
            "请只报送自己辖区或自己主体的情况；主体报送的，subject 须以自己的 business: 编号开头"
        ),
        status=403,
        place=place,
    )


def _place(one: Signal) -> Place:
    business = registry.public_id(one.business_id) if one.business_id else ""
    return Place(district=one.district, station=one.station, business=business)


def _own(scopes: Collection[Scope]) -> tuple[str, ...]:
    """The subjects of a sender who is limited to businesses; none of one who is not."""
    if not all(scope.kind is ScopeKind.BUSINESS for scope in scopes):
        return ()
    return tuple(f"business:{scope.code}" for scope in scopes)


def _is_below(one: Signal, mine: Collection[str]) -> bool:
    """Two businesses may both have a fridge 2: what is a business's own is named below it."""
    own = f"business:{registry.public_id(one.business_id or 0)}"
    return own in mine and (one.subject == own or one.subject.startswith(f"{own}/"))

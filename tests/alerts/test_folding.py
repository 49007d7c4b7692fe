"""Folding: many signals, few alerts; nothing twice, nothing lost, nothing silently dropped."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from alerting import a_signal, alerted, notice
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from mingchu.alerts.domain.folding import FLOOD, Noticed, fold
from mingchu.alerts.domain.kinds import read
from mingchu.alerts.models import Alert, Order
from mingchu.alerts.services.folding import fold as fold_waiting
from mingchu.base import clock
from mingchu.ledger.models import Entry
from mingchu.signals.domain import fingerprint
from mingchu.signals.models import Noticed as Waiting

BEGIN = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
FACTS = {"due": {"day": "until"}, "level": "station", "basis": "", "order": False}
TABLE = read(
    {
        "fact": {**FACTS, "severity": 3, "steps": {"near": 2}, "ends": "fact", "group": "subject"},
        "case": {**FACTS, "severity": 2, "ends": "officer", "group": "subject"},
        FLOOD: {**FACTS, "severity": 2, "ends": "either", "group": "subject"},
    }
)


def noticed(kind: str, subject: str, number: int, **said: Any) -> Noticed:
    at = BEGIN + timedelta(seconds=20 * number)
    known: dict[str, Any] = {
        "kind": kind,
        "fingerprint": fingerprint(kind, subject),
        "subject": subject,
        "key": "",
        "business": None,
        "district": "150105",
        "station": "",
        "labels": {},
        "over": False,
        "cause": None,
        "at": at,
        "received": at,
    }
    return Noticed(**{**known, **said})


some_signals = some.lists(
    some.builds(
        lambda kind, subject, over, step, source: (kind, subject, over, step, source),
        some.sampled_from(["fact", "case"]),
        some.sampled_from(["a:1", "b:2"]),
        some.booleans(),
        some.sampled_from(["", "near"]),
        some.sampled_from(["", "device:1"]),
    ),
    max_size=24,
)
LIMIT = 2


class Paper:
    """The same, told as one would on paper: one signal after another."""

    def __init__(self) -> None:
        self.alerts: list[dict[str, Any]] = []
        self.sent: dict[Any, int] = {}

    def tell(self, signals: list[Noticed]) -> list[dict[str, Any]]:
        for one in signals:
            self.over(one) if one.over else self.raised(one)
        return self.alerts

    def known(self, kind: str, subject: str) -> dict[str, Any] | None:
        mine = [a for a in self.alerts if a["what"] == (kind, subject) and not a["ended"]]
        return mine[0] if mine else None

    def over(self, one: Noticed) -> None:
        if known := self.known(one.kind, one.subject):
            known["ended" if one.kind == "fact" else "gone"] = one.received

    def raised(self, one: Noticed) -> None:
        grave = one.kind == "case" or one.labels.get("step") == "near"
        is_new = self.known(one.kind, one.subject) is None
        source = one.labels.get("source")
        if source:
            self.sent[source, one.minute] = self.sent.get((source, one.minute), 0) + 1
        too_many = source and self.sent[source, one.minute] > LIMIT
        if too_many:
            self.add(FLOOD, source, 2, one.received)
        if not (too_many and is_new):
            self.add(one.kind, one.subject, 2 if grave else 3, one.received)

    def add(self, kind: str, subject: str, severity: int, at: datetime) -> None:
        known = self.known(kind, subject)
        if known is None:
            self.alerts.append(
                {"what": (kind, subject), "count": 1, "severity": severity, "rises": 0,
                 "opened": at, "ended": None, "gone": None}
            )  # fmt: skip
            return
        known["count"] += 1
        known["gone"] = None
        if severity < known["severity"]:
            known["severity"], known["rises"] = severity, known["rises"] + 1


@given(some_signals, some.lists(some.integers(1, 6), max_size=24))
def test_however_signals_are_cut_into_batches_the_alerts_are_those_of_the_plain_telling(
    said: list[tuple[str, str, bool, str, str]], cuts: list[int]
) -> None:
    signals = [
        noticed(kind, subject, n, over=over, labels=_labels(step, source))
        for n, (kind, subject, over, step, source) in enumerate(said)
    ]
    opened, standing, tally, next_id = [], {}, {}, 1
    left = list(signals)
    while left:
        size = cuts.pop() if cuts else 24
        batch, left = left[:size], left[size:]
        found = fold(batch, standing, lambda _at: TABLE, tally, lambda _at: LIMIT)
        for line in found.opened:
            line.id, next_id = next_id, next_id + 1
            opened.append(line)
        standing = {line.fingerprint: line for line in opened if not line.ended_at}

    assert [
        {"what": (one.kind, one.subject), "count": one.count, "severity": one.severity,
         "rises": len(one.rises), "opened": one.opened_at, "ended": one.ended_at,
         "gone": one.gone_at}
        for one in opened
    ] == Paper().tell(signals)  # fmt: skip


def _labels(step: str, source: str) -> dict[str, str]:
    return {name: word for name, word in (("step", step), ("source", source)) if word}


@pytest.mark.django_db
def test_three_signals_about_one_thing_are_one_alert_with_its_count() -> None:
    [one] = alerted(*[a_signal()] * 3)

    assert (one.count, one.severity, one.kind) == (3, 3, "reported_problem")
    assert not Waiting.objects.exists()


@pytest.mark.django_db
def test_what_is_over_ends_its_alert_and_comes_back_as_another() -> None:
    alerted(a_signal(), a_signal(over=True))
    first, second = alerted(a_signal())

    assert (first.end, second.end) == ("gone", "")
    assert first.ended_at == first.opened_at or first.ended_at > first.opened_at
    assert second.ended_at is None


@pytest.mark.django_db
def test_an_alert_has_a_reason_a_deadline_and_an_entry() -> None:
    with clock.stopped(datetime(2026, 11, 2, 2, 0, tzinfo=UTC)):
        [one] = alerted(a_signal())

    entry = Entry.objects.get(id=one.entry)
    assert entry.kind == "alerts.alert_opened"
    assert (one.rule, f"{one.rule_since}") == ("alert.yellow_days", "2019-01-01")
    assert clock.city(one.due_at).isoformat() == "2026-11-24T00:00:00+08:00"


@pytest.mark.django_db
def test_an_order_is_opened_at_once_and_gone_when_its_fact_is() -> None:
    [one] = alerted(a_signal())
    assert one.order is not None

    alerted(a_signal(over=True))

    assert Order.objects.get().ended_at is not None


def test_an_order_stays_while_another_alert_holds_it(restaurant: Any) -> None:
    mine = {"kind": "health_expired", "business_id": restaurant.pk}
    first = a_signal(subject="person:1", **mine)
    alerted(first, a_signal(subject="person:2", **mine))
    assert Order.objects.count() == 1

    alerted(a_signal(subject="person:1", over=True, **mine))

    assert Order.objects.get().ended_at is None


def test_a_signal_says_where_it_is_by_its_business(restaurant: Any) -> None:
    [one] = alerted(a_signal(business_id=restaurant.pk))

    assert (one.district, one.station) == (restaurant.district, restaurant.station)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ({"kind": "nobody_knows"}, "unknown_kind"),
        ({"kind": "camera_off"}, "unknown_kind"),
        ({"business_id": 10**12}, "unknown_business"),
        ({"subject": "x" * 61}, "subject"),
        ({"district": "here"}, "district"),
        ({"labels": {"source": "x" * 61}}, "labels"),
        ({"kind": "licence_expiring"}, "labels"),
    ],
)
def test_what_cannot_be_folded_is_laid_aside_and_holds_nothing_up(
    wrong: dict[str, Any], fault: str
) -> None:
    [one] = alerted(a_signal(**wrong), a_signal())

    assert one.kind == "reported_problem"
    assert Waiting.objects.get().fault == fault


@pytest.mark.django_db
def test_a_kind_that_comes_to_be_known_takes_up_what_was_laid_aside() -> None:
    alerted(a_signal(kind="nobody_knows"))
    Waiting.objects.update(kind="reported_problem")

    assert len(alerted()) == 1
    assert not Waiting.objects.exists()


@pytest.mark.django_db
def test_a_flood_from_one_device_is_one_alert_and_the_device_is_flagged() -> None:
    labels = {"source": "device:7"}
    at = {"labels": labels, "subject": "device:7"}
    with clock.stopped(datetime(2026, 11, 20, 2, 0, tzinfo=UTC)):
        one, other, flood = _by_kind(
            alerted(*[a_signal(**at)] * 10_000, a_signal(subject="device:8"))
        )

    assert (one.count, other.count) == (10_000, 1)
    assert (flood.kind, flood.subject, flood.count) == (FLOOD, "device:7", 9_400)
    assert one.covered_by_id == flood.pk
    assert other.covered_by_id is None


@pytest.mark.django_db
def test_a_flood_of_ever_new_things_opens_no_more_than_its_limit() -> None:
    with clock.stopped(datetime(2026, 11, 20, 2, 0, tzinfo=UTC)):
        alerted(*[a_signal(key=f"{n}", labels={"source": "device:7"}) for n in range(10_000)])

    flood = Alert.objects.get(kind=FLOOD)
    assert Alert.objects.exclude(kind=FLOOD).count() == 600
    assert 600 + flood.count == 10_000


def _by_kind(alerts: list[Alert]) -> list[Alert]:
    return sorted(alerts, key=lambda one: (one.kind == FLOOD, one.pk))


some_acts = some.lists(some.tuples(some.sampled_from("abc"), some.booleans()), max_size=12)


@pytest.mark.django_db
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some_acts, some.integers(1, 12))
def test_the_database_folds_as_the_core_does(acts: list[tuple[str, bool]], batch: int) -> None:
    Alert.objects.all().delete()
    signals = [a_signal(subject=f"device:{name}", over=over) for name, over in acts]
    notice(*signals)

    fold_waiting(batch=batch)

    expected: list[list[Any]] = []
    for name, over in acts:
        known = next((one for one in expected if one[0] == name and one[2]), None)
        if over and known:
            known[2] = False
        elif not over and known:
            known[1] += 1
        elif not over:
            expected.append([name, 1, True])
    found = Alert.objects.order_by("pk").values_list("subject", "count", "ended_at")
    assert [[s[-1], n, end is None] for s, n, end in found] == expected

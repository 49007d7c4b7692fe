"""Covering and silences, by the scars of those who had them before.

Alerts that inhibited themselves, missing labels that matched as empty, inhibited alerts that were
told to be resolved: none of it happens here.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from alerting import a_signal, alerted
from hypothesis import given
from hypothesis import strategies as some

from mingchu.alerts import services
from mingchu.alerts.domain.covering import Thing, covering
from mingchu.alerts.domain.kinds import Cover
from mingchu.alerts.models import OPEN, Alert, Order, Silence
from mingchu.alerts.services import About
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.ledger.models import Entry
from mingchu.registry.models import Business

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)

some_things = some.lists(
    some.builds(
        lambda kind, marks: (kind, marks),
        some.sampled_from(["small", "large", "huge"]),
        some.dictionaries(some.sampled_from(["business", "source"]), some.sampled_from("12")),
    ),
    max_size=8,
)
COVERS = {
    "small": (Cover("huge", ("business",)), Cover("large", ("business", "source"))),
    "large": (Cover("huge", ("source",)),),
}


@given(some_things)
def test_nothing_covers_itself_and_every_equal_mark_is_there_on_both_sides(
    said: list[tuple[str, dict[str, str]]],
) -> None:
    things = {n: Thing(n, kind, marks) for n, (kind, marks) in enumerate(said, start=1)}

    found = covering(things.values(), things.values(), COVERS)

    for one, above in found.items():
        small, large = things[one], things[above]
        cover = next(c for c in COVERS[small.kind] if c.by == large.kind)
        assert one != above
        assert all(small.marks.get(n) == large.marks.get(n, "?") for n in cover.equal)
    for one in things.values():
        could = any(
            other.kind == cover.by
            and all(one.marks.get(n, "!") == other.marks.get(n, "?") for n in cover.equal)
            for cover in COVERS.get(one.kind, ())
            for other in things.values()
        )
        assert could == (one.id in found)


def a_complaint(number: int, business: Business, **labels: str) -> Any:
    return a_signal(
        kind="complaint_received",
        subject=f"complaint:{number}",
        business_id=business.pk,
        labels=labels,
        at=NOW + timedelta(hours=number),
    )


@pytest.fixture
def now() -> Any:
    with clock.stopped(NOW):
        yield


@pytest.mark.django_db
@pytest.mark.usefixtures("complaints", "now")
class TestCovering:
    def test_three_complaints_are_a_cluster_that_covers_them(self, restaurant: Business) -> None:
        *three, cluster = alerted(*[a_complaint(n, restaurant) for n in range(3)])

        assert cluster.kind == "complaint_cluster"
        for one in three:
            one.refresh_from_db()
            assert one.covered_by_id == cluster.pk
            assert one.ended_at is None
            assert one.due_at is not None

    def test_two_complaints_are_none(self, restaurant: Business) -> None:
        alerted(*[a_complaint(n, restaurant) for n in range(2)])

        assert not Alert.objects.filter(kind="complaint_cluster").exists()

    def test_a_fourth_is_covered_at_once_and_opens_no_order(self, restaurant: Business) -> None:
        alerted(*[a_complaint(n, restaurant) for n in range(3)])
        orders = Order.objects.count()

        fourth = alerted(a_complaint(4, restaurant))[-1]

        assert fourth.covered_by is not None
        assert fourth.order is None
        assert Order.objects.count() == orders

    def test_two_households_ill_after_one_meal_are_an_outbreak(self, restaurant: Business) -> None:
        ill = {"meal": "2026-11-19 supper"}
        alerted(
            a_complaint(1, restaurant, household="a", **ill),
            a_complaint(2, restaurant, household="a", **ill),
        )
        assert not Alert.objects.filter(kind="illness_cluster").exists()

        alerted(a_complaint(70, restaurant, household="b", **ill))

        outbreak = Alert.objects.get(kind="illness_cluster")
        assert (outbreak.severity, outbreak.key) == (1, "2026-11-19 supper")
        assert Entry.objects.get(id=outbreak.entry).cause is not None

    def test_seventy_three_hours_apart_are_none(self, restaurant: Business) -> None:
        ill = {"meal": "2026-11-19 supper"}
        alerted(
            a_complaint(1, restaurant, household="a", **ill),
            a_complaint(74, restaurant, household="b", **ill),
        )

        assert not Alert.objects.filter(kind="illness_cluster").exists()

    def test_what_was_covered_is_not_over_and_is_called_for_when_its_cover_ends(
        self, restaurant: Business
    ) -> None:
        alerted(*[a_complaint(n, restaurant) for n in range(3)])
        late = alerted(a_complaint(4, restaurant))[-1]
        cluster = Alert.objects.get(kind="complaint_cluster")

        services.end_alerts(alerts=[cluster], how="handled")
        services.fold()

        late.refresh_from_db()
        assert (late.ended_at, late.covered_by) == (None, None)
        assert late.order is not None
        kinds = [Entry.objects.get(id=pk).kind for pk in late.later]
        assert "alerts.alert_released" in kinds

    def test_a_false_alarm_counts_in_no_cluster(self, restaurant: Business) -> None:
        alerted(*[a_complaint(n, restaurant) for n in range(2)])
        services.end_alerts(alerts=list(Alert.objects.all()), how="false")

        alerted(a_complaint(3, restaurant))

        assert not Alert.objects.filter(kind="complaint_cluster").exists()

    def test_only_an_officer_ends_what_a_visit_found(self, restaurant: Business) -> None:
        one = a_signal(kind="duty_problem", subject="visit:1", business_id=restaurant.pk)
        over = a_signal(kind=one.kind, subject=one.subject, business_id=one.business_id, over=True)

        [found] = alerted(one, over)

        assert (found.ended_at, found.gone_at is None) == (None, False)


@pytest.mark.django_db
def test_a_source_named_on_one_side_only_covers_nothing() -> None:
    flood = a_signal(kind="signal_flood", subject="device:7", labels={"source": "device:7"})
    alerted(flood)

    named = alerted(a_signal(subject="a", labels={"source": "device:7"}))[-1]
    unnamed = alerted(a_signal(subject="b"))[-1]

    assert named.covered_by is not None
    assert unnamed.covered_by is None


# ── Silences ──


def silenced(**said: Any) -> Silence:
    about = About(**{"kind": "reported_problem", "subject": "device:1", **said})
    until = clock.now() + timedelta(days=3)
    return services.silence(about=about, why="设备检修", until=until, author=1)


@pytest.mark.django_db
@pytest.mark.usefixtures("now")
class TestSilences:
    def test_what_is_silenced_opens_an_alert_that_calls_nobody(self) -> None:
        made = silenced()

        [one] = alerted(a_signal())

        assert (one.silence_id, one.order, one.ended_at) == (made.pk, None, None)
        assert one.due_at is not None
        assert Entry.objects.get(id=one.entry).data.count(f"silence:{made.pk}") == 1

    def test_an_open_alert_is_held_by_a_new_silence(self) -> None:
        alerted(a_signal())
        made = silenced()

        one = Alert.objects.get()
        assert one.silence_id == made.pk
        assert Entry.objects.get(id=one.later[-1]).kind == "alerts.alert_held"

    def test_other_things_are_not_held(self, restaurant: Business) -> None:
        silenced(business_id=restaurant.pk, subject="")

        mine, other = alerted(
            a_signal(subject="device:9", business_id=restaurant.pk), a_signal(subject="device:8")
        )

        assert (mine.silence is None, other.silence is None) == (False, True)

    def test_when_it_is_lifted_its_alerts_call(self) -> None:
        made = silenced()
        alerted(a_signal())

        services.lift(silence=made, by=2)
        services.lift(silence=made, by=3)
        services.fold()

        one = Alert.objects.get()
        assert (one.silence, one.order is None) == (None, False)
        made.refresh_from_db()
        assert made.lifted_by == 2

    def test_when_its_time_is_over_its_alerts_call(self) -> None:
        silenced()
        alerted(a_signal())

        with clock.at(NOW + timedelta(days=4)):
            assert services.end_silences() == 1
            assert services.end_silences() == 0
            services.fold()

        assert Alert.objects.get(OPEN).order is not None

    @pytest.mark.parametrize(
        ("said", "code"),
        [
            ({"about": About(kind="illness_cluster", subject="x")}, "never_silenced"),
            ({"about": About(kind="nobody_knows", subject="x")}, "never_silenced"),
            ({"about": About(kind="reported_problem")}, "silence_everything"),
            ({"why": "  "}, "silence_without_why"),
            ({"why": "长" * 201}, "silence_without_why"),
            ({"until": NOW}, "silence_is_past"),
            ({"until": NOW + timedelta(days=32)}, "silence_too_long"),
        ],
    )
    @pytest.mark.usefixtures("complaints")
    def test_a_silence_that_makes_no_sense_is_refused(
        self, said: dict[str, Any], code: str
    ) -> None:
        known: dict[str, Any] = {
            "about": About(kind="reported_problem", subject="device:1"),
            "why": "设备检修",
            "until": NOW + timedelta(days=1),
            "author": 1,
        }
        with pytest.raises(Refusal) as refused:
            services.silence(**{**known, **said})

        assert refused.value.code == code


# ── Ends ──


@pytest.mark.django_db
def test_what_only_the_fact_may_end_cannot_be_handled_away() -> None:
    labels = {"until": "2026-12-01", "step": "30"}
    alerted(a_signal(kind="licence_expiring", subject="licence:1", labels=labels))

    with pytest.raises(Refusal) as refused:
        services.end_alerts(alerts=list(Alert.objects.all()), how="handled")

    assert refused.value.code == "fact_still_holds"
    assert services.end_alerts(alerts=list(Alert.objects.all()), how="false") == 1

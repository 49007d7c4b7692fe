"""Feeding: what the registry knows becomes alerts, and ends them the moment it is so no more."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from build import a_restaurant

from mingchu.alerts import services
from mingchu.alerts.models import OPEN, Alert
from mingchu.base import clock
from mingchu.ledger.models import Entry
from mingchu.registry import domain, rules
from mingchu.registry import services as registry
from mingchu.registry.domain import Kind, Scale
from mingchu.registry.duties import Facts, lacking
from mingchu.registry.models import Business, Licence, Person
from mingchu.registry.services import NewLicence, NewPerson, NewPremises

pytestmark = pytest.mark.django_db
TODAY = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def in_november() -> Any:
    with clock.stopped(TODAY):
        yield


def a_licence(**facts: Any) -> NewLicence:
    known: dict[str, Any] = {
        "kind": "JY",
        "number": "JY21501050000016",
        "items": ("热食类食品制售",),
        "issued": date(2022, 2, 20),
        "expires": date(2027, 8, 19),
    }
    return NewLicence(**{**known, **facts})


def a_handler(**facts: Any) -> NewPerson:
    return NewPerson(**{"name": "测试乙", "duties": ("handler",), **facts})


def in_order(**facts: Any) -> Business:
    """A restaurant of a household: firms' duties do not fall on it."""
    known = {"licences": (a_licence(),), "people": ()}
    return registry.enrol(a_restaurant(**{**known, **facts}))


def night() -> dict[str, int]:
    """Runs the night; the open alerts by kind."""
    services.feed_all()
    kinds = Alert.objects.filter(OPEN).values_list("kind", flat=True)
    return {kind: list(kinds).count(kind) for kind in sorted(set(kinds))}


A_FIRM = {"legal_form": "company", "scale": "small", "code": "91150102MA0AAAA1X7"}


def test_a_business_in_order_has_no_alert() -> None:
    in_order()

    assert night() == {}


def test_run_again_the_night_says_nothing_new() -> None:
    in_order(licences=(a_licence(expires=date(2026, 12, 1)),))
    night()

    assert services.feed_all() == services.Fed()
    assert Alert.objects.get().count == 1


@pytest.mark.parametrize(
    ("expires", "severity", "step"),
    [
        (date(2027, 2, 18), 3, "90"),
        (date(2027, 1, 19), 3, "60"),
        (date(2026, 12, 20), 2, "30"),
        (date(2026, 11, 20), 2, "0"),
    ],
)
def test_a_licence_that_ends_soon_is_as_grave_as_its_step(
    expires: date, severity: int, step: str
) -> None:
    in_order(licences=(a_licence(expires=expires),))

    night()

    one = Alert.objects.get()
    assert (one.kind, one.severity, one.labels["step"]) == ("licence_expiring", severity, step)
    assert one.due_at == clock.midnight(expires + timedelta(days=1))


def test_nearer_its_end_the_same_alert_rises() -> None:
    in_order(licences=(a_licence(expires=date(2026, 12, 31)),))
    night()

    with clock.at(datetime(2026, 12, 5, 2, 0, tzinfo=UTC)):
        night()

    one = Alert.objects.get()
    assert (one.severity, one.count, len(one.later)) == (2, 2, 1)
    assert Entry.objects.get(id=one.later[0]).kind == "alerts.alert_rose"


def test_a_licence_that_ran_out_is_another_alert_with_an_order() -> None:
    in_order(licences=(a_licence(expires=date(2026, 12, 31)),))
    night()

    with clock.at(datetime(2027, 1, 4, 2, 0, tzinfo=UTC)):
        assert night() == {"licence_expired": 1}

    expired = Alert.objects.get(kind="licence_expired")
    assert expired.order is not None
    assert Alert.objects.get(kind="licence_expiring").end == "gone"


def test_an_old_licence_beside_one_that_holds_is_no_alert() -> None:
    old = a_licence(number="JY21501050000024", expires=date(2026, 1, 1))
    in_order(licences=(a_licence(), old))

    assert night() == {}


def test_a_doubtful_number_is_confirmed_once() -> None:
    in_order(licences=(a_licence(number="JY21501050000017", evidence="已看正本"),))
    assert night() == {"licence_number_bad": 1}

    services.end_alerts(alerts=list(Alert.objects.all()), how="handled")

    assert night() == {}


def test_a_false_alarm_is_not_raised_again() -> None:
    in_order(people=(a_handler(health_until=date(2026, 11, 1)),))
    assert night() == {"health_expired": 1}

    services.end_alerts(alerts=list(Alert.objects.all()), how="false")

    assert night() == {}


def test_what_was_handled_and_is_still_so_comes_back() -> None:
    in_order(people=(a_handler(health_until=date(2026, 11, 1)),))
    night()

    services.end_alerts(alerts=list(Alert.objects.all()), how="handled")

    assert night() == {"health_expired": 1}
    assert Alert.objects.count() == 2


def test_certificates_of_handlers_run_out() -> None:
    in_order(
        people=(
            a_handler(health_until=date(2026, 12, 1)),
            a_handler(name="测试丙", health_until=date(2026, 11, 19)),
            a_handler(name="测试丁", duties=("principal",), health_until=date(2026, 1, 1)),
        )
    )

    found = night()

    assert {k: n for k, n in found.items() if k.startswith("health")} == {
        "health_expired": 1,
        "health_expiring": 1,
    }


def test_a_firm_without_its_people_lacks_them() -> None:
    made = in_order(legal_form="company", scale="large", code="91150102MA0AAAA1X7", people=())

    assert night() == {"director_missing": 1, "officer_missing": 1}
    assert {one.subject for one in Alert.objects.all()} == {domain.subject(made.pk)}


def test_the_facts_of_the_night_are_those_a_file_shows() -> None:
    """Set-wise in SQL as one by one in the pure core, over every sort of business there is."""
    sorts = list(
        product(Kind, ("company", "household", "public"), Scale, ("", "school"), (499, 500))
    )
    Business.objects.bulk_create(
        Business(name="测试", district="150105", kind=kind, legal_form=form, scale=scale,
                 serves=serves, diners=diners, head_id=None)
        for kind, form, scale, serves, diners in sorts
    )  # fmt: skip
    chain = Business.objects.filter(kind="seller", legal_form="company", scale="micro").first()
    Business.objects.filter(kind="vendor", scale="micro").update(head=chain)
    norms = rules.norms(clock.today())

    night()

    wanted = {"director": set(), "officer": set()}
    for one in Business.objects.all():
        facts = Facts(one.kind, one.legal_form, one.scale, one.serves, one.diners,
                      one.branches.count())  # fmt: skip
        for lack in lacking(facts, (), norms, clock.today()):
            if lack.code in wanted:
                wanted[lack.code].add(one.pk)
    for code, businesses in wanted.items():
        rows = Alert.objects.filter(OPEN, kind=f"{code}_missing")
        assert set(rows.values_list("business", flat=True)) == businesses
        assert businesses


def test_hours_of_the_year_are_looked_at_towards_its_end_and_stay_short() -> None:
    with clock.at(datetime(2026, 10, 1, tzinfo=UTC)):
        in_order(people=(a_handler(duties=("officer",)),), **A_FIRM)
        assert night() == {}
    assert night() == {"training_short": 1}

    with clock.at(datetime(2027, 3, 1, tzinfo=UTC)):
        assert night() == {"training_short": 1}
        person = Person.objects.get()
        registry.record_training(
            person=person, day=date(2026, 12, 20), hours=Decimal(24), topic="规范"
        )
        registry.record_training(
            person=person, day=date(2026, 12, 21), hours=Decimal(16), topic="规范"
        )
        assert night() == {}


def test_who_rests_beyond_the_term_is_told() -> None:
    made = in_order()
    Business.objects.filter(pk=made.pk).update(state="dormant", state_since=date(2023, 11, 19))

    assert night() == {"dormant_too_long": 1}


def test_an_alert_ends_as_soon_as_its_fact_does() -> None:
    made = in_order(licences=(a_licence(expires=date(2026, 12, 1)),))
    night()
    renewed = a_licence(issued=date(2026, 11, 20), expires=date(2031, 11, 19))

    registry.renew_licence(licence=Licence.objects.get(), new=renewed)
    services.feed_touched()
    services.fold()

    one = Alert.objects.get()
    ended = Entry.objects.get(id=one.later[-1])
    assert (one.end, ended.kind) == ("gone", "alerts.alert_ended")
    assert Entry.objects.get(id=ended.cause).kind.startswith("registry.licence")
    assert made.pk == one.business_id


def test_open_alerts_go_where_the_business_goes() -> None:
    made = in_order(licences=(a_licence(expires=date(2026, 12, 1)),))
    night()

    there = NewPremises(address="新城区中山东路1号", district="150102", station="150102001")
    registry.move(number=made.pk, new=there, day=date(2026, 11, 20), why="迁址")
    services.feed_touched()

    one = Alert.objects.get()
    assert (one.district, one.station) == ("150102", "150102001")


def test_a_closed_business_has_no_open_alerts() -> None:
    made = in_order(licences=(a_licence(expires=date(2026, 12, 1)),))
    night()

    registry.close(number=made.pk, closed=date(2026, 11, 20), why="注销")
    services.feed_touched()
    services.fold()

    assert not Alert.objects.filter(OPEN).exists()


def test_a_visit_after_a_commitment_comes_due_and_is_late() -> None:
    in_order()
    Licence.objects.update(committed=True, follow_up_due=date(2026, 11, 25))
    assert night() == {"commitment_visit": 1}
    assert Alert.objects.get().severity == 3

    with clock.at(datetime(2026, 11, 26, 2, 0, tzinfo=UTC)):
        night()

    assert Alert.objects.get().severity == 2

    registry.follow_up(licence=Licence.objects.get(), day=date(2026, 11, 20), why="已核查")
    services.feed_touched()
    services.fold()
    assert Alert.objects.get().end == "gone"

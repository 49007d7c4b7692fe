"""Raising: signals stand or fall with the act that noticed them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError

from mingchu.ledger.services import caused_by
from mingchu.signals import services
from mingchu.signals.domain import Signal, misshapen
from mingchu.signals.models import Noticed

ONE = Signal(kind="reported_problem", subject="device:1")


@pytest.mark.django_db
def test_they_are_appended_in_their_order_with_their_cause() -> None:
    entry = "018f0000-0000-7000-8000-000000000001"
    with transaction.atomic(), caused_by(entry):  # type: ignore[arg-type]
        assert services.raise_signals([ONE, Signal(kind="a", subject="b:1")]) == 2

    rows = Noticed.objects.order_by("pk")
    assert [(one.kind, str(one.cause)) for one in rows] == [
        ("reported_problem", entry),
        ("a", entry),
    ]


def test_they_go_with_their_act(committed: str) -> None:
    with transaction.atomic():
        services.raise_signals([ONE])
        transaction.set_rollback(True)

    assert not Noticed.objects.exists()


def test_whoever_raises_may_ask_the_database_while_he_does(committed: str) -> None:
    def asking() -> Iterator[Signal]:
        for number in range(3):
            yield Signal(kind="a", subject=f"b:{number}", key=str(Noticed.objects.count()))

    with transaction.atomic():
        assert services.raise_signals(asking()) == 3


def test_outside_of_an_act_nothing_can_be_raised(committed: str) -> None:
    with pytest.raises(TransactionManagementError):
        services.raise_signals([ONE])


def test_whoever_weighs_them_is_woken_once_after_the_commit(
    committed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[bool] = []
    monkeypatch.setattr(services, "_called", [lambda: heard.append(connection.in_atomic_block)])

    with transaction.atomic():
        services.raise_signals([ONE])
        services.raise_signals([ONE])
        services.raise_signals([])
        assert heard == []

    assert heard == [False]


@pytest.mark.parametrize(
    ("said", "part"),
    [
        ({"kind": "Camera"}, "kind"),
        ({"kind": "x" * 41}, "kind"),
        ({"subject": "x" * 61}, "subject"),
        ({"key": "x" * 121}, "key"),
        ({"district": "15010"}, "district"),
        ({"station": "1"}, "station"),
        ({"labels": {"a": 1}}, "labels"),
        ({"labels": ["a"]}, "labels"),
        ({"labels": {str(n): "" for n in range(21)}}, "labels"),
    ],
)
def test_what_no_alert_could_hold_is_known_by_its_part(said: dict[str, object], part: str) -> None:
    known: dict[str, object] = {"kind": "a", "subject": "b:1"}

    assert misshapen(Signal(**{**known, **said})) == part  # type: ignore[arg-type]

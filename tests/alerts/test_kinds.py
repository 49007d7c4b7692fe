"""Kinds: what the rulebook says of each resolves, covers in no circle, and every kind is fed."""

from __future__ import annotations

from typing import Any

import pytest

from mingchu.alerts import rules, words
from mingchu.alerts.apps import FED
from mingchu.alerts.domain.kinds import faults, group_of, read
from mingchu.base import clock
from mingchu.registry.queries.facts import FACTS

GOOD: dict[str, Any] = {
    "severity": 3,
    "due": {"rule": "a.days", "key": "x"},
    "level": "station",
    "ends": "either",
    "basis": "a.days",
    "order": True,
    "group": "business",
}
RULES = {"a.days": frozenset({"x"}), "a.count": None}


def wrong(**said: Any) -> list[str]:
    known = {key: value for key, value in {**GOOD, **said}.items() if value is not None}
    return list(faults({"one": known, "other": GOOD}, RULES))


def test_the_table_of_this_house_is_in_order() -> None:
    assert rules.faults() == []


def test_a_sound_kind_has_no_fault() -> None:
    assert wrong() == []


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"severity": 4}, "not 1 to 3"),
        ({"level": "province"}, "unknown level"),
        ({"ends": "never"}, "unknown end"),
        ({"group": "colour"}, "unknown group"),
        ({"order": "perhaps"}, "neither true nor false"),
        ({"due": {"rule": "a.days", "by_severity": "x"}}, "no term"),
        ({"due": {"rule": "a.nothing"}}, "no rule a.nothing"),
        ({"due": {"rule": "a.days", "key": "y"}}, "no y in a.days"),
        ({"due": {"by_severity": "handle"}}, "no rule alert.red_hours"),
        ({"basis": "a.nothing"}, "no rule a.nothing"),
        ({"colour": "red"}, "unknown key"),
        ({"basis": None}, "missing"),
        ({"covered": [{"by": "nobody", "equal": ["business"]}]}, "no kind"),
        ({"covered": [{"by": "other", "equal": []}]}, "without an equal label"),
        ({"covered": [{"by": "one", "equal": ["business"]}]}, "covers itself"),
        (
            {"clusters": [{"into": "other", "count": "a.count", "window": "a.days", "equal": []}]},
            "without an equal label",
        ),
        (
            {"clusters": [{"into": "z", "count": "a.count", "window": "a.days", "equal": ["b"]}]},
            "clusters into z",
        ),
    ],
)
def test_what_is_wrong_with_a_kind_is_told(said: dict[str, Any], told: str) -> None:
    assert any(told in fault for fault in wrong(**said))


def test_kinds_that_cover_one_another_in_a_circle_are_told() -> None:
    def by(name: str) -> dict[str, Any]:
        return {**GOOD, "covered": [{"by": name, "equal": ["business"]}]}

    assert list(faults({"a": by("b"), "b": by("c"), "c": by("a")}, RULES)) == [
        "a > b > c > a: covers itself"
    ]


def test_every_fact_of_the_registry_has_its_kind_and_every_kind_its_words() -> None:
    live = rules.live(clock.today())

    assert FACTS.keys() <= live.keys()
    assert set(FED) <= live.keys()
    assert set(words.live_names()) == live.keys()


def test_orders_are_shared_by_business_or_by_what_an_alert_is_about() -> None:
    kinds = read({"a": GOOD, "b": {**GOOD, "group": "subject"}})

    assert group_of(kinds["a"], "person:1", "business:X") == "business:X"
    assert group_of(kinds["b"], "person:1", "business:X") == "person:1"
    assert group_of(kinds["a"], "device:1", "") == "device:1"

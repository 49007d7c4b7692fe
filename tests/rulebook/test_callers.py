"""Whoever needs a number of the law or the city takes it from the rulebook."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.apps import apps

from mingchu.base.retention import Retention
from mingchu.demo.plan import plan
from mingchu.registry import terms
from mingchu.registry.domain import Standing
from mingchu.rulebook import store, values
from mingchu.rulebook.kinds import Unit

TODAY = date(2026, 11, 20)
TERMS = values.DAYS | set(values.MOMENTS)


def declared() -> list[tuple[str, Retention]]:
    return [
        (model._meta.label, model.RETENTION)
        for model in apps.get_models()
        if isinstance(getattr(model, "RETENTION", None), Retention)
    ]


@pytest.mark.parametrize(
    "rule_id", sorted({kept.rule for _, kept in declared() if not kept.is_forever})
)
def test_every_term_of_retention_is_a_rule(rule_id):
    ruling = store.rule(rule_id).on(TODAY)

    assert ruling.unit in TERMS
    assert ruling.number() > 0


def test_a_licence_expires_soon_as_long_before_its_end_as_the_rule_says():
    ahead = max(store.rule("licence.expiry_steps").on(TODAY).value)

    def standing(days: int) -> Standing:
        return terms.standing("valid", TODAY + timedelta(days=days), TODAY)

    assert standing(ahead) is Standing.EXPIRING
    assert standing(ahead + 1) is Standing.VALID
    assert standing(-1) is Standing.EXPIRED


def test_a_small_operators_number_has_the_pattern_of_the_region():
    assert terms.small_operator_pattern(TODAY) == (
        store.rule("identifiers.small_operator_pattern", "cn-15").on(TODAY).value
    )


def test_the_demo_city_gives_papers_the_terms_of_the_law():
    known = plan()

    assert known.years["SC"] == store.rule("licence.sc_validity").on(known.today).number()
    assert known.years["JY"] == store.rule("licence.jy_validity").on(known.today).number()
    assert known.health_years == store.rule("duty.health_years").on(known.today).number()
    assert store.rule("duty.health_years").on(known.today).unit is Unit.YEAR

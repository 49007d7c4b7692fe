"""Credit classes of a small city: what they rest on, that both evaluators agree, what is kept."""

from __future__ import annotations

import json
import random
from datetime import date, timedelta

import pytest
from credited import (
    EVERYWHERE,
    NOW,
    TODAY,
    a_firm,
    ago,
    class_of,
    held_against,
    letter_of,
    listed,
    on,
    visited,
)

from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.ledger.models import Entry
from mingchu.registry import services as registry
from mingchu.registry.models import Business
from mingchu.risk import credit_rules
from mingchu.risk.domain import credit
from mingchu.risk.domain.credit import Roll
from mingchu.risk.models import CreditClass, CreditRun, FactKind
from mingchu.risk.queries import credit as queries
from mingchu.risk.queries.credit import Asked
from mingchu.risk.services.classing import is_as_reckoned, reckon
from mingchu.risk.services.crediting import NewFact, note_facts, strike_fact
from mingchu.risk.services.listing import leave_list
from mingchu.rulebook.scoring import score

pytestmark = pytest.mark.django_db


def reasons_of(firm: Business) -> dict[str, int]:
    """Points by indicator, of those that gave any."""
    found = class_of(firm)
    assert found is not None
    return {item: int(points) for item, points in found.points_by_item().items() if points}


def test_a_firm_with_nothing_against_it_is_of_class_a_and_every_indicator_says_so():
    firm = a_firm()

    run = reckon()

    found = class_of(firm)
    assert (found.credit, found.points, run.firms, run.moved) == ("A", 0, 1, 0)
    assert len(found.reasons) == len(credit_rules.basis(TODAY).sheet.value["items"])


def test_individual_households_have_no_class():
    household = a_firm(legal_form="household")

    run = reckon()

    assert (letter_of(household), run.firms) == ("", 0)


def test_each_fact_counts_as_long_as_its_window_and_no_longer():
    firm = a_firm()
    held_against(firm, "penalty", date(2024, 11, 21))
    held_against(firm, "penalty", date(2024, 11, 20))
    held_against(firm, "talk", ago(400))

    reckon()

    assert reasons_of(firm) == {"penalties": 4}


def test_a_fact_that_is_struck_out_counts_no_more():
    firm = a_firm()
    fact = held_against(firm, "case_reported")
    reckon()
    before = reasons_of(firm)

    strike_fact(fact=fact, why="决定被撤销")
    reckon()

    assert (before, reasons_of(firm)) == ({"complaints": 4}, {})


def test_what_visits_found_counts_by_the_weight_of_the_items():
    firm = a_firm()
    visited(firm, failed_key=2, failed_general=2)
    visited(firm, ago(500), failed_key=10)

    reckon()

    assert class_of(firm).answers["findings"] == 16
    assert reasons_of(firm) == {"findings": 5}


def test_a_visit_of_another_department_says_nothing_of_food():
    firm = a_firm()
    visited(firm, department="fire", applicable_key=0, applicable_general=0)

    reckon()

    assert "findings" not in class_of(firm).answers


def test_what_befalls_a_branch_is_told_of_its_head_office_and_of_its_sisters():
    head = a_firm()
    bad, good = a_firm(head=head.pk), a_firm(head=head.pk)
    for _ in range(3):
        held_against(bad)

    reckon()

    assert reasons_of(bad) == {"penalties": 10}
    assert reasons_of(head) == reasons_of(good) == {"kin_penalties": 4}


def test_a_change_of_what_is_registered_counts_and_other_corrections_do_not():
    firm = a_firm()
    for number in range(2):
        registry.correct(number=firm.pk, changes={"address": f"学府街{number}号"}, why="搬迁")
    registry.correct(number=firm.pk, changes={"phone": "0471-1234567"}, why="更正")

    reckon()

    assert class_of(firm).answers["changes"] == 2


def test_on_a_list_a_class_is_lifted_the_same_day_and_says_by_what():
    firm = a_firm()
    reckon()

    listed(firm, "serious")

    found = class_of(firm)
    assert (found.credit, found.lifted_by) == ("D", ["serious"])


def test_off_the_list_the_points_decide_again_and_the_past_stays_readable():
    firm = a_firm()
    with on(ago(100)):
        reckon()
    entry = listed(firm, since=ago(0), found=ago(0))
    assert letter_of(firm) == "C"

    with clock.stopped(NOW + timedelta(days=5)):
        leave_list(listing=entry, until=clock.today(), how="met")
        with clock.stopped(NOW + timedelta(days=6)):
            reckon()

            past = [(one.credit, one.until) for one in queries.classes_of(firm.pk)]
    assert past[0] == ("A", None)
    assert past[-1] == ("A", ago(1))
    assert [letter for letter, _until in past] == ["A", "C", "A"]


def test_what_is_as_it_was_writes_nothing_but_the_run():
    firm = a_firm()
    held_against(firm)
    reckon()
    before = class_of(firm).pk

    with clock.stopped(NOW + timedelta(days=30)):
        run = reckon()

    assert class_of(firm).pk == before
    assert (run.moved, CreditClass.objects.count(), CreditRun.objects.count()) == (0, 1, 2)


def test_the_same_points_for_other_reasons_are_told_anew():
    firm = a_firm()
    fact = held_against(firm, "penalty")
    reckon()
    strike_fact(fact=fact, why="录错")
    held_against(firm, "case_reported")

    run = reckon()

    assert (reasons_of(firm), run.moved) == ({"complaints": 4}, 0)


def test_who_closes_has_no_class_any_more_and_keeps_the_past_one():
    firm = a_firm()
    with on(ago(10)):
        reckon()
    registry.close(number=firm.pk, closed=TODAY, why="注销")

    run = reckon()

    assert (letter_of(firm), run.firms) == ("", 0)
    assert [one.until for one in queries.classes_of(firm.pk)] == [ago(1)]


def test_an_old_day_is_reckoned_with_what_had_happened_by_then():
    firm = a_firm()
    held_against(firm, "penalty", ago(10))
    listed(firm, "abnormal", found=ago(6), since=ago(5))
    reckon()

    then = queries.letters_on(credit_rules.basis(ago(7)), ago(7))
    before = queries.known_of(credit_rules.basis(ago(20)), ago(20), [firm.pk])[firm.pk]

    assert (letter_of(firm), then[firm.pk]) == ("C", "A")
    assert (before.answers["penalties"], before.on_abnormal) == (0, False)


# ── One and many, object and SQL ──


def a_city(seed: int, size: int = 40) -> list[Business]:
    """Firms with heads, facts, lists and visits at random."""
    dice = random.Random(seed)  # noqa: S311 a city for a test
    firms = []
    for number in range(size):
        head = dice.choice(firms).pk if firms and dice.random() < 0.3 else None
        opened = dice.choice([None, ago(dice.randint(1, 4000))])
        forms = ["company", "company", "cooperative", "household"]
        firms.append(a_firm(opened=opened, legal_form=dice.choice(forms),
                            **({"head": head} if head and number else {})))  # fmt: skip
    told = [
        NewFact(
            business_id=dice.choice(firms).pk,
            kind=dice.choice(FactKind.values),
            day=ago(dice.randint(0, 1200)),
            reference=str(number),
        )
        for number in range(size * 3)
    ]
    note_facts(told)
    for firm in dice.sample(firms, size // 5):
        listed(firm, dice.choice(["abnormal", "serious"]))
    for firm in firms:
        for _ in range(dice.randint(0, 2)):
            visited(firm, ago(dice.randint(0, 500)), failed_key=dice.randint(0, 10))
    return firms


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_city_at_once_and_each_firm_by_the_pure_core_come_to_the_same(seed):
    firms = a_city(seed)
    basis = credit_rules.basis(TODAY)
    reckon()

    for number, known in queries.known_of(basis, TODAY, [one.pk for one in firms]).items():
        pure = score(basis.sheet.value, known.answers)
        standing = [Roll.ABNORMAL] * known.on_abnormal + [Roll.SERIOUS] * known.on_serious
        found = credit.classed(pure.points, basis.bands.value, standing, basis.floors.value)
        kept = CreditClass.objects.get(business=number, until__isnull=True)
        assert (kept.credit, kept.points) == (found.letter, pure.points), known
        assert kept.lifted_by == list(found.lifted_by)
        said = [json.loads(json.dumps(one.plain(), default=float)) for one in pure.reasons]
        assert json.loads(json.dumps(kept.reasons, default=float)) == said


def test_a_few_reckoned_alone_stand_as_they_do_among_all():
    firms = a_city(7)
    some = [one.pk for one in firms[::3]]
    reckon(only=some)
    alone = dict(CreditClass.objects.filter(business__in=some).values_list("business", "credit"))

    reckon()

    rows = CreditClass.objects.filter(business__in=some, until__isnull=True)
    assert dict(rows.values_list("business", "credit")) == alone
    assert reckon().moved == 0


# ── What is told of it ──


def test_the_journal_holds_a_digest_that_proves_the_classes_and_tells_none():
    firm = a_firm()
    listed(firm, "serious")
    run = reckon()

    entry = Entry.objects.filter(kind="risk.credit_reckoned").latest("id")

    assert json.loads(entry.data).keys() == {"run_id", "day", "whole", "firms", "rules", "digest"}
    assert (entry.subject, is_as_reckoned(run)) == (f"credit:{run.pk}", True)
    CreditClass.objects.filter(business=firm).update(credit="A")
    assert not is_as_reckoned(run)


def test_classes_are_counted_and_listed_inside_the_scopes():
    firm, other = a_firm(), a_firm(district="150102")
    listed(firm, "serious")
    reckon()

    assert queries.counted(EVERYWHERE) == {(firm.district, "D"): 1, (other.district, "A"): 1}
    assert [one.business_id for one in queries.classes(EVERYWHERE, Asked(credit="D"))] == [firm.pk]
    assert list(queries.classes((), Asked())) == []


def test_before_the_first_rule_nobody_is_reckoned():
    with on(date(2018, 6, 1)), pytest.raises(Refusal, match="还没有施行"):
        reckon()

"""Lists of abnormal operations and serious violations: entry, terms, exit, and what follows."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from credited import EVERYWHERE, TODAY, a_firm, ago, held_against, letter_of, listed, on

from mingchu.base.errors import Refusal
from mingchu.ledger.models import Entry
from mingchu.registry import services as registry
from mingchu.risk.models import Fact, Listing
from mingchu.risk.queries import credit as queries
from mingchu.risk.queries.credit import Asked
from mingchu.risk.services.classing import reckon
from mingchu.risk.services.crediting import NewFact, note_fact, note_facts, strike_fact
from mingchu.risk.services.listing import (
    NewListing,
    ask_exit,
    end_terms,
    enter_list,
    leave_list,
    strike_listing,
)

pytestmark = pytest.mark.django_db


def refused(act, **given) -> str:
    with pytest.raises(Refusal) as caught:
        act(**given)
    return caught.value.code


# ── Entry ──


def test_an_entry_knows_its_terms_from_the_rules_of_its_day():
    firm = a_firm()

    abnormal = listed(firm, found=date(2026, 11, 2), since=date(2026, 11, 10))
    serious = listed(firm, "serious", found=date(2026, 5, 20), since=date(2026, 6, 1))

    assert (abnormal.decide_by, abnormal.ends) == (date(2026, 11, 16), None)
    assert (serious.ends, serious.early_from) == (date(2029, 6, 1), date(2027, 6, 1))


def test_an_entry_of_the_old_days_has_the_term_of_the_old_days():
    firm = a_firm()

    old = listed(firm, "abnormal", found=date(2020, 5, 6), since=date(2020, 5, 8))

    assert old.rule_since == date(2014, 10, 1)


def test_a_decision_that_came_too_late_says_so_in_the_journal():
    firm = a_firm()

    listed(firm, found=ago(60), since=ago(0))

    entry = Entry.objects.get(kind="risk.list_entered")
    assert '"late":true' in entry.data


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"roll": "grey"}, "unknown_list"),
        ({"ground": "harmful"}, "unknown_choice"),
        ({"found": ago(1), "since": ago(2)}, "listing_days_wrong"),
        ({"since": TODAY + timedelta(days=1)}, "listing_days_wrong"),
        ({"decision": " "}, "listing_without_decision"),
    ],
)
def test_an_entry_that_cannot_be_is_refused(told, code):
    known = {
        "business_id": a_firm().pk, "roll": "abnormal", "ground": "unreachable",
        "found": ago(9), "since": ago(5), "decision": "列入〔2026〕1号",
    }  # fmt: skip

    assert refused(enter_list, listing=NewListing(**{**known, **told})) == code
    assert not Listing.objects.exists()


def test_nobody_is_on_a_list_twice_for_the_same_ground_and_may_be_for_two():
    firm = a_firm()
    listed(firm)

    with pytest.raises(Refusal, match="已在名录中"):
        listed(firm)
    listed(firm, ground="annual_report")

    assert len(queries.listings_of(firm.pk)) == 2


# ── Exit ──


def test_who_asks_to_be_taken_off_has_an_answer_within_the_days_of_the_rule():
    entry = listed(a_firm())

    asked = ask_exit(listing=entry, day=date(2026, 11, 2))

    assert asked.leave_by == date(2026, 11, 9)


def test_an_early_exit_from_the_serious_list_waits_for_its_year():
    entry = listed(a_firm(), "serious")

    assert refused(ask_exit, listing=entry, day=TODAY) == "early_exit_too_soon"
    assert refused(leave_list, listing=entry, until=TODAY, how="early") == "early_exit_too_soon"
    assert refused(leave_list, listing=entry, until=TODAY, how="expired") == "term_not_over"
    assert refused(leave_list, listing=entry, until=TODAY, how="met") == "exit_unfit"


def test_after_a_year_it_may_leave_early_and_its_request_has_two_steps():
    entry = listed(a_firm(), "serious", found=ago(500), since=ago(400))

    asked = ask_exit(listing=entry, day=date(2026, 11, 2))
    left = leave_list(listing=entry, until=TODAY, how="early", decision="移出〔2026〕1号")

    assert asked.leave_by == date(2026, 11, 25)
    assert (left.until, left.exit) == (TODAY, "early")


def test_whose_term_is_over_leaves_by_itself_and_has_its_own_class_again():
    firm = a_firm()
    with on(date(2023, 11, 18)):
        listed(firm, "serious", found=date(2023, 11, 1), since=date(2023, 11, 17))
    before = letter_of(firm)

    assert end_terms() == 1

    left = queries.listings_of(firm.pk)[0]
    assert (left.until, left.exit) == (date(2026, 11, 17), "expired")
    assert (before, letter_of(firm)) == ("D", "A")
    assert end_terms() == 0


def test_an_entry_that_should_never_have_been_made_counts_no_more_and_stays_to_be_read():
    firm = a_firm()
    entry = listed(firm, "serious")

    strike_listing(listing=entry, why="复议撤销")

    assert letter_of(firm) == "A"
    assert queries.listings_of(firm.pk)[0].struck_why == "复议撤销"
    assert refused(leave_list, listing=entry, until=TODAY, how="early") == "not_listed"
    assert refused(strike_listing, listing=entry, why="再次") == "already_struck"


def test_who_stands_on_a_list_is_found_by_list_and_place():
    firm, other = a_firm(), a_firm(district="150102")
    listed(firm)
    listed(other, "serious")
    left = listed(a_firm())
    leave_list(listing=left, until=TODAY, how="met")

    assert queries.standing(EVERYWHERE, Asked()).count() == 2
    assert [o.business_id for o in queries.standing(EVERYWHERE, Asked(roll="serious"))] == [
        other.pk
    ]
    assert [o.business_id for o in queries.standing(EVERYWHERE, Asked(district="150105"))] == [
        firm.pk
    ]


# ── Facts ──


def test_a_fact_told_twice_is_one():
    firm = a_firm()
    told = NewFact(business_id=firm.pk, kind="penalty", day=ago(5), reference="1号")

    assert len(note_facts([told, told])) == 1
    assert note_facts([told]) == []
    assert refused(note_fact, fact=told) == "fact_known"
    assert Entry.objects.filter(kind="risk.fact_noted").count() == 1


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"kind": "gossip"}, "unknown_fact"),
        ({"reference": " "}, "fact_without_paper"),
        ({"day": TODAY + timedelta(days=1)}, "fact_in_future"),
    ],
)
def test_a_fact_without_kind_paper_or_day_is_refused(told, code):
    known = {"business_id": a_firm().pk, "kind": "penalty", "day": ago(5), "reference": "1号"}

    assert refused(note_fact, fact=NewFact(**{**known, **told})) == code


def test_a_fact_struck_out_needs_a_reason_and_may_be_told_again():
    firm = a_firm()
    fact = held_against(firm, reference="1号")

    assert refused(strike_fact, fact=fact, why=" ") == "strike_unsaid"
    strike_fact(fact=fact, why="录错当事人")
    assert refused(strike_fact, fact=fact, why="再次") == "already_struck"
    held_against(firm, reference="1号")

    assert [bool(one.struck_at) for one in queries.facts_of(firm.pk)] == [False, True]


# ── Files that become one, and two again ──


def test_what_is_held_against_a_business_goes_with_its_file_and_comes_back():
    kept, gone, third = a_firm(), a_firm(), a_firm()
    held_against(gone, reference="甲")
    listed(gone, "serious")

    first = registry.merge(kept=kept.pk, gone=gone.pk, why="重复")
    second = registry.merge(kept=third.pk, gone=kept.pk, why="重复")
    there = [one.reference for one in queries.facts_of(third.pk)]
    class_there = letter_of(third)
    registry.undo_merge(merge=second, why="不是一家")
    registry.undo_merge(merge=first, why="不是一家")

    assert (there, class_there) == (["甲"], "D")
    assert [one.reference for one in queries.facts_of(gone.pk)] == ["甲"]
    assert [letter_of(one) for one in (kept, gone, third)] == ["A", "D", "A"]


def test_what_both_files_hold_is_held_once():
    kept, gone = a_firm(), a_firm()
    for one in (kept, gone):
        held_against(one, reference="同一份决定")

    registry.merge(kept=kept.pk, gone=gone.pk, why="重复")

    assert len(queries.facts_of(kept.pk)) == 1
    assert Fact.objects.count() == 2


def test_a_business_that_should_never_have_been_enrolled_takes_its_class_along():
    firm = a_firm()
    reckon()

    registry.withdraw_many([firm.pk], why="误建")

    assert queries.classes_of(firm.pk) == []

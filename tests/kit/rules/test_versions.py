"""A version of the city: written by one, approved by another, in force from its day, then fixed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import ProgrammingError
from rulings import CITED, SINCE, label, value_of

from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.kit.models import RuleState, RuleVersion
from mingchu.kit.rules import checking, drafting, hanging, rehearsals, reviewing
from mingchu.ledger.models import Entry
from mingchu.rulebook import store
from mingchu.rulebook.scoring import what_if

pytestmark = pytest.mark.django_db
BANDS = "grade.bands"
STRICTER = {"bands": [{"to": 25, "is": "A"}, {"to": 45, "is": "B"}, {"to": 60, "is": "C"}]} | {
    "above": "D"
}


def draft_of(people, rule=BANDS, value=STRICTER, **said):
    return drafting.draft(
        rule=rule, author=label(people[0]), **{"since": SINCE, "value": value, **CITED, **said}
    )


def refused(act, **given):
    with pytest.raises(Refusal) as no:
        act(**given)
    return no.value.code


def test_an_approved_version_speaks_from_its_day_on_and_not_before(approved):
    approved(BANDS, STRICTER)

    bands = store.rule(BANDS)
    assert (bands.on(SINCE - timedelta(days=1)).band(28), bands.on(SINCE).band(28)) == ("A", "B")
    ruling = bands.on(SINCE)
    assert (ruling.jurisdiction, ruling.cite.article) == ("cn-1501", "第三条")
    assert bands.on(clock.today()).until == SINCE - timedelta(days=1)


def test_what_is_drafted_or_under_review_does_not_speak(people):
    row = draft_of(people)
    drafting.submit(version=row.pk)

    assert store.rule(BANDS).on(SINCE).band(28) == "A"


def test_nobody_approves_what_he_wrote(people):
    row = draft_of(people)
    drafting.submit(version=row.pk)

    assert refused(reviewing.approve, version=row.pk, reviewer=label(people[0])) == "own_rule"
    assert store.rule(BANDS).on(SINCE).band(28) == "A"


def test_a_version_given_back_is_rewritten_and_submitted_again(people):
    row = draft_of(people)
    drafting.submit(version=row.pk)
    assert refused(reviewing.send_back, version=row.pk, reviewer="user:0", opinion=" ") == (
        "opinion_missing"
    )
    reviewing.send_back(version=row.pk, reviewer=label(people[1]), opinion="A级再严一些")

    drafting.rewrite(version=row.pk, value={**STRICTER, "above": "E"})
    drafting.submit(version=row.pk)
    reviewing.approve(version=row.pk, reviewer=label(people[1]))
    store.refresh()

    assert store.rule(BANDS).on(SINCE).band(90) == "E"
    kinds = list(Entry.objects.order_by("id").values_list("kind", flat=True))
    assert [kind for kind in kinds if kind.startswith("kit.rule")] == [
        "kit.rule_drafted",
        "kit.rule_submitted",
        "kit.rule_returned",
        "kit.rule_rewritten",
        "kit.rule_submitted",
        "kit.rule_approved",
    ]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"since": date(2026, 11, 20)}, "day_past"),
        ({"since": date(2020, 1, 1)}, "day_past"),
        ({"law": ""}, "missing"),
        ({"published": None}, "missing"),
        ({"status": "verified", "number": ""}, "missing"),
        ({"note_zh": "说明"}, "untitled"),
        ({"value": {"bands": [{"to": 45, "is": "A"}, {"to": 30, "is": "B"}], "above": "C"}}, None),
    ],
)
def test_a_faulty_version_is_not_put_before_anybody(people, said, code):
    row = draft_of(people, **said)

    codes = [one.code for one in checking.faults(row)]
    assert (code or "misfit") in codes
    assert refused(drafting.submit, version=row.pk) == "rule_faulty"
    assert all("{" not in one.why for one in checking.faults(row))


def test_a_version_that_says_what_holds_already_is_none(people):
    row = draft_of(people, value=value_of(BANDS))

    assert [one.code for one in checking.faults(row)] == ["says_the_same"]


def test_a_choice_keeps_every_key_that_the_house_asks_for(people):
    row = draft_of(people, rule="grade.visits_min", value={"A": 1, "B": 2, "C": 3})

    assert [one.code for one in checking.faults(row)] == ["key_lost"]


def test_two_versions_of_one_day_cannot_both_hold(people, approved):
    first = draft_of(people)
    drafting.submit(version=first.pk)
    approved(BANDS, {**STRICTER, "above": "E"})

    code = refused(reviewing.approve, version=first.pk, reviewer=label(people[1]))

    assert code == "rule_faulty"
    with pytest.raises(IntegrityError), transaction.atomic():
        RuleVersion.objects.filter(pk=first.pk).update(state=RuleState.APPROVED)


def test_the_database_itself_keeps_an_approved_version(approved):
    row = approved(BANDS, STRICTER)

    assert refused(drafting.rewrite, version=row.pk, law="另一部") == "rule_not_open"
    for change in ("SET value = '5'", "SET since = '2026-01-01'", "SET state = 'draft'"):
        with (
            pytest.raises(ProgrammingError, match="never changes"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"UPDATE kit_ruleversion {change}")
    with pytest.raises(ProgrammingError, match="never changes"), transaction.atomic():
        row.delete()


def test_before_its_day_an_approved_version_may_be_withdrawn_after_it_not(approved, at):
    row = approved(BANDS, STRICTER)
    drafting.withdraw(version=row.pk)
    store.refresh()
    assert store.rule(BANDS).on(SINCE).band(28) == "A"

    later = approved(BANDS, STRICTER)
    at("2027-01-01 09:00")

    assert refused(drafting.withdraw, version=later.pk) == "rule_in_force"
    assert store.rule(BANDS).on(SINCE).band(28) == "B"


def test_a_repeal_lets_the_nation_speak_again(approved):
    approved(BANDS, STRICTER)
    again = SINCE + timedelta(days=365)
    approved(BANDS, None, since=again)

    ruling = store.rule(BANDS).on(again)
    assert (ruling.band(28), ruling.jurisdiction) == ("A", "cn")


def test_the_calendar_is_not_the_citys_to_set(people):
    code = refused(draft_of, people=people, rule="calendar.working_days", value=None)

    assert code == "calendar_is_national"


def test_one_band_of_a_sheet_is_changed_and_an_old_day_keeps_its_points(approved):
    sheet = value_of("grade.static_seller")
    area = next(one for one in sheet["items"] if one["id"] == "area")
    area["bands"][0]["is"] = 2

    approved("grade.static_seller", sheet)

    rule = store.rule("grade.static_seller")
    then = what_if(rule.on(SINCE).value, {"area": 5000})
    now = what_if(rule.on(clock.today()).value, {"area": 5000})
    assert (now[0].gain, then[0].gain) == (3, 2)


def bands_then(draft):
    """What a context that decides by hygiene bands would say of a draft."""
    said = store.rule(draft.id).on(draft.since).band(80)
    return rehearsals.Rehearsal(f"80分：{said}")


rehearsals.REHEARSALS.add("hygiene", bands_then)


def test_a_rehearsal_hears_the_draft_and_nobody_else_does(people):
    stricter = {"bands": [{"to": 85, "is": "C"}], "above": "A"}
    row = draft_of(people, rule="hygiene.year_bands", value=stricter)

    assert rehearsals.rehearse(row).summary == "80分：C"
    assert store.rule("hygiene.year_bands").on(SINCE).band(80) == "B"
    assert rehearsals.rehearse(draft_of(people, rule="market.grade_bands")) is None


def test_a_row_that_a_newer_book_cannot_take_up_is_passed_over(approved):
    row = approved(BANDS, STRICTER)
    for older in ({"rule": "grade.gone"}, {"rule": "grade.top_points", "value": "[1, 2]\n"}):
        said = {name: getattr(row, name) for name in ("since", "value", "law", "article")}
        facts = {**said, "published": row.published, "checked": row.checked, **older}
        RuleVersion.objects.create(state=RuleState.APPROVED, status=row.status, **facts)
    store.refresh()

    assert store.rule(BANDS).on(SINCE).band(28) == "B"
    assert store.rule("grade.top_points").on(SINCE).choice("static") == 40
    sign = hanging.read()
    assert (sign.condition, "grade.gone 2027-01-01" in sign.advice) == ("bad", True)


def test_a_question_of_the_book_asks_the_database_once_in_a_while(
    approved, django_assert_num_queries
):
    approved(BANDS, STRICTER)
    store.refresh()
    store.rule(BANDS)

    with django_assert_num_queries(0):
        for _ in range(100):
            store.rule(BANDS).on(SINCE)
    store.refresh()
    with django_assert_num_queries(1):
        store.rule(BANDS).on(SINCE)

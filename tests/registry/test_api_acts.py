"""Acts of programs on a file and its parts: what pages can do, and how a second writer is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from build import SAIHAN, XINCHENG, a_restaurant
from program import Program

from mingchu.accounts.domain import CITY, Scope, ScopeKind
from mingchu.base import clock
from mingchu.identifiers import credit_code
from mingchu.ledger.models import Entry
from mingchu.registry import domain, history, services
from mingchu.registry.models import Business, HealthCertificate, Past, Person
from mingchu.registry.services import NewPremises

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)
LONG = "长" * 300
STALE = 99


@pytest.fixture(autouse=True)
def november():
    with clock.at(clock.midnight(TODAY) + timedelta(hours=9)):
        yield


@pytest.fixture
def saihan(db: None) -> Program:
    return Program("district", Scope(ScopeKind.DISTRICT, SAIHAN))


@pytest.fixture
def xincheng(db: None) -> Program:
    return Program("district", Scope(ScopeKind.DISTRICT, XINCHENG))


@pytest.fixture
def city(db: None) -> Program:
    return Program("city", CITY)


def another(**facts: Any) -> Business:
    known = {"name": "绿野菜馆", "code": "", "licences": (), "people": ()}
    return services.enrol(a_restaurant(**{**known, **facts}))


def at(business: Business) -> str:
    return f"businesses/{business.public_id}"


def done(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 200, answer.content.decode()
    said: dict[str, Any] = answer.json()
    return said


def refused(answer: Any, code: str, status: int) -> str:
    said = answer.json()
    assert (answer.status_code, said["code"]) == (status, code), said
    return str(said["why"])


def code_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


# Moving


def test_a_business_moves_with_its_licences_to_another_district(
    city: Program, saihan: Program, restaurant: Business
) -> None:
    old, licence = restaurant.premises.get(), restaurant.licences.get()
    services.place_licence(licence=licence, premises=[old], why="场所")
    read = done(saihan.get(at(restaurant)))

    moved = done(
        city.post(
            f"{at(restaurant)}/move",
            {
                "address": "新华大街9号",
                "district": XINCHENG,
                "day": "2026-11-18",
                "why": "搬迁",
                "revision": read["revision"],
            },
        )
    )

    new, left = moved["premises"]
    assert (moved["district"], moved["station"], moved["address"]) == (XINCHENG, "", "新华大街9号")
    assert (new["main"], new["since"], new["use"]) == (True, "2026-11-18", "shop")
    assert (left["main"], left["until"]) == (False, "2026-11-18")
    assert moved["licences"][0]["places"] == [new["id"]]
    assert moved["revision"] == read["revision"] + 1
    assert moved["sources"]["district"].startswith("api ")
    assert Past.objects.latest("pk").channel == "api"
    assert Entry.objects.filter(kind="registry.business_moved").count() == 1
    assert saihan.get(at(restaurant)).status_code == 404


def test_a_move_inside_the_district_keeps_the_station_use_and_hours(
    saihan: Program, restaurant: Business
) -> None:
    restaurant.premises.update(use="kitchen", hours="05:00–14:00")

    moved = done(
        saihan.post(
            f"{at(restaurant)}/move", {"address": "新街9号", "day": "2026-11-18", "why": "搬迁"}
        )
    )

    assert moved["station"] == "150105001"
    assert (moved["premises"][0]["use"], moved["premises"][0]["hours"]) == (
        "kitchen",
        "05:00–14:00",
    )


def test_a_district_moves_nobody_to_where_it_has_no_say(
    saihan: Program, restaurant: Business
) -> None:
    said = {"address": "9号", "district": XINCHENG, "day": "2026-11-18", "why": "搬迁"}

    refused(saihan.post(f"{at(restaurant)}/move", said), "forbidden", 403)

    assert Business.objects.get().revision == 1


def test_a_move_to_the_same_place_is_none(saihan: Program, restaurant: Business) -> None:
    said = {"address": restaurant.address, "day": "2026-11-18", "why": "搬迁"}

    refused(saihan.post(f"{at(restaurant)}/move", said), "not_moved", 409)


# Head offices


def test_a_head_office_is_set_by_id_code_or_name_wherever_it_lies_and_cleared(
    saihan: Program, restaurant: Business
) -> None:
    code = credit_code.synthetic(9, prefix="91")
    office = another(name="示例总部", code=code, district=XINCHENG, station="")
    path = f"{at(restaurant)}/head"

    for head in (office.public_id, code, "示例总部"):
        said = done(saihan.post(path, {"head": head, "why": "加盟"}))
        assert said["head"] == office.public_id

    for nobody in ("", None):
        assert done(saihan.post(path, {"head": nobody, "why": "解除"}))["head"] is None
    assert Entry.objects.filter(kind="registry.business_affiliated").count() == 2


def test_nobody_is_his_own_head_and_an_unknown_head_is_named(
    saihan: Program, restaurant: Business
) -> None:
    path = f"{at(restaurant)}/head"

    refused(saihan.post(path, {"head": restaurant.public_id, "why": "误录"}), "head_circle", 409)
    said = refused(saihan.post(path, {"head": "没有的店", "why": "误录"}), "head_not_found", 404)

    assert "没有的店" in said
    assert Business.objects.get().head is None


# Licences


def test_a_licence_is_changed_renewed_and_taken_out_again(
    saihan: Program, restaurant: Business
) -> None:
    path = f"{at(restaurant)}/licences/{restaurant.licences.get().pk}"

    changed = done(
        saihan.post(path, {"changes": {"items": ["冷食类食品制售"]}, "why": "变更项目"})
    )["licences"][0]
    renewed = done(saihan.post(f"{path}/renewal", {"issued": "2026-11-20"}))["licences"][0]
    gone = done(saihan.post(f"{path}/withdrawal", {"why": "误登"}))

    assert (changed["items"], changed["issued"]) == (["冷食类食品制售"], "2022-02-20")
    assert (renewed["number"], renewed["items"]) == (changed["number"], changed["items"])
    assert (renewed["issued"], renewed["expires"]) == ("2026-11-20", "2031-11-19")
    assert gone["licences"] == []
    assert {one.channel for one in Past.objects.all()} == {"api"}


def test_a_renewal_says_what_differs_from_the_last_term(
    saihan: Program, restaurant: Business
) -> None:
    path = f"{at(restaurant)}/licences/{restaurant.licences.get().pk}/renewal"

    [said] = done(
        saihan.post(
            path,
            {
                "issued": "2026-11-20",
                "expires": "2030-01-01",
                "items": ["糕点类食品制售"],
                "catalogue": "2026",
                "committed": True,
                "follow_up_due": "2026-12-20",
            },
        )
    )["licences"]

    assert (said["expires"], said["items"]) == ("2030-01-01", ["糕点类食品制售"])
    assert (said["committed"], said["follow_up_due"]) == (True, "2026-12-20")


def test_a_licence_is_suspended_restored_and_revoked_and_stays_so(
    saihan: Program, restaurant: Business
) -> None:
    path = f"{at(restaurant)}/licences/{restaurant.licences.get().pk}"

    for state in ("suspended", "valid", "revoked"):
        said = done(saihan.post(f"{path}/state", {"state": state, "why": "决定书"}))
        assert restaurant.licences.get().state == state

    refused(saihan.post(f"{path}/state", {"state": "valid", "why": "反悔"}), "licence_ended", 409)
    refused(saihan.post(f"{path}/renewal", {"issued": "2026-11-20"}), "licence_ended", 409)
    assert said["revision"] == Business.objects.get().revision


def test_renewing_lifts_no_suspension(saihan: Program, restaurant: Business) -> None:
    path = f"{at(restaurant)}/licences/{restaurant.licences.get().pk}"
    done(saihan.post(f"{path}/state", {"state": "suspended", "why": "停业整顿"}))

    refused(saihan.post(f"{path}/renewal", {"issued": "2026-11-20"}), "licence_suspended", 409)

    assert restaurant.licences.get().state == "suspended"


def test_a_licence_is_put_on_premises_of_its_business_that_are_in_use(
    saihan: Program, restaurant: Business
) -> None:
    second = services.add_premises(
        number=restaurant.pk, new=NewPremises(use="kitchen", address="西街1号"), why="增设"
    )
    foreign = another().premises.get()
    path = f"{at(restaurant)}/licences/{restaurant.licences.get().pk}/places"

    [placed] = done(saihan.post(path, {"premises": [second.pk], "why": "厨房"}))["licences"]
    services.change_premises(premises=second, changes={"until": TODAY}, why="停用")

    assert placed["places"] == [second.pk]
    ended = saihan.post(path, {"premises": [second.pk], "why": "厨房"})
    refused(ended, "premises_ended", 409)
    for number in (foreign.pk, 10**12):
        elsewhere = saihan.post(path, {"premises": [second.pk, number], "why": "误选"})
        refused(elsewhere, "premises_elsewhere", 409)
    assert done(saihan.post(path, {"premises": [], "why": "主店"}))["licences"][0]["places"] == []


def test_what_may_not_be_given_on_commitment_is_refused(
    saihan: Program, restaurant: Business
) -> None:
    licence = {"number": "JY21501050000024", "issued": "2026-11-20"}
    path = f"{at(restaurant)}/licences"
    renewal = f"{path}/{restaurant.licences.get().pk}/renewal"
    factory = {"kind": "SC", "number": "SC10115010500010", "evidence": "见证件"}

    for said, code in (
        ({"committed": True}, "missing"),
        ({"follow_up_due": "2026-12-20"}, "no_commitment"),
        ({"committed": True, "follow_up_due": "2026-12-20", **factory}, "no_commitment"),
    ):
        refused(saihan.post(path, {**licence, **said}), code, 422)
    refused(saihan.post(renewal, {"issued": "2026-11-20", "committed": True}), "missing", 422)

    assert Business.objects.get().revision == 1


# Premises and people


def test_a_second_place_becomes_the_main_one(saihan: Program, restaurant: Business) -> None:
    first = restaurant.premises.get()
    second = services.add_premises(
        number=restaurant.pk, new=NewPremises(use="kitchen", address="西街1号"), why="增设"
    )

    said = done(saihan.post(f"{at(restaurant)}/premises/{second.pk}/main", {"why": "换主"}))

    assert [(one["id"], one["main"]) for one in said["premises"]] == [
        (second.pk, True),
        (first.pk, False),
    ]
    end = {"changes": {"until": "2026-11-20"}, "why": "停用"}
    done(saihan.post(f"{at(restaurant)}/premises/{first.pk}", end))
    again = saihan.post(f"{at(restaurant)}/premises/{first.pk}/main", {"why": "换主"})
    refused(again, "premises_ended", 409)


def test_a_person_is_corrected_and_every_act_on_him_is_counted(
    saihan: Program, restaurant: Business
) -> None:
    person = restaurant.people.get()
    path = f"{at(restaurant)}/people/{person.pk}"

    acts: list[tuple[str, dict[str, Any]]] = [
        ("", {"changes": {"phone": "13800000000", "duties": ["director"]}, "why": "改任"}),
        ("/certificates", {"issued": "2026-01-10", "until": "2027-01-09"}),
        ("/trainings", {"day": "2026-01-10", "hours": "2", "topic": "新规"}),
        ("/exams", {"day": "2026-01-10", "passed": True, "score": 80}),
        ("/leaving", {"day": "2026-11-20"}),
        ("/leaving", {"day": "2026-11-20", "reason": "died"}),
    ]
    for count, (act, said) in enumerate(acts, start=1):
        answer = done(saihan.post(f"{path}{act}", {**said, "revision": count}))
        assert answer["revision"] == count + 1

    [shown] = done(saihan.get(f"{at(restaurant)}/people"))["items"]
    assert shown["revision"] == 7
    assert (shown["duties"], shown["until"]) == (["director"], "2026-11-20")
    assert [one["seen"] for one in shown["certificates"]] == [True]
    assert Business.objects.get().revision == 1
    assert "13800000000" not in "".join(Entry.objects.values_list("data", flat=True))


def test_who_died_is_counted_wherever_he_was_posted(saihan: Program, restaurant: Business) -> None:
    elsewhere = services.post_person(
        number=another().pk,
        new=services.NewPerson(name="测试甲", identity="150105199001010018"),
    )
    person = restaurant.people.get()

    done(
        saihan.post(
            f"{at(restaurant)}/people/{person.pk}/leaving",
            {"day": "2026-11-20", "reason": "died", "revision": 1},
        )
    )

    elsewhere.refresh_from_db()
    assert (elsewhere.died, elsewhere.revision) == (TODAY, 2)


@pytest.mark.parametrize(("good", "left"), [(True, 1), (False, 0)])
def test_a_certificate_that_a_desk_sent_in_is_looked_at_once(
    saihan: Program, restaurant: Business, good: bool, left: int
) -> None:
    person = restaurant.people.get()
    sent = services.keep_health_certificate(
        person=person, issued=date(2026, 1, 10), until=date(2027, 1, 9), channel="desk"
    )
    path = f"{at(restaurant)}/people/{person.pk}/certificates/{sent.pk}"
    [shown] = done(saihan.get(f"{at(restaurant)}/people"))["items"]
    assert [(one["id"], one["seen"]) for one in shown["certificates"]] == [(sent.pk, False)]
    said = {"good": good, "why": "" if good else "照片不清", "revision": shown["revision"]}

    if not good:
        refused(saihan.post(path, {**said, "why": " "}), "missing", 422)
    done(saihan.post(path, said))

    assert HealthCertificate.objects.filter(seen=True).count() == left
    assert (Person.objects.get().health_until is not None) == good
    refused(saihan.post(path, said), "not_found", 404)


# Every act: another's file, a stale revision, a repeat, what does not fit


@dataclass(frozen=True)
class Asked:
    """An act of a program: what is asked of which part of the file."""

    path: str
    said: dict[str, Any] = field(default_factory=dict)
    where: Callable[[Business], dict[str, int]] = lambda one: {}


WHY = {"why": "核实"}
DAY = {"day": "2026-11-20"}


def _licence(one: Business) -> dict[str, int]:
    return {"part": one.licences.get().pk}


def _place(one: Business) -> dict[str, int]:
    return {"part": one.premises.get(is_main=True).pk}


def _kitchen(one: Business) -> dict[str, int]:
    return {"part": one.premises.get(is_main=False).pk}


def _person(one: Business) -> dict[str, int]:
    return {"part": one.people.get().pk}


def _sent(one: Business) -> dict[str, int]:
    return {**_person(one), "certificate": one.people.get().certificates.get().pk}


OF_FILES = {
    "correct": Asked("corrections", {"changes": {"sign": "新"}, **WHY}),
    "state": Asked("state", {"state": "dormant", "since": "2026-11-20", **WHY}),
    "move": Asked("move", {"address": "新街9号", **DAY, **WHY}),
    "head": Asked("head", {"head": "示例总部", **WHY}),
    "take over": Asked(
        "takeover", {"business": {"name": "新店", "district": SAIHAN}, **DAY, **WHY}
    ),
    "grant": Asked("licences", {"number": "JY21501050000024", "issued": "2026-11-20"}),
    "change licence": Asked(
        "licences/{part}", {"changes": {"items": ["冷食类食品制售"]}, **WHY}, _licence
    ),
    "renew": Asked("licences/{part}/renewal", {"issued": "2026-11-20"}, _licence),
    "licence state": Asked("licences/{part}/state", {"state": "suspended", **WHY}, _licence),
    "place licence": Asked("licences/{part}/places", {"premises": [], **WHY}, _licence),
    "follow up": Asked("licences/{part}/follow-up", {**DAY, **WHY}, _licence),
    "withdraw": Asked("licences/{part}/withdrawal", WHY, _licence),
    "add premises": Asked("premises", {"premises": {"address": "东街2号"}, **WHY}),
    "change premises": Asked("premises/{part}", {"changes": {"hours": "夜间"}, **WHY}, _place),
    "main premises": Asked("premises/{part}/main", WHY, _kitchen),
}
POST = {"post": Asked("people", {"name": "测试乙"})}
OF_PEOPLE = {
    "correct person": Asked("people/{part}", {"changes": {"phone": "1"}, **WHY}, _person),
    "leave": Asked("people/{part}/leaving", DAY, _person),
    "died": Asked("people/{part}/leaving", {**DAY, "reason": "died"}, _person),
    "certificate": Asked(
        "people/{part}/certificates", {"issued": "2026-11-20", "until": "2027-11-19"}, _person
    ),
    "see": Asked("people/{part}/certificates/{certificate}", {"good": True}, _sent),
    "training": Asked("people/{part}/trainings", {**DAY, "hours": "2", "topic": "新规"}, _person),
    "exam": Asked("people/{part}/exams", {**DAY, "passed": True}, _person),
}
ALL = {**OF_FILES, **POST, **OF_PEOPLE}


@pytest.fixture
def full(restaurant: Business) -> Business:
    """A file on which each of ALL can be done."""
    another(name="示例总部")
    services.add_premises(
        number=restaurant.pk, new=NewPremises(use="kitchen", address="西街1号"), why="增设"
    )
    restaurant.licences.update(committed=True, follow_up_due=date(2026, 12, 1))
    services.keep_health_certificate(
        person=restaurant.people.get(),
        issued=date(2026, 1, 10),
        until=date(2027, 1, 9),
        channel="desk",
    )
    restaurant.refresh_from_db()
    return restaurant


def there(asked: Asked, business: Business) -> str:
    return f"{at(business)}/{asked.path.format(**asked.where(business))}"


def as_it_is(business: Business) -> Any:
    """All that an act may change, and that nothing was told of one."""
    known = Business.objects.get(pk=business.pk)
    return (
        history.snapshot(known),
        known.revision,
        list(known.people.order_by("pk").values()),
        list(HealthCertificate.objects.order_by("pk").values()),
        Business.objects.count(),
        Entry.objects.count(),
    )


def revision_of(name: str, business: Business) -> int:
    row = business.people.get() if name in OF_PEOPLE else Business.objects.get(pk=business.pk)
    return int(row.revision)


@pytest.mark.parametrize("name", ALL)
def test_an_act_at_the_revision_read_is_done_and_counted(
    saihan: Program, full: Business, name: str
) -> None:
    asked, seen = ALL[name], revision_of(name, full)

    done(saihan.post(there(asked, full), {**asked.said, "revision": seen}))

    if name not in POST:
        assert revision_of(name, full) > seen


def test_an_act_at_a_stale_revision_is_refused_and_nothing_is_changed(
    saihan: Program, full: Business
) -> None:
    before = as_it_is(full)

    answers = {
        name: saihan.post(there(asked, full), {**asked.said, "revision": STALE})
        for name, asked in ALL.items()
    }

    assert set(map(code_of, answers.values())) == {(409, "changed_meanwhile")}
    assert as_it_is(full) == before


@pytest.mark.parametrize("name", [name for name in ALL if name not in POST])
def test_of_two_writers_who_read_the_same_the_second_is_told(
    saihan: Program, full: Business, name: str
) -> None:
    asked, seen = ALL[name], revision_of(name, full)
    path = there(asked, full)
    other = "people/{part}/exams" if name in OF_PEOPLE else "corrections"
    first = Asked(other, {"changes": {"phone": "1"}, **WHY}, _person)
    if name in OF_PEOPLE:
        first = Asked(other, {**DAY, "passed": False}, _person)
    done(saihan.post(there(first, full), {**first.said, "revision": seen}))
    between = as_it_is(full)

    answer = saihan.post(path, {**asked.said, "revision": seen})

    refused(answer, "changed_meanwhile", 409)
    assert as_it_is(full) == between


def test_an_act_on_a_file_of_another_district_finds_none(xincheng: Program, full: Business) -> None:
    before = as_it_is(full)

    answers = [xincheng.post(there(asked, full), asked.said) for asked in ALL.values()]

    assert set(map(code_of, answers)) == {(404, "not_found")}
    assert as_it_is(full) == before


def test_a_part_of_one_file_is_none_of_another(saihan: Program, full: Business) -> None:
    other, before = Business.objects.get(name="示例总部"), as_it_is(full)

    answers = [
        saihan.post(f"{at(other)}/{asked.path.format(**asked.where(full))}", asked.said)
        for asked in ALL.values()
        if "{part}" in asked.path
    ]

    assert set(map(code_of, answers)) == {(404, "not_found")}
    assert as_it_is(full) == before


@pytest.mark.parametrize("name", ALL)
def test_an_act_sent_twice_under_one_key_is_done_once_and_answered_twice(
    saihan: Program, full: Business, name: str
) -> None:
    asked = ALL[name]
    path, said = there(asked, full), {**asked.said, "revision": revision_of(name, full)}
    first = saihan.post(path, said, key="k-1")
    after = as_it_is(full)

    again = saihan.post(path, said, key="k-1")

    assert done(again) == done(first)
    assert again["Idempotent-Replay"] == "true"
    assert as_it_is(full) == after


@pytest.mark.parametrize(("why", "code"), [(" ", "missing"), (LONG, "too_long")])
def test_an_act_is_done_for_a_reason_as_long_as_a_form_lets_it_be(
    saihan: Program, full: Business, why: str, code: str
) -> None:
    before = as_it_is(full)

    answers = [
        saihan.post(there(asked, full), {**asked.said, "why": why})
        for asked in ALL.values()
        if "why" in asked.said
    ]

    assert set(map(code_of, answers)) == {(422, code)}
    assert {"理由" in answer.json()["why"] for answer in answers} == {True}
    assert as_it_is(full) == before


UNFIT: list[tuple[str, dict[str, Any], str]] = [
    ("move", {"address": LONG}, "too_long"),
    ("move", {"address": " "}, "missing"),
    ("move", {"address": "a\0b"}, "invalid"),
    ("move", {"use": "castle"}, "unknown_choice"),
    ("move", {"platform": LONG}, "too_long"),
    ("move", {"hours": LONG}, "too_long"),
    ("move", {"station": "150102001"}, "station_elsewhere"),
    ("move", {"station": "150105" + "1" * 20}, "too_long"),
    ("move", {"day": "2026-11-21"}, "day_ahead"),
    ("move", {"day": "2021-01-01"}, "dates_out_of_order"),
    ("move", {"day": "tomorrow"}, "invalid"),
    ("move", {"colour": "red"}, "invalid"),
    ("head", {"head": 7}, "invalid"),
    ("change licence", {"changes": {"items": [LONG]}}, "too_long"),
    ("change licence", {"changes": {"items": "冷食"}}, "invalid"),
    ("change licence", {"changes": {"catalogue": LONG}}, "too_long"),
    ("change licence", {"changes": {"issued": None}}, "invalid"),
    ("change licence", {"changes": {"issued": "2026-11-21"}}, "day_ahead"),
    ("change licence", {"changes": {"expires": "2020-01-01"}}, "dates_out_of_order"),
    ("change licence", {"changes": {"number": "1"}}, "invalid"),
    ("renew", {"items": [LONG]}, "too_long"),
    ("renew", {"catalogue": LONG}, "too_long"),
    ("renew", {"issued": "2026-11-21"}, "day_ahead"),
    ("renew", {"expires": "2020-01-01"}, "dates_out_of_order"),
    ("licence state", {"state": "sold"}, "unknown_choice"),
    ("place licence", {"premises": ["x"]}, "invalid"),
    ("follow up", {"day": "2026-11-21"}, "day_ahead"),
    ("add premises", {"premises": {"address": "1号", "district": "abc"}}, "bad_district"),
    (
        "add premises",
        {"premises": {"address": "1号", "district": "\uff11\uff15\uff10\uff11\uff10\uff15"}},
        "bad_district",
    ),
    ("add premises", {"premises": {"address": "1号", "district": "990105"}}, "bad_district"),
    ("correct person", {"changes": {"name": " "}}, "missing"),
    ("correct person", {"changes": {"name": LONG}}, "too_long"),
    ("correct person", {"changes": {"phone": LONG}}, "too_long"),
    ("correct person", {"changes": {"duties": ["king"]}}, "unknown_choice"),
    ("correct person", {"changes": {"duties": []}}, "missing"),
    ("correct person", {"changes": {"identity": "1"}}, "invalid"),
    ("post", {"duties": []}, "missing"),
    ("see", {"good": True, "why": LONG}, "too_long"),
    ("see", {"good": False}, "missing"),
    ("exam", {"revision": "first"}, "invalid"),
]


def test_what_does_not_fit_is_said_in_a_sentence_and_changes_nothing(
    saihan: Program, full: Business
) -> None:
    before = as_it_is(full)

    answers = [
        saihan.post(there(ALL[name], full), {**ALL[name].said, **said})
        for name, said, _code in UNFIT
    ]

    assert list(map(code_of, answers)) == [(422, code) for _name, _said, code in UNFIT]
    assert as_it_is(full) == before


def test_two_files_are_merged_as_they_were_compared(saihan: Program, restaurant: Business) -> None:
    gone = another()
    said = {"kept": restaurant.public_id, "gone": gone.public_id, **WHY}

    for stale in ({"kept_revision": STALE}, {"gone_revision": STALE}):
        refused(saihan.post("merges", {**said, **stale}), "changed_meanwhile", 409)

    done(saihan.post("merges", {**said, "kept_revision": 1, "gone_revision": 1}))


def test_lists_and_files_say_their_revision(saihan: Program, restaurant: Business) -> None:
    services.correct(number=restaurant.pk, changes={"sign": "新"}, why="招牌")

    [listed] = done(saihan.get("businesses"))["items"]

    assert listed["revision"] == done(saihan.get(at(restaurant)))["revision"] == 2
    assert domain.number_of(listed["id"]) == restaurant.pk

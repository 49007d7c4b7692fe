"""A file lives: renewed, moved, renamed, handed on, merged, parted, its past looked back on."""

from __future__ import annotations

from datetime import date

import pytest
from build import SAIHAN, XINCHENG, a_restaurant

from mingchu.base.errors import Refusal
from mingchu.identifiers import credit_code
from mingchu.ledger.models import Entry
from mingchu.registry import domain, history, queries, services
from mingchu.registry.models import Business, Licence, Past, Premises
from mingchu.registry.queries import EVERYWHERE, Wanted
from mingchu.registry.services import NewLicence, NewPerson, NewPremises

pytestmark = pytest.mark.django_db
DAY = date(2026, 1, 10)


def another(**facts):
    return services.enrol(a_restaurant(name="绿野菜馆", code="", licences=(), people=(), **facts))


def names(q: str) -> list[str]:
    return [row.name for row in queries.page(EVERYWHERE, Wanted(q=q)).rows]


def test_moved_renamed_and_renewed_it_stays_one_file(restaurant):
    services.correct(number=restaurant.pk, changes={"name": "青山家常菜馆"}, why="更名")
    services.correct(
        number=restaurant.pk, changes={"district": XINCHENG, "station": ""}, why="迁址"
    )
    renewed = NewLicence(number="JY21501050000016", issued=DAY, expires=date(2031, 1, 9))
    services.grant_licence(number=restaurant.pk, new=renewed)

    known = Business.objects.get()
    assert (known.name, known.district) == ("青山家常菜馆", XINCHENG)
    assert known.former_names == ["绿野家常菜馆"]
    assert names("绿野家常") == ["青山家常菜馆"]
    assert f"{known.licences.get().expires}" == "2031-01-09"


def test_every_change_keeps_the_file_it_was_made_on(restaurant):
    was = history.snapshot(restaurant)

    services.correct(
        number=restaurant.pk, changes={"phone": "13800001234"}, why="换号", channel="desk"
    )
    services.set_licence_state(licence=Licence.objects.get(), state="suspended", why="停业整顿")

    first, second = Past.objects.order_by("revision")
    assert first.file == was
    assert (first.fields, first.channel, first.why) == (["phone"], "desk", "换号")
    assert second.file["phone"] == "13800001234"
    assert second.fields == [f"licences.{Licence.objects.get().pk}.state"]
    assert Business.objects.get().sources["phone"].startswith("desk ")


def test_an_act_that_changes_nothing_keeps_no_version(restaurant):
    services.correct(number=restaurant.pk, changes={"name": restaurant.name}, why="核对")

    assert Past.objects.count() == 0


def test_the_second_of_two_editors_hears_what_the_first_changed(restaurant):
    services.correct(number=restaurant.pk, changes={"sign": "绿野"}, why="招牌", revision=1)

    with pytest.raises(Refusal) as refused:
        services.correct(number=restaurant.pk, changes={"sign": "别名"}, why="招牌", revision=1)

    assert refused.value.code == "changed_meanwhile"
    assert "sign" in refused.value.why


def test_a_new_owner_is_a_new_subject_at_the_same_place(restaurant):
    code = credit_code.synthetic(7, prefix="92")
    new = a_restaurant(name="青山小馆", code=code, licences=())

    made = services.take_over(number=restaurant.pk, new=new, day=DAY, why="转让")

    old = Business.objects.get(pk=restaurant.pk)
    here, there = (Premises.objects.get(business=one) for one in (made, old))
    assert here.site == there.site is not None
    assert there.until == here.since == DAY
    assert old.state == "closed"
    assert old.licences.get().state == "cancelled"
    assert {e.kind for e in Entry.objects.filter(subject=domain.subject(made.pk))} >= {
        "registry.business_enrolled",
        "registry.business_taken_over",
    }


def test_a_cold_store_lets_space_and_the_place_knows_both(restaurant):
    store = another(kind="cold_store")

    made = services.add_premises(
        number=restaurant.pk, new=NewPremises(use="cold_store"), landlord=store.pk, why="租用"
    )

    assert made.address == store.premises.get().address
    assert made.site == store.premises.get().site
    assert store.lets.get() == made


def test_one_licence_stands_for_several_kitchens_of_its_own_business_only(restaurant):
    second = services.add_premises(
        number=restaurant.pk,
        new=NewPremises(use="kitchen", address="大学西街1号"),
        why="增加厨房",
    )
    elsewhere = another().premises.get()
    licence = Licence.objects.get()

    services.place_licence(licence=licence, premises=list(restaurant.premises.all()), why="两处")

    assert second in licence.places.all()
    with pytest.raises(Refusal, match="premises_elsewhere"):
        services.place_licence(licence=licence, premises=[elsewhere], why="误选")


def test_an_online_shop_needs_its_platform_and_no_address(restaurant):
    with pytest.raises(Refusal, match="missing"):
        services.add_premises(number=restaurant.pk, new=NewPremises(use="online"), why="网店")

    made = services.add_premises(
        number=restaurant.pk, new=NewPremises(use="online", platform="示例外卖"), why="网店"
    )

    assert made.platform == "示例外卖"


def test_merged_files_are_one_and_undone_are_two_again(restaurant):
    double = another(phone="13800001234", kind="unlicensed")
    services.post_person(number=double.pk, new=NewPerson(name="测试乙"))
    before = {one.pk: history.snapshot(one) for one in Business.objects.all()}

    done = services.merge(kept=restaurant.pk, gone=double.pk, why="同一家")

    kept = Business.objects.get(pk=restaurant.pk)
    assert kept.phone == "13800001234"
    assert kept.people.count() == 2
    assert names("绿野") == ["绿野家常菜馆"]
    with pytest.raises(Refusal, match="file_merged"):
        services.correct(number=double.pk, changes={"sign": "x"}, why="误改")

    services.undo_merge(merge=done, why="看错了")

    assert {one.pk: history.snapshot(one) for one in Business.objects.all()} == before
    assert sorted(names("绿野")) == ["绿野家常菜馆", "绿野菜馆"]
    with pytest.raises(Refusal, match="merge_undone"):
        services.undo_merge(merge=done, why="再撤")


def test_what_was_done_to_the_kept_file_since_survives_the_way_back(restaurant):
    double = another(phone="13800001234")
    done = services.merge(kept=restaurant.pk, gone=double.pk, why="同一家")
    services.correct(number=restaurant.pk, changes={"phone": "13900001234"}, why="换号")

    services.undo_merge(merge=done, why="看错了")

    assert Business.objects.get(pk=restaurant.pk).phone == "13900001234"
    assert Business.objects.get(pk=double.pk).phone == "13800001234"


def test_two_credit_codes_are_two_subjects(restaurant):
    other = services.enrol(
        a_restaurant(name="别家", code=credit_code.synthetic(7, prefix="92"), licences=())
    )

    with pytest.raises(Refusal, match="two_codes"):
        services.merge(kept=restaurant.pk, gone=other.pk, why="同一家")


def test_a_vendor_without_a_code_is_known_by_who_and_where():
    vendor = {
        "name": "第一摊",
        "kind": "vendor",
        "code": "",
        "legal_form": "person",
        "identity": "150105199001010018",
        "licences": (),
        "people": (),
    }
    services.enrol(a_restaurant(**vendor))

    with pytest.raises(Refusal, match="business_known"):
        services.enrol(a_restaurant(**vendor))
    services.enrol(a_restaurant(**{**vendor, "address": "别处", "name": "第二摊"}))

    assert {one.identity_tail for one in Business.objects.all()} == {"0018"}


def test_who_died_is_posted_nowhere_any_more(restaurant):
    person = restaurant.people.get()
    elsewhere = another()
    identity = "150105199001010018"
    services.post_person(number=elsewhere.pk, new=NewPerson(name="测试甲", identity=identity))

    services.person_died(person=person, day=DAY)

    assert {one.until for one in (*restaurant.people.all(), *elsewhere.people.all())} == {DAY}
    with pytest.raises(Refusal, match="person_died"):
        services.post_person(number=another().pk, new=NewPerson(name="测试甲", identity=identity))


def test_the_same_person_stands_once_in_a_business(restaurant):
    again = NewPerson(name="测试甲", identity="150105199001010018")

    with pytest.raises(Refusal, match="person_known"):
        services.post_person(number=restaurant.pk, new=again)


def test_a_certificate_from_the_desk_counts_until_an_officer_turns_it_down(restaurant):
    person = restaurant.people.get()
    own = services.keep_health_certificate(person=person, issued=DAY, until=date(2027, 1, 9))
    sent = services.keep_health_certificate(
        person=person, issued=DAY, until=date(2028, 1, 9), channel="desk"
    )
    assert (own.seen, sent.seen) == (True, False)
    person.refresh_from_db()
    assert person.health_until == date(2028, 1, 9)

    services.see_health_certificate(certificate=sent, good=False, why="照片不清")

    person.refresh_from_db()
    assert person.health_until == date(2027, 1, 9)


def test_a_sweep_marks_the_living_with_what_was_seen(restaurant):
    gone = another()
    services.close(number=gone.pk, closed=DAY, why="自行停业")

    with pytest.raises(Refusal, match="no_evidence"):
        services.sweep_not_found(numbers=[restaurant.pk], since=DAY, why="清查", evidence=" ")
    swept = services.sweep_not_found(
        numbers=[restaurant.pk, gone.pk], since=DAY, why="清查", evidence="门面已拆"
    )

    assert [one.pk for one in swept.done] == [restaurant.pk]
    assert [(one.pk, no.code) for one, no in swept.left] == [(gone.pk, "closed_for_good")]
    assert Business.objects.get(pk=restaurant.pk).state == "not_found"
    assert Business.objects.get(pk=gone.pk).state == "closed"


def test_a_committed_licence_is_followed_up_once(restaurant):
    new = NewLicence(
        number="JY21501050000016",
        issued=DAY,
        expires=date(2031, 1, 9),
        committed=True,
        follow_up_due=date(2026, 3, 1),
    )
    licence = services.grant_licence(number=restaurant.pk, new=new)

    services.follow_up(licence=licence, day=date(2026, 2, 1), why="现场核查")

    assert Licence.objects.get().followed_up == date(2026, 2, 1)
    with pytest.raises(Refusal, match="nothing_to_follow_up"):
        services.follow_up(licence=licence, day=date(2026, 2, 2), why="再查")


def test_lists_are_sorted_by_pinyin():
    for name in ("玉泉面馆", "赛罕面馆", "回民面馆", "A座面馆"):
        services.enrol(a_restaurant(name=name, code="", licences=()))

    found = [row.name for row in queries.page(EVERYWHERE, Wanted()).rows]

    assert found == ["A座面馆", "回民面馆", "赛罕面馆", "玉泉面馆"]


def test_a_grid_lies_in_its_station(restaurant):
    with pytest.raises(Refusal, match="grid_elsewhere"):
        services.correct(number=restaurant.pk, changes={"grid": f"{SAIHAN}002001"}, why="网格调整")

    services.correct(number=restaurant.pk, changes={"grid": f"{SAIHAN}001003"}, why="网格调整")

    assert Business.objects.get().grid == f"{SAIHAN}001003"


def test_a_landlord_is_not_withdrawn_from_under_its_tenant(restaurant):
    store = another(kind="cold_store")
    services.add_premises(
        number=restaurant.pk, new=NewPremises(use="cold_store"), landlord=store.pk, why="租用"
    )

    with pytest.raises(Refusal, match="business_in_use"):
        services.withdraw_many([store.pk], why="误建")


def test_a_suspended_licence_does_not_outlive_its_holder(restaurant):
    services.set_licence_state(licence=restaurant.licences.get(), state="suspended", why="停业")
    new = a_restaurant(name="青山小馆", code=credit_code.synthetic(7, prefix="92"), licences=())

    services.take_over(number=restaurant.pk, new=new, day=DAY, why="转让")

    assert restaurant.licences.get().state == "cancelled"

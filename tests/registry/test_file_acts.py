"""Acts of an office on a file through its pages: prefilled, refused beside the form, told apart.

A restaurant's whole life stands at the end: one file through moves, names and terms; two files
and one place after a new owner took over.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from build import SAIHAN, XINCHENG, a_restaurant
from django.test import Client

from mingchu.accounts.models import Viewing
from mingchu.base import clock
from mingchu.identifiers import credit_code
from mingchu.ledger.models import Entry
from mingchu.registry import domain, services
from mingchu.registry.models import Business, Licence, Person, Premises
from mingchu.registry.services import NewPerson, NewPremises

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)
Desk = Callable[..., Client]


@pytest.fixture(autouse=True)
def november():
    with clock.at(clock.midnight(TODAY) + timedelta(hours=9)):
        yield


def path_of(business: Business) -> str:
    return f"/w/businesses/{business.public_id}"


def another(**facts) -> Business:
    known = {"name": "绿野菜馆", "code": "", "licences": (), "people": ()}
    return services.enrol(a_restaurant(**{**known, **facts}))


def opened(client: Client, path: str) -> dict[str, Any]:
    """The form of a page as a browser would send it, untouched."""
    page = client.get(path).content.decode()
    form = page[page.index('<form class="card act"') :].split("</form>")[0]
    said: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        facts = {k: html.unescape(v) for k, v in re.findall(r'([\w-]+)="([^"]*)"', tag)}
        name, kind = facts["name"], facts.get("type", "text")
        if kind not in ("checkbox", "radio"):
            said[name] = facts.get("value", "")
        elif " checked" in tag:
            said.setdefault(name, []).append(facts.get("value", "on"))
    for name, options in re.findall(
        r'<select[^>]*name="(\w+)"[^>]*>(.*?)</select>', form, re.DOTALL
    ):
        chosen = re.search(r'value="([^"]*)" selected', options)
        said[name] = chosen[1] if chosen else re.findall(r'value="([^"]*)"', options)[0]
    return said


def sent(client: Client, path: str, **typed: Any) -> Any:
    """The same form with what somebody typed into it."""
    return client.post(path, {**opened(client, path), **typed})


def done(client: Client, path: str, **typed: Any) -> None:
    answer = sent(client, path, **typed)
    assert answer.status_code == 302, _errors(answer)


def refused(client: Client, path: str, **typed: Any) -> str:
    answer = sent(client, path, **typed)
    assert answer.status_code == 200
    return _errors(answer)


def _errors(answer: Any) -> str:
    page = answer.content.decode()
    return " ".join(re.findall(r'(?s)<div class="error-summary".*?</div>', page)) or page


# Licences


def test_a_licence_is_renewed_by_confirming_what_the_form_holds(desk, restaurant):
    licence, district = restaurant.licences.get(), desk(SAIHAN)

    done(district, f"{path_of(restaurant)}/licences/{licence.pk}/renew")

    licence.refresh_from_db()
    assert (licence.issued, licence.expires) == (TODAY, date(2031, 11, 19))
    assert licence.items == ["热食类食品制售"]
    assert licence.number == "JY21501050000016"
    assert not licence.committed
    assert Business.objects.get().expires == licence.expires


def test_a_licence_without_an_end_gets_the_term_of_its_kind_and_a_filing_none(desk, restaurant):
    district, path = desk(SAIHAN), f"{path_of(restaurant)}/licences"

    done(district, path, kind="JY", number="JY21501050000024", issued="2026-11-01")
    done(district, path, kind="YB", number="YB11501050000013", issued="2026-11-01", evidence="回执")

    ends = dict(restaurant.licences.values_list("number", "expires"))
    assert ends["JY21501050000024"] == date(2031, 10, 31)
    assert ends["YB11501050000013"] is None


def test_a_licence_on_commitment_has_a_day_by_which_it_is_visited(desk, restaurant):
    district, path = desk(SAIHAN), f"{path_of(restaurant)}/licences"
    given = {"kind": "JY", "number": "JY21501050000024", "committed": "on"}

    assert "核查期限" in refused(district, path, **given, follow_up_due="")
    done(district, path, **given)

    made = Licence.objects.get(number="JY21501050000024")
    assert made.committed
    assert made.follow_up_due is not None
    assert made.follow_up_due > TODAY
    done(district, f"{path}/{made.pk}/follow-up", why="现场核查")
    made.refresh_from_db()
    assert made.followed_up == TODAY
    assert "没有待办的承诺后核查" in refused(district, f"{path}/{made.pk}/follow-up", why="又一次")


def test_a_visit_that_is_owed_is_not_undone_by_renewing(desk, restaurant):
    district, path = desk(SAIHAN), f"{path_of(restaurant)}/licences"
    given = {"kind": "JY", "number": "JY21501050000024", "committed": "on"}
    done(district, path, **given, follow_up_due="2026-12-01")
    made = Licence.objects.get(number="JY21501050000024")

    done(district, f"{path}/{made.pk}/renew", issued="2026-11-20")

    made.refresh_from_db()
    assert (made.committed, made.follow_up_due) == (True, date(2026, 12, 1))


def test_what_needs_a_look_beforehand_is_not_given_on_commitment(desk, restaurant):
    said = refused(
        desk(SAIHAN),
        f"{path_of(restaurant)}/licences",
        kind="SC",
        number="SC10115010500010",
        evidence="见证件",
        committed="on",
    )

    assert "不适用告知承诺" in said


def test_the_number_of_somebody_elses_licence_is_refused_beside_the_form(desk, restaurant):
    other, district = another(), desk(SAIHAN)

    said = refused(
        district,
        f"{path_of(other)}/licences",
        number="JY21501050000016",
        items="热食类食品制售",
    )

    assert "已登记在别的主体名下" in said
    assert other.licences.count() == 0


def test_items_of_a_licence_are_changed_under_its_number(desk, restaurant):
    licence, district = restaurant.licences.get(), desk(SAIHAN)

    done(
        district,
        f"{path_of(restaurant)}/licences/{licence.pk}/change",
        items="热食类食品制售、冷食类食品制售",
        why="增项",
    )

    licence.refresh_from_db()
    assert licence.items == ["热食类食品制售", "冷食类食品制售"]
    assert licence.issued == date(2022, 2, 20)
    entry = Entry.objects.get(kind="registry.licence_changed")
    assert '"fields":["items"]' in entry.data


@pytest.mark.parametrize(
    ("acts", "state", "offered"),
    [
        (["suspend"], "suspended", {"restore", "cancel", "revoke", "change", "place", "withdraw"}),
        (
            ["suspend", "restore"],
            "valid",
            {"renew", "suspend", "cancel", "revoke", "change", "place", "withdraw"},
        ),
        (["cancel"], "cancelled", {"withdraw"}),
        (["suspend", "revoke"], "revoked", {"withdraw"}),
    ],
)
def test_a_licence_moves_between_its_states_and_offers_only_what_can_follow(
    desk, restaurant, acts, state, offered
):
    licence, district = restaurant.licences.get(), desk(SAIHAN)
    path = f"{path_of(restaurant)}/licences/{licence.pk}"

    for act in acts:
        done(district, f"{path}/{act}", why="决定书")

    licence.refresh_from_db()
    page = district.get(path_of(restaurant)).content.decode()
    assert licence.state == state
    assert set(re.findall(rf"/licences/{licence.pk}/([\w-]+)", page)) == offered


def test_what_was_revoked_is_not_renewed_by_an_old_link(desk, restaurant):
    licence, district = restaurant.licences.get(), desk(SAIHAN)
    path = f"{path_of(restaurant)}/licences/{licence.pk}"
    done(district, f"{path}/revoke", why="决定书")

    assert "已经终止" in refused(district, f"{path}/renew")


def test_what_is_suspended_is_not_set_free_by_renewing_from_an_old_link(desk, restaurant):
    licence, district = restaurant.licences.get(), desk(SAIHAN)
    path = f"{path_of(restaurant)}/licences/{licence.pk}"
    done(district, f"{path}/suspend", why="决定书")

    assert "正在暂扣" in refused(district, f"{path}/renew")

    licence.refresh_from_db()
    assert licence.state == "suspended"


def test_items_longer_than_their_column_are_refused_beside_the_form(desk, restaurant):
    path = f"{path_of(restaurant)}/licences/{restaurant.licences.get().pk}/change"

    assert "最多60个字" in refused(desk(SAIHAN), path, items="长" * 61, why="变更")


def test_a_licence_entered_by_mistake_is_taken_out_again(desk, restaurant):
    licence, district = restaurant.licences.get(), desk(SAIHAN)

    done(district, f"{path_of(restaurant)}/licences/{licence.pk}/withdraw", why="误登")

    assert restaurant.licences.count() == 0
    assert Business.objects.get().expires is None


def test_one_licence_is_put_on_several_kitchens(desk, restaurant):
    second = services.add_premises(
        number=restaurant.pk, new=NewPremises(use="kitchen", address="西街1号"), why="增设"
    )
    licence, district = restaurant.licences.get(), desk(SAIHAN)
    path = f"{path_of(restaurant)}/licences/{licence.pk}/place"

    done(district, path, places=[restaurant.premises.get(is_main=True).pk, second.pk], why="两处")

    assert licence.places.count() == 2
    assert len(opened(district, path)["places"]) == 2
    done(district, path, places=[], why="只在主要场所")
    assert licence.places.count() == 0


# Premises


def test_a_file_that_lies_in_no_district_yet_is_moved_into_none_by_another_correction(desk):
    """A list left it with the city; whoever corrects it says where it lies."""
    lost, city = another(district="150100", station=""), desk()
    path = f"{path_of(lost)}/correct"

    answer = sent(city, path, sign="绿野", why="招牌")

    lost.refresh_from_db()
    assert (answer.status_code, lost.sign, lost.district) == (200, "", "150100")
    done(city, path, sign="绿野", why="招牌", district=SAIHAN)
    assert Business.objects.get(pk=lost.pk).district == SAIHAN


def test_premises_are_added_corrected_made_the_main_ones_and_ended(desk, restaurant):
    district, path = desk(SAIHAN), f"{path_of(restaurant)}/premises"
    first = restaurant.premises.get()

    done(district, path, use="kitchen", address="西街1号", why="增设厨房")
    second = Premises.objects.get(address="西街1号")
    done(district, f"{path}/{second.pk}/change", hours="05:00–14:00", why="补登时段")
    assert "不能单独停用" in refused(district, f"{path}/{first.pk}/end", why="停用")
    done(district, f"{path}/{second.pk}/main", why="主店迁移")
    done(district, f"{path}/{first.pk}/end", why="停用")

    first.refresh_from_db()
    second.refresh_from_db()
    assert (second.hours, second.since, second.district) == ("05:00–14:00", TODAY, SAIHAN)
    assert (second.is_main, first.is_main, first.until) == (True, False, TODAY)
    assert second.station == restaurant.station


@pytest.mark.parametrize("said", ["code", "file", "name"])
def test_a_landlord_is_found_by_code_by_file_number_and_by_name(desk, restaurant, said):
    store = another(
        name="示例冷库", kind="cold_store", code=credit_code.synthetic(9, prefix="91"), station=""
    )
    known = {"code": store.code.lower(), "file": store.public_id, "name": "示例冷库"}

    done(
        desk(SAIHAN),
        f"{path_of(restaurant)}/premises",
        use="cold_store",
        landlord=known[said],
        why="租用",
    )

    made = restaurant.premises.get(use="cold_store")
    assert made.landlord == store
    assert made.site == store.premises.get().site


def test_nobody_lets_space_to_himself_and_an_unknown_landlord_is_told(desk, restaurant):
    district, path = desk(SAIHAN), f"{path_of(restaurant)}/premises"

    own = refused(district, path, use="cold_store", landlord=restaurant.code, why="租用")
    unknown = refused(district, path, use="cold_store", landlord="没有的冷库", why="租用")

    assert "不能是承租的主体自己" in own
    assert "没有找到“没有的冷库”" in unknown
    assert restaurant.premises.count() == 1


# People


def test_people_are_posted_corrected_and_leave(desk, restaurant):
    district, path = desk(SAIHAN), f"{path_of(restaurant)}/people"

    done(district, path, name="测试乙", duties=["officer", "handler"], identity="")
    made = Person.objects.get(name="测试乙")
    done(district, f"{path}/{made.pk}/correct", duties=["director"], phone="1", why="改任")
    done(district, f"{path}/{made.pk}/leave")

    made.refresh_from_db()
    assert (made.since, made.duties, made.phone, made.until) == (TODAY, ["director"], "1", TODAY)


def test_somebody_who_is_known_here_already_is_not_entered_twice(desk, restaurant):
    said = refused(
        desk(SAIHAN),
        f"{path_of(restaurant)}/people",
        name="测试甲",
        identity="150105199001010018",
    )

    assert "此人已登记在本主体名下" in said


def test_training_exam_and_certificate_are_entered_on_one_line_each(desk, restaurant):
    person, district = restaurant.people.get(), desk(SAIHAN)
    path = f"{path_of(restaurant)}/people/{person.pk}"

    done(district, f"{path}/training", hours="8", topic="新规")
    done(district, f"{path}/exam", passed="no", score="41")
    done(district, f"{path}/certificate", issued="2026-03-05", number="H1")

    person.refresh_from_db()
    assert float(person.trainings.get().hours) == 8.0
    assert not person.exams.get().passed
    assert person.health_until == date(2027, 3, 5)


def test_a_certificate_sent_by_the_desk_waits_in_the_file_for_an_officers_look(desk, restaurant):
    services.keep_health_certificate(
        person=restaurant.people.get(),
        issued=date(2026, 11, 19),
        until=date(2027, 11, 18),
        channel="desk",
    )

    page = desk(SAIHAN).get(path_of(restaurant)).content.decode()

    assert "1 份健康证明待核对" in page
    assert "核对上传的健康证明" in page
    assert (
        "核对上传的健康证明"
        not in desk("150105001", role="grid").get(path_of(restaurant)).content.decode()
    )


def test_who_died_leaves_all_his_posts(desk, restaurant):
    elsewhere = another()
    services.post_person(
        number=elsewhere.pk, new=NewPerson(name="测试甲", identity="150105199001010018")
    )
    person = restaurant.people.get()

    done(desk(SAIHAN), f"{path_of(restaurant)}/people/{person.pk}/died")

    assert {one.until for one in Person.objects.all()} == {TODAY}


def test_whoever_opens_a_persons_form_is_written_down(desk, restaurant):
    desk(SAIHAN).get(f"{path_of(restaurant)}/people/{restaurant.people.get().pk}/correct")

    assert Viewing.objects.get().subject == f"business:{restaurant.public_id}"


# Two officers, foreign desks, wrong addresses


def test_the_second_officer_sees_what_changed_keeps_what_he_typed_and_sends_again(desk, restaurant):
    first, second, path = desk(SAIHAN), desk("150105001"), f"{path_of(restaurant)}/correct"
    form = opened(second, path)
    done(first, path, phone="0471-0123456", sign="绿野", why="来电")

    told = second.post(path, {**form, "sign": "青山", "why": "换招牌"})

    page = " ".join(re.sub(r"<[^>]+>", " ", told.content.decode()).split())
    assert "已被他人改动（联系电话、店招）" in page
    assert "联系电话 — 0471-0123456" in page
    assert Business.objects.get().sign == "绿野"
    again = opened_from(told)
    assert again["phone"] == "0471-0123456"
    assert again["sign"] == "青山"
    second.post(path, again)
    known = Business.objects.get()
    assert (known.phone, known.sign) == ("0471-0123456", "青山")


def opened_from(answer: Any) -> dict[str, Any]:
    """The form of an answer, as `opened` reads one."""

    class Shown:
        def get(self, path: str) -> Any:
            return answer

    return opened(Shown(), "")  # type: ignore[arg-type]


def test_a_form_on_a_licence_is_told_that_the_licence_is_suspended_by_now(desk, restaurant):
    first, second = desk(SAIHAN), desk("150105001")
    path = f"{path_of(restaurant)}/licences/{restaurant.licences.get().pk}"
    form = opened(second, f"{path}/change")
    done(first, f"{path}/suspend", why="决定书")

    told = second.post(f"{path}/change", {**form, "items": "冷食类食品制售", "why": "变更"})

    page = " ".join(re.sub(r"<[^>]+>", " ", told.content.decode()).split())
    assert "证件状态 JY21501050000016 有效 暂扣" in page
    assert Licence.objects.get().items == ["热食类食品制售"]


def test_two_officers_on_one_person_the_second_is_told_the_field(desk, restaurant):
    first, second = desk(SAIHAN), desk("150105001")
    path = f"{path_of(restaurant)}/people/{restaurant.people.get().pk}/correct"
    form = opened(second, path)
    done(first, path, phone="13800001234", why="换号")

    told = second.post(path, {**form, "phone": "13900001234", "why": "换号"})

    assert "已被他人改动（联系电话）" in told.content.decode()
    assert Person.objects.get().phone == "13800001234"


@pytest.mark.parametrize(
    "act",
    [
        "correct", "state", "head", "move", "take-over", "licences", "premises", "people",
        "timeline", "versions", "sheet.pdf",
    ],
)  # fmt: skip
def test_a_desk_of_another_district_finds_no_such_page(desk, restaurant, act):
    foreign = desk(XINCHENG)

    assert foreign.get(f"{path_of(restaurant)}/{act}").status_code == 404
    assert foreign.post(f"{path_of(restaurant)}/{act}", {"why": "x"}).status_code in (404, 405)
    assert Business.objects.get().revision == 1


def test_rows_of_another_business_and_unknown_acts_are_no_pages_of_this_one(desk, restaurant):
    other, district = another(), desk(SAIHAN)
    licence, place = restaurant.licences.get(), restaurant.premises.get()
    person = restaurant.people.get()

    for path in (
        f"{path_of(other)}/licences/{licence.pk}/renew",
        f"{path_of(other)}/premises/{place.pk}/change",
        f"{path_of(other)}/people/{person.pk}/correct",
        f"{path_of(restaurant)}/licences/{licence.pk}/sell",
        f"{path_of(restaurant)}/premises/{place.pk}/sell",
        f"{path_of(restaurant)}/people/{person.pk}/sell",
    ):
        assert district.get(path).status_code == 404, path


def test_who_only_reads_does_no_act(desk, restaurant):
    reader = desk("150105001", role="grid")

    assert reader.get(f"{path_of(restaurant)}/correct").status_code == 403
    assert reader.get(f"{path_of(restaurant)}/versions").status_code == 200


def test_a_station_keeps_its_own_files_and_no_others(desk, restaurant):
    station, path = desk("150105001"), f"{path_of(restaurant)}/correct"

    done(station, path, sign="绿野", why="招牌")
    said = refused(station, path, station="150105002", grid="", why="划转")

    assert "您的岗位不管这里" in said
    assert Business.objects.get().station == "150105001"


# Head offices


def test_branches_hang_under_one_head_and_never_in_a_circle(desk, restaurant):
    head, top, district = another(name="总店"), another(name="集团"), desk(SAIHAN)
    done(district, f"{path_of(restaurant)}/head", head="总店", why="加盟")
    done(district, f"{path_of(head)}/head", head=top.public_id, why="收购")

    for head_code in (restaurant.public_id, top.public_id):
        said = refused(district, f"{path_of(top)}/head", head=head_code, why="误录")
        assert "不能作总部" in said

    restaurant.refresh_from_db()
    assert restaurant.head == head
    done(district, f"{path_of(restaurant)}/head", head="", why="解除")
    assert Business.objects.get(pk=restaurant.pk).head is None
    said = [e.data for e in Entry.objects.filter(kind="registry.business_affiliated")]
    assert len(said) == 3


# A whole life


def test_moved_to_another_district_renamed_and_renewed_it_keeps_one_file(desk, restaurant):
    city, path = desk(), path_of(restaurant)
    licence, was = restaurant.licences.get(), restaurant.address

    done(city, f"{path}/move", district=XINCHENG, station="", address="新华大街9号", why="搬迁")
    done(city, f"{path}/correct", name="青山家常菜馆", why="更名")
    done(city, f"{path}/licences/{licence.pk}/renew")

    known = Business.objects.get()
    assert (known.name, known.district, known.address) == ("青山家常菜馆", XINCHENG, "新华大街9号")
    assert known.licences.get().expires == date(2031, 11, 19)
    places = {one.address: (one.is_main, one.until) for one in known.premises.all()}
    assert places == {was: (False, TODAY), "新华大街9号": (True, None)}
    page = desk(XINCHENG).get(path).content.decode()
    for said in ("绿野家常菜馆", "辖区由赛罕区变更为新城区", "更正了名称：更名", was):
        assert said in page
    assert desk(SAIHAN).get(path).status_code == 404


def test_a_district_cannot_move_a_business_to_where_it_may_not_follow(desk, restaurant):
    said = refused(
        desk(SAIHAN), f"{path_of(restaurant)}/move", district=XINCHENG, address="9号", why="搬迁"
    )

    assert "旗县区" in said
    assert Business.objects.get().district == SAIHAN


def test_a_move_to_the_same_place_is_none(desk, restaurant):
    said = refused(
        desk(SAIHAN), f"{path_of(restaurant)}/move", address=restaurant.address, why="搬迁"
    )

    assert "同一个地址" in said


def test_after_a_new_owner_both_files_and_the_place_show_the_whole_history(desk, restaurant):
    district, path = desk(SAIHAN), path_of(restaurant)

    answer = sent(
        district,
        f"{path}/take-over",
        name="青山小馆",
        code=credit_code.synthetic(7, prefix="92"),
        licence_kind="JY",
        licence_number="JY21501050000024",
        licence_expires="2031-11-19",
        why="转让",
    )

    made = Business.objects.get(name="青山小馆")
    assert answer["Location"] == path_of(made)
    assert (made.kind, made.district, made.address) == ("caterer", SAIHAN, restaurant.address)
    assert made.licences.get().number == "JY21501050000024"
    old = Business.objects.get(pk=restaurant.pk)
    assert (old.state, old.licences.get().state) == ("closed", "cancelled")
    before, after = (district.get(path_of(one)).content.decode() for one in (old, made))
    assert "后手" in before
    assert "青山小馆" in before
    assert "前手" in after
    assert "绿野家常菜馆" in after
    for pages in (
        f"{path_of(old)}/story?with=place",
        f"{path_of(made)}/story?with=place",
        f"/w/premises/{made.premises.get().pk}",
    ):
        page = " ".join(re.sub(r"<[^>]+>", " ", district.get(pages).content.decode()).split())
        assert "由 青山小馆 接手：转让" in page, pages
        assert "接手 绿野家常菜馆 的经营场所：转让" in page, pages
        assert "登记食品经营许可，有效期至2027-02-19" in page, pages
        assert "登记食品经营许可，有效期至2031-11-19" in page, pages


def test_a_new_owner_with_a_known_code_is_refused_and_nothing_happens(desk, restaurant):
    said = refused(
        desk(SAIHAN),
        f"{path_of(restaurant)}/take-over",
        name="青山小馆",
        code=restaurant.code,
        why="转让",
    )

    assert "已经建档" in said
    assert Business.objects.get().state == "open"


def test_acts_are_sentences_of_the_ledger_without_anybodys_name(desk, restaurant):
    district, path = desk(SAIHAN), f"{path_of(restaurant)}/people"
    done(district, path, name="测试乙丙丁", duties=["officer"])

    said = " ".join(
        Entry.objects.filter(subject=domain.subject(restaurant.pk)).values_list("data", flat=True)
    )

    assert "测试乙丙丁" not in said
    assert "officer" in said

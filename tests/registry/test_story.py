"""The story of one business: enrolled by its district, seen where it may be, changed, closed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from build import SAIHAN, XINCHENG, a_restaurant
from django.test import Client

from mingchu.accounts import services as accounts
from mingchu.accounts.domain import Scope, ScopeKind
from mingchu.accounts.models import Viewing
from mingchu.registry import services
from mingchu.registry.models import Business

pytestmark = pytest.mark.django_db
FORM = {
    "name": "绿野家常菜馆",
    "kind": "caterer",
    "legal_form": "household",
    "district": SAIHAN,
    "address": "赛罕区大学东街128号",
    "code": "92150105MA0BBBBU2X",
    "licence_kind": "JY",
    "licence_number": "JY21501050000016",
    "licence_issued": "2024-02-20",
    "licence_expires": "2029-02-19",
}
Officer = Callable[[str], Client]


@pytest.fixture
def officer() -> Officer:
    def of(district: str) -> Client:
        user = accounts.enrol_person(username=f"o{district}", name="测试")
        scope = Scope(ScopeKind.DISTRICT, district)
        accounts.give_post(user=user, role="district", scope=scope)
        client = Client()
        client.force_login(user, backend="mingchu.accounts.backends.Backend")
        return client

    return of


def test_an_enrolled_business_is_found_by_officer_public_and_program(officer):
    here = officer(SAIHAN)

    made = here.post("/w/businesses/new", FORM, follow=True)

    known = Business.objects.get()
    assert made.redirect_chain[-1][0] == f"/w/businesses/{known.public_id}"
    for path in ("/w/businesses/?q=野家常", "/p/?q=MA0BBBB", f"/p/{known.public_id}"):
        assert "绿野家常菜馆" in here.get(path).content.decode()
    assert here.get("/api/v1/businesses?q=21501050000016").json()["items"][0]["id"] == (
        known.public_id
    )
    assert here.get(f"/api/v1/businesses/{known.public_id}").json()["premises"][0]["main"]


def test_another_districts_officer_sees_nothing_of_it(officer, restaurant):
    there = officer(XINCHENG)

    assert there.get(f"/w/businesses/{restaurant.public_id}").status_code == 404
    assert there.get(f"/api/v1/businesses/{restaurant.public_id}").status_code == 404
    assert "绿野" not in there.get("/w/businesses/").content.decode()
    assert there.get("/api/v1/businesses").json()["items"] == []
    assert "绿野" not in there.get("/w/businesses/export?format=csv").content.decode()


def test_what_is_wrong_is_told_beside_the_form_and_nothing_is_lost(officer, restaurant):
    here = officer(SAIHAN)

    answer = here.post("/w/businesses/new", {**FORM, "code": restaurant.code})

    page = answer.content.decode()
    assert "已经建档" in page
    assert "大学东街128号" in page
    assert Business.objects.count() == 1


def test_the_file_shows_people_masked_and_logs_who_looked(officer, restaurant):
    page = officer(SAIHAN).get(f"/w/businesses/{restaurant.public_id}").content.decode()

    assert "测试甲" in page
    assert "**0018" in page
    assert Viewing.objects.get().subject == f"business:{restaurant.public_id}"


def test_the_public_page_shows_no_person_and_no_telephone(client):
    made = services.enrol(a_restaurant(phone="13800001234"))

    page = client.get(f"/p/{made.public_id}").content.decode()

    assert "JY21501050000016" in page
    assert "测试甲" not in page
    assert "1234" not in page


def test_the_second_of_two_editors_is_told(officer, restaurant):
    here, path = officer(SAIHAN), f"/w/businesses/{restaurant.public_id}/correct"
    said = {**FORM, "why": "店招更换", "revision": 1}

    first = here.post(path, {**said, "sign": "绿野"})
    second = here.post(path, {**said, "sign": "别名"})

    assert first.status_code == 302
    assert "已被他人改动" in second.content.decode()
    assert Business.objects.get().sign == "绿野"


def test_an_officer_cannot_move_a_business_out_of_reach(officer, restaurant):
    said = {**FORM, "why": "迁址", "revision": 1, "district": XINCHENG}

    answer = officer(SAIHAN).post(f"/w/businesses/{restaurant.public_id}/correct", said)

    assert answer.status_code == 200
    assert Business.objects.get().district == SAIHAN


def test_a_closed_business_stays_in_the_registry_and_on_its_public_page(officer, restaurant):
    here, path = officer(SAIHAN), f"/w/businesses/{restaurant.public_id}"

    here.post(
        f"{path}/state",
        {"state": "closed", "since": "2026-01-05", "why": "自行停业", "revision": 1},
    )

    assert Business.objects.get().closed is not None
    assert "已关闭" in here.get(f"/p/{restaurant.public_id}").content.decode()
    assert "没有查到" in here.get("/p/?q=绿野").content.decode()


def test_a_renewed_licence_keeps_its_number_and_moves_the_earliest_end(officer, restaurant):
    here = officer(SAIHAN)
    renewed = {
        "kind": "JY",
        "number": "JY21501050000016",
        "issued": "2026-01-10",
        "expires": "2031-01-09",
        "items": "热食类食品制售、冷食类食品制售",
        "revision": 1,
    }

    here.post(f"/w/businesses/{restaurant.public_id}/licences", renewed)

    known = Business.objects.get()
    assert known.licences.get().items == ["热食类食品制售", "冷食类食品制售"]
    assert f"{known.expires}" == "2031-01-09"


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_list_is_exported_as_it_is_filtered(officer, restaurant, form):
    services.enrol(a_restaurant(name="另一家", code="", licences=()))

    answer = officer(SAIHAN).get(f"/w/businesses/export?q=绿野&format={form}")

    assert answer.status_code == 200
    if form == "csv":
        lines = answer.content.decode("utf-8-sig").strip().splitlines()
        assert len(lines) == 2
        assert "92150105MA0BBBBU2X" in lines[1]
    else:
        assert answer.content.startswith(b"PK")

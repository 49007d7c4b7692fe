"""Two files of one subject: suggested, compared, merged, parted, or found to be two."""

from __future__ import annotations

import pytest
from build import SAIHAN, XINCHENG, a_restaurant
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mingchu.accounts.domain import CITY
from mingchu.identifiers import credit_code
from mingchu.ledger.models import Entry
from mingchu.registry import queries, services
from mingchu.registry.models import Business, Merge, NotSame
from mingchu.registry.queries import Ground
from mingchu.registry.queries import suggesting as module

pytestmark = pytest.mark.django_db
EVERYWHERE = [CITY]
BARE = {"code": "", "licences": (), "people": ()}


def a_file(name: str, **facts) -> Business:
    known = {**BARE, "address": f"通道街{Business.objects.count()}号", **facts}
    return services.enrol(a_restaurant(name=name, **known))


def suggested(ground: Ground, scopes=EVERYWHERE) -> list[tuple[str, str]]:
    """All pairs of a ground, page after page."""
    found, cursor = [], ""
    while True:
        page = queries.duplicates(scopes, ground, cursor=cursor)
        found += [(row.one.name, row.other.name) for row in page.rows]
        if not (cursor := page.next):
            return found


@pytest.mark.parametrize(
    ("ground", "first", "second"),
    [
        (Ground.NAME, {"name": "绿野AB面馆"}, {"name": "绿野ＡＢ面馆"}),
        (Ground.NAME, {"name": "绿野面馆"}, {"name": "绿叶面馆"}),
        (Ground.PHONE, {"name": "甲", "phone": "0471-1"}, {"name": "乙", "phone": "0471-1"}),
        (
            Ground.KEEPER,
            {"name": "甲", "identity": "150105199001010018"},
            {"name": "乙", "identity": "150105199001010018", "district": XINCHENG, "station": ""},
        ),
        (
            Ground.ADDRESS,
            {"name": "绿野面馆", "address": "东街1号"},
            {"name": "绿野面馆（分店）", "address": "东街1号"},
        ),
    ],
)
def test_each_ground_suggests_its_pair(ground, first, second):
    a_file("别家")
    one, other = a_file(**first), a_file(**second)

    assert suggested(ground) == [(one.name, other.name)]


@pytest.mark.parametrize(
    ("ground", "second"),
    [
        (Ground.NAME, {"name": "绿野面馆", "district": XINCHENG, "station": ""}),
        (Ground.NAME, {"name": "青山面馆"}),
        (Ground.PHONE, {"name": "乙", "phone": ""}),
        (Ground.ADDRESS, {"name": "青山烟酒店", "address": "东街1号"}),
    ],
)
def test_what_is_not_alike_is_not_suggested(ground, second):
    a_file("绿野面馆", address="东街1号")
    a_file(**second)

    assert suggested(ground) == []


def test_closed_files_and_two_with_codes_of_their_own_are_not_suggested():
    codes = [credit_code.synthetic(n, prefix="92") for n in (1, 2)]
    for code in codes:
        a_file("绿野面馆", code=code)
    gone = a_file("绿野面馆")
    services.close(number=gone.pk, closed=gone.opened, why="停业")

    assert suggested(Ground.NAME) == []


def test_what_was_found_to_be_two_is_not_suggested_again_but_the_third_is():
    one, other, third = (a_file("绿野面馆") for _ in range(3))

    services.not_same(one=other.pk, other=one.pk)

    pairs = queries.duplicates(EVERYWHERE, Ground.NAME).rows
    assert {(p.one.pk, p.other.pk) for p in pairs} == {(one.pk, third.pk), (other.pk, third.pk)}


@pytest.mark.parametrize("window", [5, 7, 1_000])
def test_pages_go_through_all_pairs_once_however_small_the_window(monkeypatch, window):
    for name in ("甲", "乙", "丙"):
        for _ in range(3):
            a_file(f"{name}面馆")
    a_file("丁面馆")
    monkeypatch.setattr(module, "WINDOW", window)
    monkeypatch.setattr(module, "PAIRS", 2)

    found = suggested(Ground.NAME)

    assert sorted(found) == sorted([(f"{n}面馆", f"{n}面馆") for n in "甲乙丙"] * 3)


def test_a_page_of_pairs_costs_the_same_with_five_rows_and_with_five_hundred(desk):
    here, costs = desk(SAIHAN), []
    for more in (5, 495):
        services.enrol_many(
            a_restaurant(name=f"绿野{at}面馆", phone=f"0471-{at}", **BARE) for at in range(more)
        )
        with CaptureQueriesContext(connection) as seen:
            here.get("/w/businesses/duplicates/?by=phone")
        costs.append(len(seen))

    assert abs(costs[1] - costs[0]) <= 2
    assert costs[1] <= 8


@pytest.fixture
def twins(restaurant) -> tuple[Business, Business]:
    """The file with a code, and one entered again with a telephone."""
    again = a_file("绿野家常菜馆", phone="0471-4711", address=restaurant.address)
    return restaurant, again


def page(client, path: str) -> str:
    return client.get(path).content.decode()


def test_two_files_are_compared_merged_and_the_old_address_leads_on(desk, client, twins):
    kept, gone = twins
    here, path = desk(SAIHAN), f"/w/businesses/{kept.public_id}/with/{gone.public_id}"

    assert path in page(here, "/w/businesses/duplicates/")
    compared = page(here, path)
    done = here.post(
        path, {"why": "重复建档", "kept_revision": kept.revision, "gone_revision": gone.revision}
    )

    assert "取自并入的一份" in compared
    assert done["Location"] == f"/w/businesses/{kept.public_id}"
    kept.refresh_from_db()
    assert kept.phone == "0471-4711"
    for somebody, where in ((here, "/w/businesses"), (client, "/p")):
        answer = somebody.get(f"{where}/{gone.public_id}")
        assert answer["Location"] == f"{where}/{kept.public_id}"
    said = here.get(f"/api/v1/businesses/{gone.public_id}").json()
    assert (said["id"], said["merged_into"]) == (gone.public_id, kept.public_id)
    assert here.get(f"/api/v1/businesses/{kept.public_id}").json()["merged_into"] is None
    assert gone.public_id not in page(here, "/w/businesses/?q=绿野")


def test_a_merge_is_listed_and_taken_back(desk, twins):
    kept, gone = twins
    done = services.merge(kept=kept.pk, gone=gone.pk, why="重复建档")
    here = desk(SAIHAN)

    listed = page(here, "/w/businesses/merges/")
    csv = here.get("/w/businesses/merges/export?format=csv").content.decode("utf-8-sig")
    said = {"why": "核对有误", "revision": done.kept.revision}
    undone = here.post(f"/w/businesses/merges/{done.pk}/undo", said, follow=True)

    assert "重复建档" in listed
    assert gone.public_id in csv
    assert "已撤回" in undone.content.decode()
    assert Merge.objects.get().undone_at is not None
    assert Business.objects.get(pk=gone.pk).merged_into is None
    assert here.get(f"/w/businesses/{gone.public_id}").status_code == 200


def test_whoever_compared_an_older_file_is_told_and_nothing_is_merged(desk, twins):
    kept, gone = twins
    here, path = desk(SAIHAN), f"/w/businesses/{kept.public_id}/with/{gone.public_id}"
    said = {"why": "重复", "kept_revision": kept.revision, "gone_revision": gone.revision}
    services.correct(number=gone.pk, changes={"sign": "青山"}, why="换招牌")

    told = here.post(path, said).content.decode()

    assert "已被他人改动" in told
    assert not Merge.objects.exists()


def test_whoever_undoes_a_merge_of_an_older_file_is_told_and_nothing_is_undone(desk, twins):
    kept, gone = twins
    done = services.merge(kept=kept.pk, gone=gone.pk, why="重复")
    here, path = desk(SAIHAN), f"/w/businesses/merges/{done.pk}"
    shown = page(here, path)
    services.correct(number=kept.pk, changes={"sign": "青山"}, why="换招牌")

    said = {"why": "核对有误", "revision": done.kept.revision}
    told = here.post(f"{path}/undo", said).content.decode()

    assert f'name="revision" value="{done.kept.revision}"' in shown
    assert "已被他人改动" in told
    assert Merge.objects.get().undone_at is None


def test_two_subjects_with_codes_are_not_offered_to_be_merged(desk, restaurant):
    other = a_file("绿野菜馆", code=credit_code.synthetic(7, prefix="92"))

    shown = page(desk(SAIHAN), f"/w/businesses/{restaurant.public_id}/with/{other.public_id}")

    assert "是两个主体，不能合并" in shown
    assert "合并为一份" not in shown


def test_not_the_same_is_remembered_and_entered(desk, twins):
    kept, gone = twins
    here, path = desk(SAIHAN), f"/w/businesses/{gone.public_id}/with/{kept.public_id}/not-same"

    here.post(path)

    assert NotSame.objects.get().one == kept
    assert Entry.objects.filter(kind="registry.found_not_same").count() == 1
    assert kept.name not in page(here, "/w/businesses/duplicates/")


def test_what_was_found_to_be_two_is_listed_and_taken_back(desk, twins):
    kept, gone = twins
    here, path = desk(SAIHAN), f"/w/businesses/{kept.public_id}/with/{gone.public_id}"
    apart = "/w/businesses/duplicates/apart/"
    mark = services.not_same(one=kept.pk, other=gone.pk)

    listed = page(here, apart)
    compared = page(here, path)
    back = here.post(f"{apart}{mark.pk}/take-back")

    assert path in listed
    assert "撤回认定" in compared
    assert back["Location"] == path
    page(here, path)  # which tells that it is taken back
    assert "撤回认定" not in page(here, path)
    assert kept.name in page(here, "/w/businesses/duplicates/")
    assert kept.name not in page(here, apart)
    assert desk(XINCHENG).post(f"{apart}{mark.pk}/take-back").status_code == 404


def test_a_pair_across_districts_is_for_the_city_to_merge(desk, twins):
    kept, gone = twins
    services.correct(number=gone.pk, changes={"district": XINCHENG, "station": ""}, why="迁址")
    path = f"/w/businesses/{kept.public_id}/with/{gone.public_id}"

    assert desk(SAIHAN).get(path).status_code == 404
    assert desk().get(path).status_code == 200


def test_suggestions_are_exported_by_their_ground(desk, twins):
    csv = desk(SAIHAN).get("/w/businesses/duplicates/export?by=address&format=csv")

    lines = csv.content.decode("utf-8-sig").strip().splitlines()
    assert len(lines) == 2
    assert all(one.public_id in lines[1] for one in twins)

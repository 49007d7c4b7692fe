"""The roster by sheet: looked at as a whole, told by cell, brought in, given back, undone."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from build import SAIHAN, XINCHENG
from django.utils import translation
from duty import GRID, STATION, at, cadre_of, the_visit

from mingchu.accounts.domain import Actor
from mingchu.accounts.queries import actor_for
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.kit.models import ImportBatch
from mingchu.kit.sheets import batches, importing
from mingchu.kit.sheets.write import OutColumn, export_csv, template
from mingchu.ledger.models import Entry
from mingchu.territory import services
from mingchu.territory.importing import ROSTER
from mingchu.territory.models import Beat, Cadre

pytestmark = pytest.mark.django_db
HEAD = ("姓名", "单位", "职级", "旗县区", "手机号", "登录账号", "包保区域", "包保主体")
Row = tuple[str, ...]


def bring(*rows: Row, by: Actor | None = None, **more: Any) -> ImportBatch:
    padded = [[*row, *[""] * (len(HEAD) - len(row))] for row in rows]
    content = export_csv([OutColumn(title) for title in HEAD], padded)
    return importing.run(key="duty_roster", content=content, file_name="名册.csv", by=by, **more)


def again(content: bytes, name: str = "名册.xlsx") -> ImportBatch:
    return importing.run(key="duty_roster", content=content, file_name=name, by=None)


def counts(batch: ImportBatch) -> tuple[int, ...]:
    return batch.created, batch.changed, batch.unchanged, batch.faulty


def told(batch: ImportBatch) -> list[tuple[int, str, str]]:
    return [(fault["row"], fault["column"], fault["code"]) for fault in batch.faults]


def ranges() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for beat in Beat.objects.select_related("cadre", "business").order_by("area", "business"):
        said = beat.area or (beat.business.name if beat.business else "")
        found.setdefault(beat.cadre.name, []).append(said)
    return found


def test_a_list_brings_cadres_with_their_areas_and_businesses(business):
    shop, coded = business(), business(code="92150105MA0BBBBU2X")

    batch = bring(
        ("甲", "一街道", "村级", "", "13800000001", "", f"{STATION}、{GRID}", ""),
        ("乙", "二街道", "D级不对", "", "13800000002", "", STATION, ""),
        ("丙", "市局", "市级", "", "13800000003", "", "150100", ""),
        (
            "丁",
            "三街道",
            "社区",
            "赛罕区",
            "13800000004",
            "",
            "",
            f"{shop.public_id}，{coded.code}",
        ),
    )

    assert (counts(batch), told(batch)) == ((3, 0, 0, 1), [(3, "职级", "unknown_choice")])
    assert ranges() == {"甲": [STATION, GRID], "丙": ["150100"], "丁": [shop.name, coded.name]}
    assert {one.name: one.district for one in Cadre.objects.all()} == {
        "甲": SAIHAN,
        "丙": "",
        "丁": SAIHAN,
    }
    assert cadre_of(shop) == Cadre.objects.get(name="丁").pk
    assert Entry.objects.filter(kind="territory.cadre_listed").count() == 3


def test_the_same_list_again_changes_nothing(business):
    rows = (("甲", "一街道", "村级", "", "13800000001", "", STATION, business().public_id),)

    first, second = bring(*rows), bring(*rows)

    assert (counts(first), counts(second)) == ((1, 0, 0, 0), (0, 0, 1, 0))


def test_each_fault_is_told_in_its_cell_and_the_good_rows_come_in(business, cadre, account):
    held = business()
    cadre("village", name="在册", businesses=(held.pk,))
    shop = business()
    account("grid", STATION)

    batch = bring(
        ("", "街道", "村级", "", "13800000001", "", STATION),
        ("乙", "街道", "村级", "", "电话", "", STATION),
        ("丙", "街道", "村级", "", "13800000003", "", "150105999"),
        ("丁", "街道", "村级", "", "13800000004", "", "", "ZZZZZZZZ"),
        ("戊", "街道", "村级", "", "13800000005", "", "", held.public_id),
        ("己", "街道", "村级", "", "13800000006", "nobody", STATION),
        ("庚", "街道", "村级", "", "13800000007", f"grid-{STATION}-0", STATION),
        ("辛", "街道", "村级", "", "13800000008"),
        ("壬", "街道", "村级", "大同市", "13800000009", "", STATION),
        ("癸", "街道", "村级", "", "13800000010", "", "", shop.public_id),
        ("子", "街道", "村级", "", "13800000011", "", "", shop.public_id),
        ("癸", "街道", "村级", "", "13800000010", "", STATION),
    )

    assert told(batch) == [
        (2, "姓名", "required_empty"),
        (3, "手机号", "bad_phone"),
        (4, "包保区域", "no_such_area"),
        (5, "包保主体", "no_such_business"),
        (6, "包保主体", "named_to_other"),
        (7, "登录账号", "no_such_account"),
        (8, "登录账号", "not_a_duty_cadre"),
        (9, "旗县区", "district_missing"),
        (10, "旗县区", "unknown_district"),
        (12, "包保主体", "assigned_twice"),
        (13, "手机号", "duplicate_row"),
    ]
    assert ranges() == {"在册": [held.name], "癸": [shop.name]}


def test_a_business_changes_hands_within_one_list_and_back(business):
    shop, other = business(), business()
    first = ("甲", "街道", "村级", "赛罕区", "13800000001", "")
    second = ("乙", "街道", "村级", "赛罕区", "13800000002", "")
    both = f"{shop.public_id}、{other.public_id}"
    bring((*first, "", both), (*second, STATION, ""))

    batch = bring((*first, "", other.public_id), (*second, "", shop.public_id))

    assert (told(batch), ranges()) == ([], {"甲": [other.name], "乙": [shop.name]})
    batches.undo_batch(batch, by=None)
    assert ranges() == {"甲": [shop.name, other.name], "乙": [STATION]}


def test_a_refused_row_neither_takes_nor_gives(business):
    shop = business()
    bring(("甲", "街道", "村级", "赛罕区", "13800000001", "", "", shop.public_id))

    batch = bring(
        ("甲", "街道", "村级", "赛罕区", "13800000001", "", "150105999", ""),
        ("乙", "街道", "村级", "赛罕区", "13800000002", "", "", shop.public_id),
    )

    assert told(batch) == [
        (2, "包保区域", "no_such_area"),
        (3, "包保主体", "named_to_other"),
    ]
    assert ranges() == {"甲": [shop.name]}


def test_an_empty_range_leaves_a_range_as_it_is(business):
    bring(("甲", "街道", "村级", "", "13800000001", "", STATION))

    batch = bring(("甲", "新单位", "村级", "", "13800000001"))

    assert (counts(batch), ranges()) == ((0, 1, 0, 0), {"甲": [STATION]})
    assert Cadre.objects.get().unit == "新单位"


def test_a_business_of_another_level_comes_in_with_a_warning(business):
    works = business(kind="producer", scale="small")
    services.settle_all()

    batch = bring(("甲", "街道", "村级", "", "13800000001", "", "", works.public_id))

    assert [one["code"] for one in batch.warnings] == ["rank_differs"]
    assert cadre_of(works) == Cadre.objects.get().pk


def test_undoing_takes_cadres_and_their_businesses_back(business, cadre):
    shop = business()
    before = cadre("village", areas=(SAIHAN,))
    services.nightly()
    batch = bring(("甲", "街道", "村级", "", "13800000001", "", STATION, shop.public_id))
    assert cadre_of(shop) != before.pk

    undone = batches.undo_batch(batch, by=None)

    assert (undone.restored, undone.left) == (1, ())
    assert list(Cadre.objects.values_list("pk", flat=True)) == [before.pk]
    assert (cadre_of(shop), the_visit(shop).cadre_id) == (before.pk, before.pk)


def test_who_has_worked_since_leaves_the_roster_and_stays_in_the_past(business):
    shop = business()
    batch = bring(("甲", "街道", "村级", "", "13800000001", "", STATION))
    services.nightly()
    services.finish(visit=the_visit(shop), answers={}, problem="not_there")

    with clock.stopped(at(2026, 12, 1)):
        undone = batches.undo_batch(batch, by=None)

    one = Cadre.objects.get()
    assert (undone.left, one.until, the_visit(shop).cadre_id) == (
        (),
        at(2026, 12, 1).date(),
        one.pk,
    )
    assert cadre_of(shop) is None


def test_who_was_changed_since_is_left_and_named(business, account):
    batch = bring(("甲", "街道", "村级", "", "13800000001", "", STATION))
    one = Cadre.objects.get()
    services.link(cadre=one, user=account())

    undone = batches.undo_batch(batch, by=None)

    assert undone.left == ((2, str(one.pk)),)
    assert Cadre.objects.get().until is None


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_the_exported_roster_comes_back_without_a_change(desk, business, account, language, form):
    account(code=STATION)
    bring(
        ("甲", "街道", "村级", "", "13800000001", f"duty_cadre-{STATION}-0", GRID, ""),
        ("乙", "街道", "乡级", "", "13800000002", "", "", business().public_id),
        ("丙", "市局", "市级", "", "13800000003", "", "150100", ""),
    )
    bureau = desk()

    with translation.override(language):
        answer = bureau.get(
            f"/w/territory/cadres/export?format={form}", headers={"Accept-Language": language}
        )
    batch = again(b"".join(answer) if answer.streaming else answer.content, f"a.{form}")

    assert (told(batch), counts(batch)) == ([], (0, 0, 3, 0))


def test_the_template_is_its_own_list_and_its_example_stays_out(db):
    book = openpyxl.load_workbook(io.BytesIO(template(ROSTER)))

    batch = again(template(ROSTER))

    assert book.sheetnames[0] == "包保干部花名册"
    assert counts(batch) == (0, 0, 0, 0)


def test_a_district_lists_its_own_cadres_in_its_own_area(business, account):
    here = actor_for(account("district", SAIHAN))
    foreign = business(district=XINCHENG, station=f"{XINCHENG}001")
    bring(("邻区", "街道", "村级", "新城区", "13800000009"))

    batch = bring(
        ("甲", "街道", "村级", "", "13800000001"),
        ("乙", "街道", "村级", "", "13800000002", "", f"{XINCHENG}001"),
        ("丙", "街道", "村级", "", "13800000003", "", "", foreign.public_id),
        ("丁", "街道", "市级", "", "13800000004"),
        ("戊", "街道", "村级", "新城区", "13800000005"),
        ("己", "街道", "村级", "", "13800000006", "", "150100"),
        ("邻区", "街道", "村级", "赛罕区", "13800000009"),
        by=here,
    )

    assert told(batch) == [
        (3, "包保区域", "not_yours_to_assign"),
        (4, "包保主体", "no_such_business"),
        (5, "旗县区", "not_yours_to_assign"),
        (6, "旗县区", "not_yours_to_assign"),
        (7, "包保区域", "not_yours_to_assign"),
        (8, "旗县区", "not_yours_to_assign"),
    ]
    assert Cadre.objects.get(name="甲").district == SAIHAN


def test_nobody_is_listed_twice_by_form(cadre):
    one = cadre("village")

    with pytest.raises(Refusal, match="cadre_listed_already"):
        services.put_cadre(
            services.Listed(
                name=one.name, phone=one.phone, unit="别处", rank="village", district=SAIHAN
            )
        )

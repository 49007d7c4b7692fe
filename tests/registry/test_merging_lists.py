"""A list is merged with what is known: people's later word stays, licences and people join in."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest
from build import a_restaurant
from django.utils import translation

from mingchu.base import clock
from mingchu.identifiers import credit_code, licences
from mingchu.identifiers.licences import Series
from mingchu.kit.models import ImportBatch
from mingchu.kit.sheets import batches, importing
from mingchu.kit.sheets.write import Out, export_xlsx
from mingchu.ledger.models import Entry
from mingchu.registry import exports, services
from mingchu.registry.domain import public_id
from mingchu.registry.models import Business, Licence, Past, Person

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)
IDENTITY, OTHER = "150964198209080006", "152978199805120005"


@pytest.fixture(autouse=True)
def _today() -> Any:
    with clock.at(clock.midnight(TODAY) + timedelta(hours=9)):
        yield


def code(n: int) -> str:
    return credit_code.synthetic(n, prefix="92")


def number(n: int) -> str:
    return licences.build(Series.OPERATION, "2", "150105", n)


def row(n: int, **said: Any) -> dict[str, Any]:
    return {
        "名称": f"演示餐馆{n}",
        "统一社会信用代码": code(n),
        "业态": "餐饮服务",
        "旗县区": "赛罕区",
        "地址": f"示例街{n}号",
        "证件编号": number(n),
        "发证日期": "2024-03-05",
        "有效期至": "2029-03-04",
        **said,
    }


def bring(*rows: dict[str, Any], above: str = "") -> ImportBatch:
    titles = list(dict.fromkeys(title for one in rows for title in one))
    book = openpyxl.Workbook()
    if above:
        book.active.append([above])
    for line in [titles, *([one.get(title, "") for title in titles] for one in rows)]:
        book.active.append(line)
    file = io.BytesIO()
    book.save(file)
    return importing.run(key="registry", content=file.getvalue(), file_name="名单.xlsx", by=None)


def counts(batch: ImportBatch) -> tuple[int, int, int, int]:
    return batch.created, batch.changed, batch.unchanged, batch.faulty


def told(faults: list[dict[str, Any]]) -> list[tuple[int, str, str]]:
    return [(one["row"], one["column"], one["code"]) for one in faults]


def on(day: date, **changes: Any) -> Business:
    one = Business.objects.get()
    with clock.at(clock.midnight(day)):
        return services.correct(number=one.pk, changes=changes, why="来电", channel="desk")


@pytest.mark.parametrize(
    ("above", "corrected", "stays"),
    [
        ("", TODAY, True),
        ("", TODAY - timedelta(days=1), False),
        ("数据截至：2026年10月31日", date(2026, 11, 2), True),
        ("填报日期：2026-11-20", TODAY, False),
        ("数据截至：2026年10月31日", date(2026, 10, 31), False),
    ],
)
def test_what_a_person_corrected_after_the_day_of_the_list_stays(
    above: str, corrected: date, stays: bool
):
    with clock.at(clock.midnight(date(2026, 9, 1))):
        bring(row(1, 联系电话="0471-1"))
    on(corrected, phone="0471-2")

    batch = bring(row(1, 联系电话="0471-1", 地址="新街9号"), above=above)

    one = Business.objects.get()
    line = 3 if above else 2
    assert one.phone == ("0471-2" if stays else "0471-1")
    assert one.address == "新街9号"
    assert told(batch.warnings) == ([(line, "联系电话", "kept")] if stays else [])
    assert one.sources["address"] == f"list {TODAY}"


def test_all_that_a_list_brings_says_that_a_list_brought_it():
    bring(row(1))
    bring(row(1, 联系电话="0471-3", 有效期至="2034-03-04", 负责人="测试甲"))

    one = Business.objects.get()
    assert (one.channel, one.sources) == ("list", {"phone": f"list {TODAY}"})
    assert {past.channel for past in Past.objects.all()} == {"list"}
    posted = Entry.objects.get(kind="registry.person_posted")
    assert '"channel":"list"' in posted.data


def test_several_licences_are_as_many_rows_of_one_business():
    rows = [
        row(1),
        row(1, 证件编号=number(11), 发证日期="2025-01-02", 有效期至="2030-01-01"),
        row(2),
    ]

    first = bring(*rows)
    again = bring(*rows)

    assert (counts(first), counts(again)) == ((3, 0, 0, 0), (0, 0, 3, 0))
    assert sorted(Business.objects.get(code=code(1)).licences.values_list("number", flat=True)) == [
        number(1),
        number(11),
    ]
    assert batches.undo_batch(first, by=None).restored == 3
    assert not Business.objects.exists()


def test_rows_of_one_business_that_contradict_one_another_are_told():
    batch = bring(row(1), row(1, 证件编号=number(11), 地址="别处"), row(1))

    assert told(batch.faults) == [(3, "地址", "rows_disagree"), (4, "", "duplicate_row")]


def test_an_unknown_division_comes_in_flagged_and_is_found_again():
    stall = {"统一社会信用代码": "", "证件编号": "", "发证日期": "", "业态": "摊贩"}

    first = bring(row(1, 旗县区="演示县"), row(2, 旗县区="演示县", **stall))
    again = bring(row(1, 旗县区="演示县"), row(2, 旗县区="演示县", **stall))

    assert told(first.warnings) == [
        (2, "旗县区", "unknown_district"),
        (3, "旗县区", "unknown_district"),
    ]
    assert [one.district for one in Business.objects.order_by("pk")] == ["150105", "150100"]
    assert counts(again) == (0, 0, 2, 0)


def test_people_are_posted_once_and_brought_up_to_date():
    bring(row(1, 负责人="测试甲", 负责人身份证号=IDENTITY, 食品安全员="测试乙"))
    batch = bring(
        row(
            1,
            负责人="测试甲",
            负责人电话="0471-5",
            负责人身份证号=IDENTITY,
            食品安全员="测试甲",
            健康证有效期="2027-03-01",
        )
    )

    principal = Person.objects.get(identity_tail=IDENTITY[-4:])
    assert counts(batch) == (0, 1, 0, 0)
    assert (principal.phone, principal.duties) == ("0471-5", ["principal", "officer"])
    assert principal.health_until == date(2027, 3, 1)
    assert Person.objects.count() == 2
    batches.undo_batch(batch, by=None)
    principal.refresh_from_db()
    assert (principal.phone, principal.duties, principal.health_until) == ("", ["principal"], None)


def test_a_telephone_that_the_principal_gave_himself_stays():
    bring(row(1, 负责人="测试甲", 负责人电话="0471-5"))
    services.correct_person(
        person=Person.objects.get(), changes={"phone": "0471-6"}, why="自报", channel="desk"
    )

    batch = bring(row(1, 负责人="测试甲", 负责人电话="0471-5"))

    assert told(batch.warnings) == [(2, "负责人电话", "kept")]
    assert Person.objects.get().phone == "0471-6"


def test_another_principal_is_posted_and_the_old_one_left_to_an_officer():
    bring(row(1, 负责人="测试甲"))

    batch = bring(row(1, 负责人="测试乙"))

    assert told(batch.warnings) == [(2, "负责人", "principal_changed")]
    assert Person.objects.filter(until=None).count() == 2


def test_who_died_is_posted_nowhere_again_and_who_works_twice_is_looked_at():
    bring(row(1, 负责人="测试甲", 负责人身份证号=IDENTITY), row(2))
    services.person_died(person=Person.objects.get(), day=TODAY)

    batch = bring(
        row(2, 负责人="测试甲", 负责人身份证号=IDENTITY),
        row(3, 负责人="测试乙", 负责人身份证号=OTHER),
        row(4, 负责人="测试乙", 负责人身份证号=OTHER),
    )

    assert told(batch.faults) == [(2, "负责人身份证号", "person_died")]
    assert told(batch.warnings) == [(4, "负责人身份证号", "person_elsewhere")]


def test_branches_find_their_head_office_in_any_order_and_go_with_it():
    batch = bring(row(2, 总部代码=code(1)), row(1, 总部代码=code(1)), row(3, 总部代码=code(9)))

    branch, head = (Business.objects.get(code=code(n)) for n in (2, 1))
    assert (branch.head_id, head.head_id) == (head.pk, None)
    assert told(batch.warnings) == [(4, "总部代码", "head_unknown")]
    assert batches.undo_batch(batch, by=None).restored == 3


def test_head_offices_that_would_stand_in_a_circle_are_left_open():
    bring(row(1), row(2, 总部代码=code(1)), row(3, 总部代码=code(2)))

    batch = bring(row(1, 总部代码=code(3)), row(4, 总部代码=code(5)), row(5, 总部代码=code(4)))

    assert told(batch.warnings) == [(2, "总部代码", "head_circle"), (4, "总部代码", "head_circle")]
    assert Business.objects.get(code=code(1)).head is None
    assert Business.objects.get(code=code(4)).head == Business.objects.get(code=code(5))


def test_a_licence_that_has_a_later_date_or_has_ended_is_not_overwritten():
    bring(row(1), row(2))
    ended = Licence.objects.get(number=number(2))
    services.set_licence_state(licence=ended, state="cancelled", why="注销")

    batch = bring(row(1, 发证日期="2020-03-05"), row(2, 有效期至="2034-03-04"))

    assert told(batch.warnings) == [(2, "发证日期", "kept")]
    assert told(batch.faults) == [(3, "证件编号", "licence_ended")]
    assert Licence.objects.get(number=number(1)).issued == date(2024, 3, 5)


def test_size_diners_and_grid_come_in_and_are_checked():
    batch = bring(
        row(1, 规模="微型企业", 用餐人数="1,200", 监管所="150105001", 网格="150105001001"),
        row(2, 监管所="150105001", 网格="150105002001"),
        row(3, 用餐人数="0"),
    )

    one = Business.objects.get()
    assert (one.scale, one.diners, one.grid) == ("micro", 1200, "150105001001")
    assert told(batch.faults) == [(3, "网格", "grid_elsewhere"), (4, "用餐人数", "out_of_range")]


def test_a_file_that_was_merged_is_met_in_the_one_that_was_kept():
    bring(row(1), row(2, 统一社会信用代码=""))
    kept, gone = Business.objects.order_by("pk")
    services.merge(kept=kept.pk, gone=gone.pk, why="同一主体")

    batch = bring(row(2, 统一社会信用代码="", 名称=kept.name, 联系电话="0471-8"))

    assert counts(batch) == (0, 1, 0, 0)
    kept.refresh_from_db()
    assert kept.phone == "0471-8"


def test_undo_puts_back_names_and_where_they_came_from():
    bring(row(1, 联系电话="0471-1"))
    on(date(2026, 11, 2), phone="0471-2")
    batch = bring(row(1, 名称="改名餐馆", 联系电话="0471-1"))

    batches.undo_batch(batch, by=None)

    one = Business.objects.get()
    assert (one.name, one.former_names, one.phone) == ("演示餐馆1", [], "0471-2")
    assert one.sources == {"phone": "desk 2026-11-02"}


def test_undo_leaves_a_head_office_whose_branch_has_changed_since():
    batch = bring(row(1), row(2, 总部代码=code(1)))
    branch = Business.objects.get(code=code(2))
    services.correct(number=branch.pk, changes={"phone": "1"}, why="来电")

    undone = batches.undo_batch(batch, by=None)

    assert undone.restored == 0
    assert [line["subject"] for line in importing.told_left(batch, undone)] == [
        public_id(one.pk) for one in Business.objects.order_by("code")
    ]


def test_our_export_comes_back_whatever_language_it_was_made_in():
    services.enrol(a_restaurant())
    with translation.override("en"):
        rows: list[list[Out]] = list(exports.rows(Business.objects.all()))
        file = export_xlsx("Businesses", exports.columns(), rows)

    batch = importing.run(key="registry", content=file, file_name="export.xlsx", by=None)

    assert counts(batch) == (0, 0, 1, 0)

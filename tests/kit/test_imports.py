"""Imports: a list comes in step by step, and what it did can be taken back."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from mingchu.accounts import services
from mingchu.accounts.domain import CITY, Actor, Scope, ScopeKind
from mingchu.accounts.models import Post, User
from mingchu.accounts.queries import actor_for
from mingchu.base.errors import Refusal
from mingchu.kit.models import ImportBatch, ImportState, RememberedMapping
from mingchu.kit.sheets import batches, importing
from mingchu.kit.sheets.importers import importer
from mingchu.kit.sheets.write import template
from mingchu.ledger.models import Entry

pytestmark = pytest.mark.django_db
XINCHENG, YUQUAN = Scope(ScopeKind.DISTRICT, "150102"), Scope(ScopeKind.DISTRICT, "150104")
HEAD = ["登录账号", "姓名", "手机号", "角色", "范围类别", "范围代码", "到岗日期"]


def an_actor(role: str = "city", scope: Scope = CITY) -> Actor:
    return actor_for(a_user(role, scope))


def a_user(role: str = "city", scope: Scope = CITY) -> User:
    user = services.enrol_person(username=f"boss{User.objects.count()}", name="测试")
    services.give_post(user=user, role=role, scope=scope)
    return user


def row(number: int, **said: str) -> list[str]:
    values = {
        "登录账号": f"p{number:03}",
        "姓名": f"测试{number}",
        "手机号": f"1380000{number:04}",
        "角色": "district",
        "范围类别": "旗县区",
        "范围代码": "150102",
        "到岗日期": "2026-01-05",
        **said,
    }
    return [values[title] for title in HEAD]


def sheet(*rows: list[str], head: list[str] = HEAD) -> bytes:
    book = openpyxl.Workbook()
    for line in [head, *rows]:
        book.active.append(line)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def bring(content: bytes, by: Actor | None = None) -> ImportBatch:
    return importing.run(key="people", content=content, file_name="名单.xlsx", by=by)


def counts(batch: ImportBatch) -> tuple[int, int, int, int]:
    return batch.created, batch.changed, batch.unchanged, batch.faulty


def test_a_dry_run_says_what_the_import_then_does_and_writes_nothing():
    content = sheet(row(1), row(2), row(3, 姓名=""))

    tried = importing.run(key="people", content=content, file_name="a.xlsx", by=None, only_try=True)

    assert counts(tried) == (2, 0, 0, 1)
    assert not User.objects.filter(username="p001").exists()
    assert counts(importing.apply(tried, by=None)) == (2, 0, 0, 1)
    assert User.objects.get(username="p001").posts.get().scope == XINCHENG


def test_the_same_list_again_changes_nothing():
    bring(sheet(row(1), row(2)))

    again = bring(sheet(row(1), row(2)))

    assert counts(again) == (0, 0, 2, 0)
    assert not again.changes.exists()
    assert Post.objects.filter(user__username="p001").count() == 1


def test_an_empty_cell_says_nothing():
    bring(sheet(row(1)))

    again = bring(sheet(row(1, 手机号="")))

    assert counts(again) == (0, 0, 1, 0)
    assert User.objects.get(username="p001").phone == "13800000001"


def test_undo_takes_back_what_came_and_leaves_what_changed_since():
    bring(sheet(row(1)))
    batch = bring(sheet(row(1, 姓名="改名"), row(2), row(3)))
    User.objects.filter(username="p003").update(phone="1")

    undone = batches.undo_batch(batch, by=None)

    assert undone.restored == 2
    assert undone.left == ((4, str(User.objects.get(username="p003").pk)),)
    assert User.objects.get(username="p001").name == "测试1"
    gone = User.objects.get(username="p002")
    assert not gone.is_active
    assert gone.posts.get().until is not None
    assert User.objects.get(username="p003").is_active


def test_an_import_and_its_undoing_are_entered_with_what_they_did():
    batch = bring(sheet(row(1), row(2)))
    batches.undo_batch(batch, by=None)

    applied = Entry.objects.get(kind="kit.import_applied")
    undone = Entry.objects.get(kind="kit.import_undone")
    assert applied.subject == undone.subject
    assert '"created":2' in applied.data
    assert Entry.objects.filter(kind="accounts.post_given").count() == 2


def test_an_import_is_undone_once():
    batch = bring(sheet(row(1)))
    batches.undo_batch(batch, by=None)

    with pytest.raises(Refusal, match="not_applied"):
        batches.undo_batch(batch, by=None)


def test_an_import_is_applied_once():
    batch = bring(sheet(row(1)))

    with pytest.raises(Refusal, match="not_examined"):
        importing.apply(batch, by=None)


def test_who_was_taken_back_can_come_again():
    batches.undo_batch(bring(sheet(row(1))), by=None)

    again = bring(sheet(row(1)))

    assert counts(again) == (0, 1, 0, 0)
    user = User.objects.get(username="p001")
    assert user.is_active
    assert user.posts.filter(until=None).count() == 1


def test_undo_in_the_order_of_time_goes_back_step_by_step():
    first = bring(sheet(row(1)))
    second = bring(sheet(row(1, 姓名="改名")))

    assert batches.undo_batch(second, by=None).restored == 1
    assert batches.undo_batch(first, by=None).restored == 1
    assert not User.objects.get(username="p001").is_active


def test_nobody_gives_by_a_list_what_he_may_not_give_by_hand():
    by = an_actor("district", XINCHENG)
    content = sheet(row(1), row(2, 范围代码="150104"), row(3, 角色="city", 范围类别="全市"))

    batch = bring(content, by)

    assert counts(batch) == (1, 0, 0, 2)
    assert [(f["row"], f["code"]) for f in batch.faults] == [
        (3, "not_yours_to_give"),
        (4, "not_yours_to_give"),
    ]


def test_nobody_rewrites_another_districts_people_by_giving_them_a_post():
    bring(sheet(row(1, 范围代码="150104")))

    batch = bring(sheet(row(1, 姓名="改名")), an_actor("district", XINCHENG))

    assert [fault["code"] for fault in batch.faults] == ["not_your_person"]
    assert User.objects.get(username="p001").name == "测试1"


def test_a_planted_fault_is_told_with_row_column_and_cure():
    content = sheet(
        row(1, 角色="局长"), row(2, 手机号="见名片"), row(3, 到岗日期="年初"), row(4), row(4)
    )

    batch = bring(content)

    assert [(f["row"], f["column"], f["code"]) for f in batch.faults] == [
        (2, "角色", "unknown_choice"),
        (3, "手机号", "bad_phone"),
        (4, "到岗日期", "bad_date"),
        (6, "登录账号", "duplicate_row"),
    ]
    assert all(fault["why"] and fault["fix"] for fault in batch.faults)


def test_a_header_in_doubt_is_asked_once_and_then_known():
    head = ["登录账号", "人员的姓名", "手机号", "角色", "范围类别", "范围代码", "到岗日期"]
    batch = importing.start(
        key="people", content=sheet(row(1), head=head), file_name="a.xlsx", by=None
    )
    assert batch.state == ImportState.COLUMNS

    keys = ["username", "name", "phone", "role", "scope_kind", "scope_code", "since"]
    importing.confirm(batch, columns=dict(enumerate(keys)), by=None)

    assert counts(batch) == (1, 0, 0, 0)
    later = bring(sheet(row(2), head=head))
    assert later.state == ImportState.APPLIED
    assert RememberedMapping.objects.count() == 1


@pytest.mark.parametrize("keys", [["username"], ["username", "name", "name", "role"]])
def test_a_mapping_that_lacks_or_doubles_a_column_is_refused(keys: list[str]):
    batch = importing.start(key="people", content=sheet(row(1)), file_name="a.xlsx", by=None)

    with pytest.raises(Refusal, match="columns_unclear"):
        importing.confirm(batch, columns=dict(enumerate(keys)), by=None)


def test_programs_are_refused_a_header_nobody_confirmed():
    with pytest.raises(Refusal, match="columns_unclear"):
        bring(sheet(row(1), head=["登录账号", "人员的姓名", *HEAD[2:]]))

    assert not User.objects.filter(username="p001").exists()


def test_the_template_filled_in_comes_in():
    book = openpyxl.load_workbook(io.BytesIO(template(importer("people").layout)))
    filled = ["1", "p001", "测试", "", "", "", "station", "", "150102001"]
    for column, value in enumerate(filled, 1):
        book.worksheets[0].cell(6, column, value)
    file = io.BytesIO()
    book.save(file)

    batch = bring(file.getvalue())

    assert counts(batch) == (1, 0, 0, 0)
    assert User.objects.get(username="p001").posts.get().scope == Scope(
        ScopeKind.STATION, "150102001"
    )


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="mingchu.accounts.backends.Backend")
    return client


def upload(client: Client, content: bytes) -> Any:
    file = SimpleUploadedFile("名单.xlsx", content)
    return client.post("/w/imports/new", {"importer": "people", "file": file})


@pytest.fixture
def officer() -> Client:
    return browser(a_user())


def test_who_comes_back_to_the_address_of_an_upload_finds_its_form(officer: Client):
    answer = officer.get("/w/imports/new")

    assert (answer.status_code, answer["Location"]) == (302, "/w/imports/")


def test_an_officer_brings_a_list_in_by_the_pages_and_takes_it_back(officer: Client):
    where = upload(officer, sheet(row(1), row(2, 姓名=""))).headers["Location"]
    tried = officer.get(where).content.decode()
    assert "导入 1 行" in tried
    assert "“姓名”没有填写" in tried

    officer.post(f"{where}/apply")
    assert User.objects.filter(username="p001").exists()

    back = officer.get(f"{where}/file")
    book = openpyxl.load_workbook(io.BytesIO(back.content)).active
    assert book["H2"].value == "已新增"
    assert book["H3"].value.startswith("未导入：姓名：")

    officer.post(f"{where}/undo")
    assert not User.objects.get(username="p001").is_active
    again = openpyxl.load_workbook(io.BytesIO(officer.get(f"{where}/file").content)).active
    assert again["H2"].value == "已撤销"


def test_columns_in_doubt_are_confirmed_on_a_page(officer: Client):
    head = ["登录账号", "人员的姓名", *HEAD[2:]]
    where = upload(officer, sheet(row(1), head=head)).headers["Location"]
    asked = officer.get(where, follow=True)
    assert "人员的姓名" in asked.content.decode()

    keys = ["username", "name", "phone", "role", "scope_kind", "scope_code", "since"]
    said = {f"column-{at}": key for at, key in enumerate(keys)}
    answer = officer.post(f"{where}/columns", said, follow=True)

    assert "导入 1 行" in answer.content.decode()


def test_a_file_that_is_no_list_is_refused_in_words(officer: Client):
    answer = upload(officer, b"<html><table></table></html>")

    assert answer.status_code == 409
    assert "另存为 .xlsx" in answer.content.decode()


def test_the_template_can_be_fetched(officer: Client):
    answer = officer.get("/w/imports/template?importer=people")

    assert answer.content.startswith(b"PK")
    assert "attachment" in answer["Content-Disposition"]


def test_another_officers_import_does_not_exist_unless_ones_scope_is_the_city(officer: Client):
    mine = browser(a_user("district", XINCHENG))
    where = upload(mine, sheet(row(1))).headers["Location"]

    assert browser(a_user("district", YUQUAN)).get(where).status_code == 404
    assert officer.get(where).status_code == 200
    assert mine.get("/w/imports/").content.decode().count("名单.xlsx") == 1


def test_the_list_of_imports_asks_as_often_for_many_as_for_few(
    officer: Client, django_assert_max_num_queries: Callable[[int], Any]
):
    for number in range(12):
        importing.start(key="people", content=sheet(row(number)), file_name="a.xlsx", by=None)

    with django_assert_max_num_queries(8):
        officer.get("/w/imports/")


def test_programs_import_by_the_api(officer: Client):
    file = SimpleUploadedFile("名单.xlsx", sheet(row(1), row(2, 姓名="")))
    token = services.issue_token(post=Post.objects.get(), title="测试")[1]
    headers = {"Authorization": f"Bearer {token}"}
    program = Client()

    tried = program.post(
        "/api/v1/imports", {"importer": "people", "file": file}, headers=headers
    ).json()
    applied = program.post(f"/api/v1/imports/{tried['batch']}/apply", headers=headers).json()
    undone = program.post(f"/api/v1/imports/{tried['batch']}/undo", headers=headers).json()

    assert (tried["state"], applied["state"]) == ("examined", "applied")
    assert applied["created"] == 1
    assert [fault["code"] for fault in applied["faults"]] == ["required_empty"]
    assert undone == {"batch": tried["batch"], "restored": 1, "left": []}


def test_an_unknown_list_is_refused():
    with pytest.raises(Refusal, match="unknown_importer"):
        importer("weather")


def test_a_person_is_certified_until_the_day_the_list_says():
    head = [*HEAD, "行政执法证号", "执法证有效期至"]
    content = sheet([*row(1), "15010000001", "2027年12月31日"], head=head)

    bring(content)

    assert User.objects.get(username="p001").certificate_until == date(2027, 12, 31)

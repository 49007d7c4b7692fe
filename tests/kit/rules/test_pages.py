"""Pages of city rules: looked at by many, written by one with plain forms, approved by another."""

from __future__ import annotations

import io
import zipfile
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rulings import CITED, SINCE, browser, value_of

from mingchu.accounts import services as accounts
from mingchu.accounts.domain import CITY
from mingchu.kit.models import RuleState, RuleVersion
from mingchu.kit.rules import exporting, records
from mingchu.rulebook import store

pytestmark = pytest.mark.django_db
SELLERS = "grade.static_seller"
TERMS = {**CITED, "status": "secondary", "checked": "2026-11-20", "since": SINCE.isoformat()}


def text(answer: Any) -> str:
    assert answer.status_code == 200, answer
    return unescape(answer.content.decode())


def begun(desk: Any, rule: str) -> RuleVersion:
    answer = desk.post(f"/w/rules/{rule}/begin", {"since": SINCE.isoformat()})
    assert answer.status_code == 302, text(answer)
    row = RuleVersion.objects.latest("pk")
    desk.post(f"/w/rules/versions/{row.pk}/terms", TERMS)
    row.refresh_from_db()
    return row


class Filled(HTMLParser):
    """What the form of a page would send as it stands."""

    def __init__(self) -> None:
        super().__init__()
        self.said: dict[str, str] = {}
        self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "select":
            self.select = said["name"] or ""
        elif tag == "option" and "selected" in said:
            self.said[self.select] = said.get("value") or ""
        elif tag == "input" and said.get("name") and said.get("type") != "hidden":
            self.said[said["name"] or ""] = said.get("value") or ""


def filled(desk: Any, address: str, **changed: str) -> dict[str, str]:
    """What the form at the address would send, with other answers to some of it."""
    form = Filled()
    form.feed(text(desk.get(address)))
    return {**form.said, **changed}


def test_a_band_of_a_sheet_is_changed_reviewed_and_in_force(people):
    writer, reviewer = map(browser, people)
    row = begun(writer, SELLERS)
    item = f"/w/rules/versions/{row.pk}/items/area"

    writer.post(item, filled(writer, item, is_0="2"))

    page = text(writer.get(f"/w/rules/versions/{row.pk}"))
    assert "≥ 0 · ≤ 200: 1；" in page
    assert "≥ 0 · ≤ 200: 2；" in page
    writer.post(f"/w/rules/versions/{row.pk}/submit")
    assert "由另一位有审定权限的人审定" in text(writer.get(f"/w/rules/versions/{row.pk}"))
    assert 'value="approve"' in text(reviewer.get(f"/w/rules/versions/{row.pk}"))
    reviewer.post(f"/w/rules/versions/{row.pk}/decide", {"decision": "approve", "opinion": ""})
    store.refresh()
    area = store.rule(SELLERS).on(SINCE).value["items"][0]
    assert [band["is"] for band in area["bands"]][:2] == [2, 2]
    assert "尚未施行" in text(writer.get("/w/rules/"))


def test_bands_join_whatever_is_typed_and_what_is_wrong_is_said_where(people):
    desk = browser(people[0])
    row = begun(desk, SELLERS)
    item = f"/w/rules/versions/{row.pk}/items/area"

    desk.post(item, filled(desk, item, to_0="1500"))

    page = text(desk.get(f"/w/rules/versions/{row.pk}"))
    assert "送审前还要改正" in page
    assert "bands[1].to: ≤ 1,500" in page
    assert desk.post(f"/w/rules/versions/{row.pk}/submit").status_code == 422
    row.refresh_from_db()
    assert row.state == RuleState.DRAFT


def test_items_and_caps_are_added_and_dropped(people):
    desk = browser(people[0])
    row = begun(desk, SELLERS)
    there = f"/w/rules/versions/{row.pk}"

    assert "已经有这个代码了" in text(
        desk.post(f"{there}/items/new", {"id": "area", "kind": "band"})
    )
    desk.post(f"{there}/items/new", {"id": "online", "kind": "choice"})
    desk.post(
        f"{there}/items/online",
        {"zh": "网络销售", "en": "Online", "id_0": "yes", "zh_0": "有", "en_0": "Yes", "is_0": "2"},
    )
    cap = {"id": "bulk", "zh": "散装合计", "en": "Bulk", "most": "12"}
    desk.post(f"{there}/caps/new", {**cap, "items": ["bulk_ambient", "bulk_chilled"]})
    desk.post(f"{there}/drop/suppliers")
    desk.post(f"{there}/value", filled(desk, f"{there}/value", total="34"))

    row.refresh_from_db()
    sheet = records.value_of(row)
    assert [one["id"] for one in sheet["items"]][-2:] == ["bulk_frozen", "online"]
    assert (sheet["total"], sheet["caps"][0]["most"]) == (34, 12)
    page = text(desk.get(there))
    assert "散装合计 · 合计最多" not in page
    assert "合计最多12分：常温散装食品单品数、冷藏散装食品单品数" in page
    assert "送审前还要改正" not in page


@pytest.mark.parametrize(
    ("rule", "said", "value"),
    [
        ("grade.lower_clean_years", {"number": "2"}, 2),
        ("grade.serious_list_grade", {"words": "C"}, "C"),
        ("grade.visits_min", {"key_A": "", "key_B": "1", "key_C": "2", "key_D": "4"}, None),
        (
            "grade.bands",
            {"to_0": "25", "is_0": "A", "to_1": "45", "is_1": "B", "above": "C"},
            {"bands": [{"to": 25, "is": "A"}, {"to": 45, "is": "B"}], "above": "C"},
        ),
        ("market.vendor_file_months", {"number": "12"}, 12),
        ("certificate.green_pattern", {"text": "'[A-Z]{2}'"}, "[A-Z]{2}"),
    ],
)
def test_each_shape_of_value_has_its_plain_form(people, rule, said, value):
    desk = browser(people[0])
    row = begun(desk, rule)

    answer = desk.post(f"/w/rules/versions/{row.pk}/value", said)

    assert answer.status_code == 302, text(answer)
    row.refresh_from_db()
    expected = value or {"A": None, "B": 1, "C": 2, "D": 4}
    assert records.value_of(row) == expected
    assert text(desk.get(f"/w/rules/versions/{row.pk}"))


def test_a_repeal_is_chosen_and_taken_back(people):
    desk = browser(people[0])
    row = begun(desk, "grade.bands")

    desk.post(f"/w/rules/versions/{row.pk}/repeal")
    assert "废止：自施行日期起" in text(desk.get(f"/w/rules/versions/{row.pk}"))
    desk.post(f"/w/rules/versions/{row.pk}/repeal")

    row.refresh_from_db()
    assert records.value_of(row) == value_of("grade.bands")


def test_what_waits_for_one_is_decided_by_the_other_with_a_reason(people):
    writer, reviewer = map(browser, people)
    row = begun(writer, "grade.bands")
    there = f"/w/rules/versions/{row.pk}"
    writer.post(f"{there}/value", {"to_0": "25", "is_0": "A", "above": "B"})
    writer.post(f"{there}/submit")

    assert writer.post(f"{there}/decide", {"decision": "approve"}).status_code == 403
    assert "请写明要改什么" in text(reviewer.post(f"{there}/decide", {"decision": "return"}))
    reviewer.post(f"{there}/decide", {"decision": "return", "opinion": "少了两档"})

    assert "少了两档" in text(writer.get(there))
    assert writer.get(f"{there}/value").status_code == 200
    writer.post(f"{there}/withdraw")
    assert "已撤回" in text(writer.get(there))
    assert writer.get(f"{there}/value").status_code == 404


def test_an_officer_of_a_station_looks_and_cannot_write(people):
    row = begun(browser(people[0]), SELLERS)
    user = accounts.enrol_person(username="auditor", name="审计")
    accounts.give_post(user=user, role="auditor", scope=CITY)
    desk = browser(user)

    assert "评分表" in text(desk.get("/w/rules/"))
    assert "改这一项" not in text(desk.get(f"/w/rules/versions/{row.pk}"))
    assert "起草新版本" not in text(desk.get(f"/w/rules/{SELLERS}"))
    for address in ("terms", "value", "items/area", "submit", "decide"):
        assert desk.post(f"/w/rules/versions/{row.pk}/{address}").status_code == 403
    assert desk.post(f"/w/rules/versions/{row.pk}/withdraw").status_code == 404


def test_the_list_finds_rules_and_the_public_page_says_what_the_city_says(people, approved, client):
    desk = browser(people[0])
    approved("grade.bands", {"bands": [{"to": 25, "is": "A"}], "above": "B"})

    assert "风险等级分档" in text(desk.get("/w/rules/?q=等级分档"))
    assert "没有查到" in text(desk.get("/w/rules/?q=没有这样的规则"))
    public = text(client.get(f"/rules/grade.bands?on={SINCE}"))
    assert CITED["law"] in public
    assert "/w/rules/" not in public


def test_the_rules_go_out_and_come_in_as_files(people, approved):
    desk = browser(people[0])
    approved("grade.bands", {"bands": [{"to": 25, "is": "A"}], "above": "B"})

    packed = zipfile.ZipFile(io.BytesIO(desk.get("/w/rules/export").content))
    assert packed.namelist() == ["cn-1501/grade.yaml"]
    [known] = exporting.documents().values()
    changed = known.replace("since: 2027-01-01", "since: 2028-01-01").encode()
    answer = desk.post(
        "/w/rules/import", {"file": SimpleUploadedFile("x.yaml", changed)}, follow=True
    )
    assert "新起草 1 个版本" in text(answer)
    assert "已有，未动" in text(answer)


def test_lists_of_rules_ask_as_little_of_many_versions_as_of_few(
    people, approved, django_assert_max_num_queries
):
    desk = browser(people[0])
    for year in range(2027, 2039):
        approved(
            "grade.bands",
            {"bands": [{"to": year, "is": "A"}], "above": "B"},
            since=SINCE.replace(year=year),
        )

    with django_assert_max_num_queries(16):
        desk.get("/w/rules/")
    with django_assert_max_num_queries(14):
        desk.get("/w/rules/grade.bands")


def test_what_the_city_keeps_to_itself_is_for_whoever_writes_its_rules(people, client):
    internal = next(one.id for one in store.rulebook() if one.internal)
    writer = browser(people[0])
    row = begun(writer, internal)
    user = accounts.enrol_person(username="auditor", name="审计")
    accounts.give_post(user=user, role="auditor", scope=CITY)
    desk = browser(user)

    assert "内部" in text(writer.get(f"/w/rules/{internal}"))
    assert row.get_state_display() in text(writer.get("/w/rules/"))
    for address in (f"/w/rules/{internal}", f"/w/rules/versions/{row.pk}"):
        assert desk.get(address).status_code == 404
    assert f"/w/rules/versions/{row.pk}" not in text(desk.get("/w/rules/"))
    assert desk.get("/w/rules/export").status_code == 403
    assert client.get(f"/rules/{internal}").status_code == 404

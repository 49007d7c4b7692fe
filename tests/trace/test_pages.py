"""Pages of the event repository: captures and their errors, events, queries, a file to send."""

from __future__ import annotations

import csv
import io
import json
from html import unescape

import openpyxl
import pytest
from capturing import a_document, an_event, as_sent, events_of, sender
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from epcis import CONTEXT
from jsonschema import Draft202012Validator

from mingchu.accounts import services as accounts
from mingchu.accounts.domain import CITY, Scope, ScopeKind
from mingchu.accounts.routes import routes
from mingchu.trace import viewing
from mingchu.trace.describing import KINDS, RESOURCES, openapi
from mingchu.trace.services import Behaviour, capture_document, capture_event

pytestmark = pytest.mark.django_db
SERIAL = "urn:epc:id:sgtin:9521234.000011.400"
LINK = "https://example.org/01/09521234000112/21/400"
LOT = "urn:epc:class:lgtin:9521234.000001.L7"
CASE = "urn:epc:id:sscc:9521234.1261119100"
ID = "urn:uuid:95212340-0000-4000-8000-00000000000{}"
DISTRICT = Scope(ScopeKind.DISTRICT, "150105")


def somebody(role="city", scope=CITY) -> Client:
    user = accounts.enrol_person(username=f"{role}-{scope.code}", name="测试")
    # Directly, since a body of a test need not exist.
    user.posts.create(
        role=role, scope_kind=scope.kind, scope_code=scope.code, since="2020-01-01",
        district=scope.code if scope.kind == "district" else "",
    )  # fmt: skip
    client = Client()
    client.force_login(user, backend="mingchu.accounts.backends.Backend")
    return client


@pytest.fixture
def officer() -> Client:
    return somebody()


def captured(*events, how=Behaviour.ROLLBACK, by=None):
    return capture_document(a_document(*events), how, by or sender())


def page(client: Client, where: str, **asked) -> str:
    answer = client.get(where, asked)
    assert answer.status_code == 200, answer.content
    return unescape(answer.content.decode())


def event_page(client: Client, name: str, *, declared: bool = False) -> str:
    key = viewing.key_of(name, is_declaration=declared)
    return page(client, reverse("trace:event_page", args=[key]))


def declaration(of: dict, *corrections: str) -> dict:
    said = {"declarationTime": "2026-11-28T09:00:00+08:00", "reason": "incorrect_data"}
    return {**of, "errorDeclaration": {**said, "correctiveEventIDs": list(corrections)}}


# Captures


def test_a_capture_names_every_error_with_its_place_and_how_to_mend_it(officer):
    lacks = an_event()
    del lacks["action"]
    data = a_document(an_event(), lacks, an_event(bizStep="received"))
    job = capture_document(data, Behaviour.PROCEED, sender())

    shown = page(officer, reverse("trace:capture_page", args=[job.id]))

    assert "部分采集" in shown
    assert "缺少成员“action”" in shown
    assert "“received”不在核心业务词汇表里" in shown
    assert "$.epcisBody.eventList[1]" in shown
    assert "$.epcisBody.eventList[2].bizStep" in shown
    assert f"第 {data.index(json.dumps(lacks).encode()):,} 字节" in shown
    assert "请按 EPCIS 2.0 改正所指的位置后重新发送" in shown
    assert shown.count("/w/trace/events/") == 1


def test_captures_are_listed_by_state_and_day_and_leave_as_a_file(officer):
    good = captured(an_event())
    bad = captured(an_event(bizStep="received"))

    assert str(good.id) in page(officer, "/w/trace/captures/")
    failed = page(officer, "/w/trace/captures/", state="failed")
    assert str(bad.id) in failed
    assert str(good.id) not in failed
    assert "没有符合条件的采集" in page(officer, "/w/trace/captures/", until="2020-01-01")
    assert str(good.id) in page(officer, "/w/trace/captures/", party="business:17")
    assert "没有符合条件的采集" in page(officer, "/w/trace/captures/", party="business:18")
    table = officer.get("/w/trace/captures/export?format=csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(table)))
    assert [row["状态"] for row in rows] == ["未采集", "已采集"]
    book = openpyxl.load_workbook(
        io.BytesIO(officer.get("/w/trace/captures/export?state=failed").content)
    )
    assert book.active.max_row == 2


def test_a_filter_that_makes_no_sense_says_so_beside_itself(officer):
    captured(an_event())

    shown = page(officer, "/w/trace/captures/", since="9999-99-99", state="lost")

    assert shown.count('class="error"') == 2
    assert page(officer, "/w/trace/captures/", until="9999-12-31").count('class="error"') == 1


def test_captures_go_on_page_by_page(officer, monkeypatch):
    monkeypatch.setattr("mingchu.trace.pages.captures.PAGE", 2)
    jobs = [captured(an_event()) for _ in range(5)]

    seen, where = [], "/w/trace/captures/"
    while where:
        shown = page(officer, where)
        seen += [str(job.id) for job in jobs if str(job.id) in shown]
        where = shown.partition('rel="next" href="')[2].partition('"')[0]
        where = f"/w/trace/captures/{where}" if where else ""

    assert sorted(seen) == sorted(str(job.id) for job in jobs)
    assert page(officer, "/w/trace/captures/", cursor="made-up")


def test_the_events_of_a_large_capture_go_on_too(officer, monkeypatch):
    monkeypatch.setattr("mingchu.trace.pages.captures.PAGE", 2)
    job = captured(*(an_event() for _ in range(3)))
    where = reverse("trace:capture_page", args=[job.id])

    first = page(officer, where)
    second = page(officer, where + first.partition('rel="next" href="')[2].partition('"')[0])

    assert [first.count("/w/trace/events/"), second.count("/w/trace/events/")] == [2, 1]


# Events


def test_an_event_is_a_sentence_with_its_cards_and_its_bytes(officer):
    one = an_event(
        eventID=ID.format(1),
        bizStep="storing",
        readPoint={"id": "urn:epc:id:sgln:9521234.00002.0"},
        epcList=[CASE],
        sensorElementList=[
            {"sensorReport": [{"type": "Temperature", "value": -11.5, "uom": "CEL",
                               "exception": "ALARM_CONDITION"}]}
        ],
        **{"example:note": {"deep": ["<script>", "<b>odd"]}},
    )  # fmt: skip
    captured(one)

    shown = event_page(officer, ID.format(1))

    assert "2026-11-28 08:00 在地点 9521234000020，存放 物流单元 195212342611191002" in shown
    assert "温度" in shown
    assert "报警" in shown
    assert "example:note" in shown
    assert "刚按原文重新计算，一致" in shown
    raw = officer.get(reverse("trace:event_raw", args=[viewing.key_of(ID.format(1))]))
    assert raw.content == json.dumps(one, ensure_ascii=False).encode()
    assert "attachment" in raw["Content-Disposition"]
    whole = officer.get(reverse("trace:event_page", args=[viewing.key_of(ID.format(1))]))
    assert b"<script>" not in whole.content.replace(b"<script src=", b"")
    assert b"<b>odd" not in whole.content


def test_an_event_declared_wrong_is_marked_everywhere_and_leads_to_what_is_right(officer):
    wrong, right = an_event(eventID=ID.format(1)), an_event(eventID=ID.format(2))
    captured(wrong)
    assert "不要再据此判断" not in event_page(officer, ID.format(1))

    captured(declaration(wrong, ID.format(2), ID.format(3)), right)

    shown = event_page(officer, ID.format(1))
    assert "不要再据此判断" in shown
    assert "数据有误" in shown
    assert reverse("trace:event_page", args=[viewing.key_of(ID.format(2))]) in shown
    assert "（这里没有，或您无权查看）" in shown
    declared = event_page(officer, ID.format(1), declared=True)
    assert "这是一份错误声明" in declared
    assert reverse("trace:event_page", args=[viewing.key_of(ID.format(1))]) in declared
    assert "已声明有误" in page(officer, "/w/trace/", thing=wrong["epcList"][0])
    assert "已声明有误" in page(officer, "/w/trace/things", of=wrong["epcList"][0])


def test_an_event_is_found_by_its_id_or_hash(officer):
    captured(an_event(eventID=ID.format(1)))
    single = capture_event(as_sent(an_event()), sender())

    for name in (ID.format(1), single.name):
        answer = officer.get("/w/trace/event", {"id": name})
        assert answer["Location"] == reverse("trace:event_page", args=[viewing.key_of(name)])
    assert officer.get("/w/trace/event", {"id": "urn:example:nothing"}).status_code == 404


def test_events_at_the_ends_of_the_calendar_have_their_pages(officer):
    for number, at in ((1, "0001-01-01T00:00:00Z"), (2, "9999-12-31T23:59:59Z")):
        captured(an_event(eventID=ID.format(number), eventTime=at, epcList=[SERIAL]))

    assert "9999-12-31 23:59 UTC" in event_page(officer, ID.format(2))
    assert "0001-01-01 08:05" in event_page(officer, ID.format(1))
    assert page(officer, "/w/trace/").count("/w/trace/events/") == 2
    assert page(officer, "/w/trace/things", of=SERIAL).count("/w/trace/events/") == 2
    assert officer.get("/w/trace/export?format=csv").status_code == 200


@pytest.mark.parametrize("made_up", ["WzFd", "WyJ4Il0", "WzEsMiwzXQ", "bnVsbA", "%00"])
def test_a_cursor_that_somebody_made_up_begins_at_the_beginning(officer, made_up):
    job = captured(an_event(eventID=ID.format(1), epcList=[SERIAL]))
    where = (
        f"/w/trace/?cursor={made_up}",
        f"/w/trace/captures/?cursor={made_up}",
        f"/w/trace/captures/{job.id}?cursor={made_up}",
        f"/w/trace/things?of={SERIAL}&cursor={made_up}",
    )

    assert [officer.get(one).status_code for one in where] == [200] * 4


def test_a_list_of_very_many_things_is_cut_and_the_file_is_whole(officer):
    many = [f"urn:epc:id:sgtin:9521234.000011.{n}" for n in range(5000)]
    captured(an_event(eventID=ID.format(1), epcList=many))

    shown = event_page(officer, ID.format(1))

    assert "另有 4,900 项，见原文" in shown
    assert "只显示开头，全文请下载" in shown
    raw = officer.get(reverse("trace:event_raw", args=[viewing.key_of(ID.format(1))])).content
    assert json.loads(raw)["epcList"] == many


# Things


def test_what_happened_to_a_thing_is_told_in_order_whatever_its_spelling(officer):
    times = [f"2026-11-2{day}T08:00:00+08:00" for day in (3, 1, 2)]
    for at, step in zip(times, ("retail_selling", "commissioning", "shipping"), strict=True):
        captured(an_event(eventTime=at, bizStep=step, epcList=[SERIAL]))
    captured(an_event())

    told = [page(officer, "/w/trace/things", of=of) for of in (SERIAL, LINK)]

    for shown in told:
        order = [shown.index(word) for word in ("赋码启用", "发出", "售出")]
        assert order == sorted(order)
        assert shown.count("/w/trace/events/") == 3
    assert "没有说到它的事件" in page(officer, "/w/trace/things", of="urn:example:none")
    assert page(officer, "/w/trace/things")


def test_a_long_story_goes_on_page_by_page(officer, monkeypatch):
    monkeypatch.setattr("mingchu.trace.pages.events.PAGE", 2)
    monkeypatch.setattr(viewing, "CANDIDATES", 3)
    captured(*(an_event(eventTime=f"2026-11-2{n}T08:00:00Z", epcList=[SERIAL]) for n in range(7)))

    seen, asked = [], {"of": SERIAL}
    while asked:
        answer = officer.get("/w/trace/things", asked)
        rows = answer.content.decode().split("/w/trace/events/")[1:]
        seen += [row[:36] for row in rows]
        onward = unescape(answer.content.decode()).partition('rel="next" href="?')[2]
        asked = dict(
            pair.split("=", 1) for pair in filter(None, onward.partition('"')[0].split("&"))
        )
        if asked:
            asked["of"] = SERIAL

    assert len(seen) == len(set(seen)) == 7


# Queries


def test_the_same_query_asks_page_and_interface_alike(officer):
    wanted = captured(
        an_event(
            eventID=ID.format(1),
            bizStep="receiving",
            bizTransactionList=[{"type": "po", "bizTransaction": "urn:epcglobal:cbv:bt:9:PO-1"}],
            quantityList=[{"epcClass": LOT, "quantity": 3, "uom": "KGM"}],
            sourceList=[{"type": "possessing_party", "source": "urn:epc:id:pgln:9521234.00001"}],
            **{"example:lane": "7"},
        )
    )
    captured(an_event(bizStep="receiving"), an_event(bizStep="shipping"))
    asked = {
        "lot": LOT,
        "step": "receiving",
        "type": "ObjectEvent",
        "since": "2026-11-28T00:00",
        "until": "2026-11-29T00:00",
        "document": "urn:epcglobal:cbv:bt:9:PO-1",
        "document_kind": "po",
        "source": "9521234000013",
        "field": "example:lane",
        "value": "7",
    }

    answer = officer.get("/w/trace/", asked)
    shown = unescape(answer.content.decode())

    assert shown.count("/w/trace/events/") == wanted.captured
    address = shown.partition('<a href="/epcis/events')[2].partition('"')[0]
    found = officer.get(f"/epcis/events{address}").json()
    listed = found["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
    assert [one["eventID"] for one in listed] == [ID.format(1)]
    for name in ("MATCH_anyEPCClass", "EQ_bizStep", "EQ_source_possessing_party", "EQ_example"):
        assert name in address


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"thing": "12345"}, "只有数字时应为"),
        ({"thing": "9521234000019"}, "校验位不对：最后一位应为 3"),
        ({"thing": "urn:epc:idpat:sgtin:*.1.*"}, "查询参数“MATCH_anyEPC”的值"),
        ({"step": "stolen"}, "stolen"),
        ({"since": "yesterday"}, "有效的日期"),
        ({"field": "bizStep", "value": "1", "step": "shipping"}, "扩展字段要带前缀"),
        ({"field": "no thing:a", "value": "1"}, "没有查询参数"),
        ({"value": "1"}, "字段名和值要一起填写"),
        ({"document": "a|"}, "EQ_bizTransaction_po"),
    ],
)
def test_bad_input_is_refused_beside_its_field(officer, asked, said):
    captured(an_event())

    shown = page(officer, "/w/trace/", **asked)

    assert said in shown
    assert 'class="error"' in shown
    assert "/w/trace/events/" not in shown
    assert officer.get("/w/trace/export", asked).status_code == 302


def test_bare_digits_are_the_number_on_the_package(officer):
    captured(an_event(epcList=[SERIAL]))
    captured(an_event(quantityList=[{"epcClass": LOT}]))
    captured(an_event(epcList=[CASE], readPoint={"id": "urn:epc:id:sgln:9521234.00002.0"}))

    for asked in ({"thing": "9521234000112"}, {"thing": "195212342611191002"},
                  {"lot": "9521234000013"}, {"read_point": "9521234000020"}):  # fmt: skip
        assert page(officer, "/w/trace/", **asked).count("/w/trace/events/") == 1


def test_queries_go_on_page_by_page_and_leave_as_a_file(officer, monkeypatch):
    monkeypatch.setattr("mingchu.trace.pages.finding.PAGE", 2)
    captured(*(an_event(bizStep="shipping") for _ in range(5)))

    seen, where = 0, "/w/trace/?step=shipping"
    while where:
        shown = page(officer, where)
        seen += shown.count("/w/trace/events/")
        onward = shown.partition('rel="next" href="')[2].partition('"')[0]
        where = f"/w/trace/{onward}" if onward else ""
    assert seen == 5
    table = officer.get("/w/trace/export?step=shipping&format=csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(table)))
    assert {row["业务环节"] for row in rows} == {"发货"}
    assert all(row["事件哈希"].startswith("ni:///sha-256;") for row in rows)
    assert len(rows) == 5


def test_each_sees_what_is_his(officer):
    captured(an_event(), by=sender("business:17", "150105"))
    other = somebody("district", Scope(ScopeKind.DISTRICT, "150102"))
    own = somebody("district", DISTRICT)

    assert page(own, "/w/trace/").count("/w/trace/events/") == 1
    assert "没有符合条件的事件" in page(other, "/w/trace/")
    assert "还没有采集过事件文件" in page(other, "/w/trace/captures/")
    assert other.get("/w/trace/captures/export?format=csv").content.count(b"\n") == 1


# Sending


@pytest.fixture
def firm() -> Client:
    return somebody("district", DISTRICT)


def sent(client: Client, data: bytes, name="events.json", how="rollback"):
    file = SimpleUploadedFile(name, data, "application/json")
    return client.post("/w/trace/send", {"file": file, "behaviour": how})


def test_a_file_is_captured_as_the_interface_does_and_again_changes_nothing(firm):
    data = a_document(an_event(), an_event())

    first = firm.get(sent(firm, data)["Location"])
    again = firm.get(sent(firm, data)["Location"])

    assert "共 2 条：新采集 2，早已采集过 0，未采集 0" in first.content.decode()
    assert "共 2 条：新采集 0，早已采集过 2，未采集 0" in again.content.decode()
    assert events_of() == 2


def test_one_event_and_json_lines_are_taken_too(firm):
    single = as_sent(an_event(eventID=ID.format(1)))
    lines = b"\r\n".join(json.dumps(an_event()).encode() for _ in range(3)) + b"\n\n"

    shown = firm.get(sent(firm, single)["Location"])
    again = firm.post("/w/trace/send", {"file": SimpleUploadedFile("a.json", single),
                                        "behaviour": "rollback"}, follow=True)  # fmt: skip
    several = firm.get(sent(firm, lines, "events.jsonl")["Location"])

    assert ID.format(1) in shown.content.decode()
    assert "这个事件早已采集过，没有重复采集" in again.content.decode()
    assert "新采集 3" in several.content.decode()


def test_a_declaration_sent_alone_leads_to_itself(firm):
    wrong = an_event(eventID=ID.format(1))
    sent(firm, as_sent(wrong))

    answer = sent(firm, as_sent(declaration(wrong)))

    key = viewing.key_of(ID.format(1), is_declaration=True)
    assert answer["Location"] == reverse("trace:event_page", args=[key])


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"{", "JSON 写法有误"),
        (b"\xff\xfe", "不是 UTF-8 编码"),
        (b'{"type":"EPCISDocument"}', "缺少成员"),
        (b'{"type":"Nonsense","@context":[]}', "这里不接收类型"),
        (b"not json", "JSON 写法有误"),
        (as_sent({"type": "ObjectEvent"}), "缺少成员“eventTime”"),
    ],
)
def test_what_is_no_document_is_refused_beside_the_file(firm, data, said):
    answer = sent(firm, data)

    assert answer.status_code == 200
    assert said in unescape(answer.content.decode())
    assert events_of() == 0


def test_a_line_that_is_wrong_is_named_by_its_number(firm):
    lacks = an_event()
    del lacks["action"]
    lines = b"\n".join(json.dumps(one).encode() for one in (an_event(), lacks))

    shown = firm.get(sent(firm, lines, "a.ndjson", "proceed")["Location"]).content.decode()

    assert '<th scope="row">2</th>' in shown
    assert "部分采集" in shown


def test_nothing_is_sent_without_a_file_or_by_who_may_not(firm):
    assert (
        "这个字段是必填项" in firm.post("/w/trace/send", {"behaviour": "rollback"}).content.decode()
    )
    reader = somebody("inspector", DISTRICT)
    assert reader.get("/w/trace/send").status_code == 403


def test_a_firm_is_led_from_its_own_desk(client):
    scope = Scope(ScopeKind.BUSINESS, "17")
    holder = somebody("holder", scope)
    captured(an_event(), by=sender(str(scope)))

    shown = page(holder, "/w/trace/captures/")

    assert 'href="/e/"' in shown
    assert "上报事件" in shown


# The interface described


# The description itself, the root once more, and what is no address.
UNDESCRIBED = {"trace:docs", "trace:openapi", "trace:root_below", "trace:nowhere"}


def test_every_address_and_method_is_described(officer):
    """What the page tells is what the house answers."""
    told = {one.path: {act.method for act in one.operations} for one in RESOURCES}
    known = {
        route.path.replace("<str:", "{").replace("<path:", "{").replace(">", "}")
        for route in routes()
        if route.path.startswith("/epcis") and route.name not in UNDESCRIBED
    }
    offered = {
        path: set(officer.options(path.replace("{", "").replace("}", ""))["Allow"].split(", "))
        - {"OPTIONS"}
        for path in known
    }

    assert told == offered


def test_openapi_stands_by_itself_and_its_schemas_hold_what_is_captured():
    answer = Client().get("/epcis/openapi.json")
    described = answer.json()

    assert described["openapi"] == "3.1.0"
    assert described["paths"].keys() == {one.path for one in RESOURCES}
    text = json.dumps(described)
    names = {part.partition('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert names <= described["components"]["schemas"].keys()
    numbers = [act["operationId"] for path in described["paths"].values()
               for method, act in path.items() if method in ("get", "post", "delete")]  # fmt: skip
    assert len(numbers) == len(set(numbers))
    schema = {"$ref": "#/components/schemas/EPCISDocument", "components": described["components"]}
    Draft202012Validator.check_schema(schema)
    judge = Draft202012Validator(schema)
    assert judge.is_valid(json.loads(a_document(an_event(), declaration(an_event()))))
    assert not judge.is_valid(json.loads(a_document(an_event(action="MOVE"))))
    assert not judge.is_valid({"@context": CONTEXT, "type": "EPCISDocument"})


def test_the_schema_of_an_event_is_for_any_program():
    text = json.dumps([openapi("https://a.example")["components"]["schemas"][one] for one in KINDS])

    assert "\\\\A" not in text
    assert "*+" not in text


def test_the_page_of_the_interface_is_anybodys():
    for language, word in (("zh-hans", "追溯接口"), ("en", "Trace interface")):
        client = Client()
        client.cookies["django_language"] = language
        shown = page(client, "/epcis/docs")
        assert word in shown
        assert "/epcis/capture" in shown

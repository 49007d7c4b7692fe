"""Papers of visits and records: what stands on them, and which there are when."""

from __future__ import annotations

from datetime import timedelta

import pypdfium2
import pytest
from build import SAIHAN
from inspecting import Sent, a_plan, a_visit
from planning import TODAY, browser, somebody

from mingchu.base.errors import Refusal
from mingchu.inspection import papers, services

pytestmark = pytest.mark.django_db


def text_of(pdf: bytes) -> str:
    pages = pypdfium2.PdfDocument(pdf)
    said = "".join(page.get_textpage().get_text_bounded() for page in pages)
    return "".join(said.split())


def test_the_sheet_of_approval_says_who_asked_and_who_approved():
    visit = a_plan()
    assert "尚未批准" in text_of(papers.of_visit("approval", visit).pdf)
    visit = a_visit()
    said = text_of(papers.of_visit("approval", visit).pdf)
    for words in ("行政检查审批表", f"SP{visit.number[2:]}", "日常监督检查", "检查员0", "NM1501050",
                  "全部检查项目", "版式为本平台拟定"):  # fmt: skip
        assert words in said, words


def test_the_notice_goes_to_the_business_and_there_is_none_before_it_was_sent():
    visit = a_visit()
    with pytest.raises(Refusal) as known:
        papers.of_visit("notice", visit)
    assert known.value.code == "not_notified"
    [visit] = services.notify_visits(visits=[visit])
    said = text_of(papers.of_visit("notice", visit).pdf)
    for words in ("行政检查通知书", visit.notice_number, visit.business.name, "2026年11月20日",
                  "申请回避"):  # fmt: skip
        assert words in said, words


def a_record():
    sent = Sent(a_visit(), statement="我们马上改")
    record = sent.unmet(sent.an_item(key=True)).send().record
    return record, sent


def test_the_minutes_say_what_was_seen_and_who_signed():
    record, _sent = a_record()
    said = text_of(papers.of_record("minutes", record).pdf)
    for words in ("现场检查笔录", "出示了执法证件", "看到的问题", "我们马上改", "店主负责人",
                  "已签字"):  # fmt: skip
        assert words in said, words


def test_a_refused_signature_stands_in_the_minutes():
    sent = Sent(a_visit(), refusal={"reason": "不认可", "witness": "社区王某"})
    sent.body["signatures"]["party"] = None
    said = text_of(papers.of_record("minutes", sent.send().record).pdf)
    assert "拒绝签字：不认可；见证人社区王某" in said


def test_the_sheet_of_results_has_every_item_with_its_law():
    record, sent = a_record()
    paper = papers.of_record("result", record)
    said = text_of(paper.pdf)
    assert "监督检查结果记录表" in said
    assert said.count("《") >= len(sent.checklist.ids)
    assert "责令限期改正并复查" in said
    assert paper.missing == ()


def test_the_order_lists_what_is_to_be_mended_by_when():
    record, _sent = a_record()
    said = text_of(papers.of_record("order", record).pdf)
    due = TODAY + timedelta(days=7)
    for words in ("责令改正通知书", "看到的问题", f"{due.month}月{due.day}日",
                  f"ZG{record.visit.number[2:]}"):  # fmt: skip
        assert words in said, words
    clean = Sent(a_visit()).send().record
    with pytest.raises(Refusal) as known:
        papers.of_record("order", clean)
    assert known.value.code == "nothing_to_order"


def test_papers_are_downloaded_from_their_pages_and_are_the_same_twice():
    record, _sent = a_record()
    client = browser(somebody("district", SAIHAN))
    for way in (
        f"/w/inspections/{record.visit_id}/papers/approval",
        *(f"/w/inspections/records/{record.pk}/papers/{one}" for one in papers.OF_RECORD),
    ):
        answer = client.get(way)
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
        assert client.get(way).content == answer.content
    assert client.get(f"/w/inspections/{record.visit_id}/papers/notice").status_code == 302
    assert client.get(f"/w/inspections/{record.visit_id}/papers/other").status_code == 404


def test_a_paper_is_in_chinese_whoever_prints_it():
    record, _sent = a_record()
    client = browser(somebody("district", SAIHAN))
    client.cookies["django_language"] = "en"
    answer = client.get(
        f"/w/inspections/records/{record.pk}/papers/minutes", headers={"Accept-Language": "en"}
    )
    assert "现场检查笔录" in text_of(answer.content)


def test_a_paper_of_the_demo_says_so(settings):
    record, _sent = a_record()
    settings.DEMO = True
    assert "演示数据" in text_of(papers.of_record("minutes", record).pdf)

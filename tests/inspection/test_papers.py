"""Papers of visits and records: what stands on them, and which there are when."""

from __future__ import annotations

from datetime import timedelta

import pypdfium2
import pytest
from build import SAIHAN
from corrections import found, owner
from inspecting import Sent, a_plan, a_visit
from planning import TODAY, browser, shops, somebody

from mingchu.base.errors import Refusal
from mingchu.inspection import papers, services

pytestmark = pytest.mark.django_db


def text_of(pdf: bytes) -> str:
    """Without spaces: where lines break is the typesetter's."""
    document = pypdfium2.PdfDocument(pdf)
    return "".join("".join(page.get_textpage().get_text_range() for page in document).split())


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


def pictures(pdf: bytes) -> int:
    kind = pypdfium2.raw.FPDF_PAGEOBJ_IMAGE
    document = pypdfium2.PdfDocument(pdf)
    return sum(1 for page in document for _one in page.get_objects(filter=[kind], max_depth=6))


def test_an_officer_s_copy_has_the_signatures_and_the_business_s_has_lines_for_them():
    business = shops(1)[0]
    record = found(business_id=business.pk).record
    own = browser(somebody("inspector", SAIHAN)).get(
        f"/w/inspections/records/{record.pk}/papers/result"
    )
    assert pictures(own.content) >= 3
    way = f"/e/{business.public_id}/inspections/{record.visit_id}/papers/result"
    handed = browser(owner(business)).get(way)
    assert pictures(handed.content) == 0
    assert "看到的问题" in text_of(handed.content)


def test_a_business_is_handed_its_own_papers_and_no_others():
    mine, other = shops(2)
    one, foreign = found(business_id=mine.pk).record, found(business_id=other.pk).record
    client = browser(owner(mine))

    def status(visit: int, name: str, of: str = mine.public_id) -> int:
        return client.get(f"/e/{of}/inspections/{visit}/papers/{name}").status_code

    assert [status(one.visit_id, name) for name in ("result", "order")] == [200, 200]
    for name in ("approval", "minutes", "notice", "strange"):
        assert status(one.visit_id, name) == 404
    for name in ("result", "order"):
        assert status(foreign.visit_id, name) == 404
        assert status(foreign.visit_id, name, other.public_id) == 404


def test_nobody_is_told_of_an_unannounced_visit_by_paper():
    business = shops(1)[0]
    visit = a_visit(type="unannounced", business_id=business.pk)
    client = browser(owner(business))
    for name in ("notice", "result", "order"):
        way = f"/e/{business.public_id}/inspections/{visit.pk}/papers/{name}"
        assert client.get(way).status_code == 404
    stranger = browser(somebody("inspector", SAIHAN))
    assert stranger.get(f"/w/inspections/{visit.pk}/papers/approval").status_code == 404


def test_what_becomes_a_case_is_not_ordered():
    sent = Sent(a_visit())
    sent.unmet(sent.an_item(key=True), "no").unmet(sent.an_item(key=False), "yes")
    said = text_of(papers.of_record("order", sent.send().record).pdf)
    assert said.count("看到的问题") == 1


def test_what_nobody_compared_with_the_law_says_so():
    record, sent = a_record()
    held = {one.status for one in sent.checklist.items} - {"verified"}
    said = text_of(papers.of_record("result", record).pdf)
    badges = {"recalled": "〔待核对〕", "demo": "〔演示值〕", "secondary": "〔据转载〕"}
    for status in held:
        assert badges[status] in said


def test_characters_that_no_font_has_are_named():
    paper = papers.of_visit("approval", a_plan(reason="查\U0003134f店"))
    assert paper.missing == ("U+3134F",)
    assert "U+3134F" in text_of(paper.pdf)

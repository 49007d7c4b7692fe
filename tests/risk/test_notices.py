"""The notice of grade: one sheet of paper in Chinese, for the officer and for the business."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pypdfium2
import pytest

from mingchu.risk import notices, services
from mingchu.risk.models import Grade
from mingchu.risk.queries import grades

pytestmark = pytest.mark.django_db
Make = Callable[..., Any]


def printed(answer: Any) -> str:
    assert answer.status_code == 200, answer
    assert answer["Content-Type"] == "application/pdf"
    pages = pypdfium2.PdfDocument(answer.content)
    return "".join("".join(page.get_textpage().get_text_range() for page in pages).split())


@pytest.fixture
def shop(business: Make, profile: Make, visit: Make) -> Any:
    one = business(name="例甲便利店")
    profile(one, area=2500, bulk_chilled=200, suppliers=12)
    visit(one, failed_key=4)
    services.grade_city()
    return one


def test_it_tells_the_grade_every_point_its_law_and_how_to_object(shop: Any, desk: Make) -> None:
    text = printed(desk().get(f"/w/risk/businesses/{shop.public_id}/notice"))

    for said in (
        "食品安全风险等级告知书", "赛罕区市场监督管理局", "例甲便利店：", "风险A级（风险低）",
        "风险等级只说明监督检查的频次：每年至少检查1次", "静态14分，动态8分", "实测2,500",
        "《食品生产经营风险分级管理办法（试行）》", "附件1-3", "演示值", "异议的，可以登录平台",
        "风险告知〔2026〕", shop.public_id,
    ):  # fmt: skip
        assert "".join(said.split()) in text, said


def test_it_is_in_chinese_whatever_the_reader_s_language(shop: Any, desk: Make) -> None:
    answer = desk().get(
        f"/w/risk/businesses/{shop.public_id}/notice", headers={"Accept-Language": "en"}
    )

    assert "食品安全风险等级告知书" in printed(answer)


def test_the_business_fetches_its_own_and_no_other(shop: Any, business: Make, desk: Make) -> None:
    other = business()
    own = desk(shop.public_id)

    assert "例甲便利店" in printed(own.get(f"/e/{shop.public_id}/grade/notice"))
    assert own.get(f"/e/{other.public_id}/grade/notice").status_code == 404
    assert own.get(f"/w/risk/businesses/{shop.public_id}/notice").status_code in {302, 403, 404}


def test_without_a_grade_there_is_nothing_to_notify(business: Make, desk: Make) -> None:
    empty = business()
    services.grade_city()

    assert desk().get(f"/w/risk/businesses/{empty.public_id}/notice").status_code == 404
    known = grades.standing(empty.pk)
    assert known is not None
    with pytest.raises(Exception, match="nothing_to_notify"):
        notices.printed(empty, known)


def test_a_letter_set_by_a_person_says_why_and_until(shop: Any, desk: Make) -> None:
    services.set_override(business=shop.pk, letter="C", why="大型活动期间", until=date(2027, 1, 31))
    assert Grade.objects.get(business=shop, until__isnull=True).letter == "C"

    text = printed(desk().get(f"/w/risk/businesses/{shop.public_id}/notice"))

    assert "人工调整的理由：大型活动期间；至2027年1月31日为止" in text
    assert "只按分值为风险A级" in text

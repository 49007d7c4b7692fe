"""Pages of grading: every point is explained, in the file, on the desk, and in the lists."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from build import SAIHAN, XINCHENG

from mingchu.risk import services
from mingchu.risk.models import Grade, Ground, Objection, Override, Run
from mingchu.risk.values import NewGround

pytestmark = pytest.mark.django_db
Make = Callable[..., Any]


@pytest.fixture
def shop(business: Make, profile: Make, visit: Make) -> Any:
    """A seller with a grade."""
    one = business()
    profile(one, area=2500, bulk_chilled=200, suppliers=12)
    visit(one, failed_key=4)
    services.grade_city()
    services.grade_hygiene()
    return one


def text(answer: Any) -> str:
    assert answer.status_code == 200, answer
    return str(answer.content.decode())


def test_the_file_tells_where_every_point_comes_from(shop: Any, desk: Make) -> None:
    page = text(desk().get(f"/w/risk/businesses/{shop.public_id}"))

    assert "风险A级（风险低）" in page
    assert "实测2,500" in page
    assert "/rules/grade.static_seller?on=2016-12-01" in page
    assert "重点项20项中4项不符合" in page
    assert "演示值" in page
    assert "怎样可以降低" in page


def test_the_panel_of_the_business_file_asks_once(
    shop: Any, desk: Make, django_assert_num_queries: Any, rf: Any
) -> None:
    from mingchu.risk.grade_hanging import _panel

    request = rf.get("/")
    _panel(request, shop.pk)

    with django_assert_num_queries(1):
        drawn = _panel(request, shop.pk)

    assert "风险A级（风险低）" in str(drawn)
    unfolded = text(desk().get(f"/w/risk/businesses/{shop.public_id}/reasons"))
    assert "动态风险：近一年检查发现" in unfolded
    assert "<html" not in unfolded


def test_lists_and_figures_of_the_city_open(shop: Any, business: Make, desk: Make) -> None:
    business("caterer", name="没有数据的餐馆")
    run = services.grade_city()
    city = desk()

    assert "没有登记静态风险因素" in text(city.get("/w/risk/"))
    assert "没有数据的餐馆" in text(city.get("/w/risk/grades/?letter=none"))
    assert shop.name not in text(city.get("/w/risk/grades/?group=caterer"))
    assert "grade.bands" in text(city.get(f"/w/risk/runs/{run.pk}"))
    assert "2026-11-20" in text(city.get("/w/risk/runs/"))
    assert "分界点附近" in text(city.get("/w/risk/strictness"))
    assert text(city.get("/w/risk/grades/export?format=csv"))


def test_another_district_does_not_see_it(shop: Any, desk: Make) -> None:
    there = desk(XINCHENG)

    assert there.get(f"/w/risk/businesses/{shop.public_id}").status_code == 404
    assert shop.name not in text(there.get("/w/risk/grades/"))


def test_facts_come_in_by_hand_and_grade_at_once(shop: Any, desk: Make) -> None:
    district = desk(SAIHAN)
    at = f"/w/risk/businesses/{shop.public_id}"

    assert "经营场所面积" in text(district.get(f"{at}/profile/seller"))
    sent = district.post(
        f"{at}/profile/seller", {"item-area": "100", "since": "2026-11-20", "note": ""}
    )
    assert sent.status_code == 302
    sent = district.post(
        f"{at}/visit",
        {
            "day": "2026-11-19", "department": "market", "purpose": "routine", "inspector": "7",
            "applicable_key": "10", "failed_key": "10", "applicable_general": "0",
            "failed_general": "0",
        },
    )  # fmt: skip
    assert sent.status_code == 302

    found = Grade.objects.get(business=shop, until__isnull=True)
    assert found.static == 1
    assert found.visits == 2


def test_a_ground_is_decided_by_a_person_with_a_reason(shop: Any, desk: Make) -> None:
    district = desk(SAIHAN)
    at = f"/w/risk/businesses/{shop.public_id}"
    district.post(
        f"{at}/ground", {"ground": "raise:accident", "day": "2026-10-01", "note": "事故报告1号"}
    )
    waiting = Ground.objects.get()
    assert "事故报告1号" in text(district.get("/w/risk/grounds/"))

    refused = district.post(f"/w/risk/grounds/{waiting.pk}/decide", {"levels": "2", "reason": ""})
    done = district.post(
        f"/w/risk/grounds/{waiting.pk}/decide", {"levels": "2", "reason": "后果较重"}
    )

    assert (refused.status_code, done.status_code) == (200, 302)
    assert Grade.objects.get(business=shop, until__isnull=True).letter == "C"
    assert "后果较重" in text(district.get(at))


def test_an_override_says_who_why_and_until(shop: Any, desk: Make) -> None:
    city = desk()
    at = f"/w/risk/businesses/{shop.public_id}"

    city.post(f"{at}/override", {"letter": "D", "until": "2027-01-01", "why": "专项整治期间"})

    page = text(city.get(at))
    assert "专项整治期间" in page
    assert "风险D级（风险高）" in page
    city.post(f"/w/risk/overrides/{Override.objects.get().pk}/end", {"why": "整治结束"})
    assert Grade.objects.get(business=shop, until__isnull=True).letter == "A"


def test_the_business_sees_its_reasons_and_objects(shop: Any, desk: Make) -> None:
    own, city = desk(shop.public_id), desk()
    assert "我的风险等级" in text(own.get(f"/e/{shop.public_id}"))
    assert "实测2,500" in text(own.get(f"/e/{shop.public_id}/grade"))

    own.post(f"/e/{shop.public_id}/grade/object", {"item": "area", "text": "面积是250"})
    one = Objection.objects.get()
    assert "面积是250" in text(city.get("/w/risk/objections/"))
    city.post(f"/w/risk/objections/{one.pk}/answer", {"upheld": "yes", "answer": "已更正面积"})

    assert "已更正面积" in text(own.get(f"/e/{shop.public_id}/grade"))


def test_another_business_does_not_see_it(shop: Any, business: Make, desk: Make) -> None:
    other = business()

    assert desk(other.public_id).get(f"/e/{shop.public_id}/grade").status_code == 404


def test_the_city_is_graded_from_the_page_by_the_city_alone(shop: Any, desk: Make) -> None:
    assert desk(SAIHAN).post("/w/risk/run").status_code == 404

    before = Run.objects.count()
    assert desk().post("/w/risk/run").status_code == 302
    assert Run.objects.count() == before + 1


def test_who_moved_is_given_as_a_file(shop: Any, desk: Make) -> None:
    run = Run.objects.latest("pk")

    answer = desk().get(f"/w/risk/runs/{run.pk}/export?format=csv")

    content = b"".join(answer) if answer.streaming else answer.content
    assert shop.public_id in content.decode("utf-8-sig")
    assert desk().get("/w/risk/runs/999999/export").status_code == 404


def test_raise_blocks_lower_and_says_so(shop: Any, desk: Make) -> None:
    for direction, ground in (("raise", "accident"), ("lower", "certified")):
        services.record_ground(
            new=NewGround(
                business=shop.pk, direction=direction, ground=ground, day=date(2026, 9, 1)
            )
        )
    lowering = Ground.objects.get(direction="lower")

    services.decide_ground(ground=lowering, levels=1, reason="已取得认证")

    assert "同时有调高情形，不予调低" in text(desk().get(f"/w/risk/businesses/{shop.public_id}"))

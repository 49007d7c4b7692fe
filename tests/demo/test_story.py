"""A story: a demo city walked through its pages, before, while and after it is played."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from mingchu.base import clock
from mingchu.demo import banner, driver, start
from mingchu.demo.models import City
from mingchu.demo.plan import plan
from mingchu.registry import domain
from mingchu.registry.models import Business

SIZE, DAYS = 400, 9
URL = "http://127.0.0.1:8000/"


@pytest.fixture
def city(db: None, settings: Any) -> Iterator[City]:
    settings.DEMO = True
    banner._complete.clear()
    yield driver.load(seed=7, businesses=SIZE, today=plan().today, days=DAYS)
    banner._complete.clear()


@pytest.fixture
def links(city: City) -> dict[str, str]:
    lines = (line.split() for line in start.login_lines(URL))
    return {role: "/" + url.removeprefix(URL) for _word, role, url in lines}


def signed_in(link: str) -> Client:
    browser = Client(headers={"Accept-Language": "zh-CN"})
    browser.get(link)
    return browser


def text(browser: Client, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_a_city_is_walked_while_it_is_played_and_after(links: dict[str, str]) -> None:
    citizen, officer = Client(headers={"Accept-Language": "zh-CN"}), signed_in(links["city"])

    front = text(citizen, "/")
    assert "演示城市" in front
    assert f"已演 0 天，共 {DAYS} 天" in front
    assert f"{SIZE}" in front

    driver.play()

    assert "仍在补演" not in text(citizen, "/")
    assert f"{SIZE}" in text(citizen, "/")
    fresh = Business.objects.filter(opened__gte=driver.stage_of(City.objects.get()).day(0))
    new = fresh.filter(state="open").order_by("-pk")[0]
    key = domain.public_id(new.pk)
    assert new.name in text(officer, f"/w/businesses/{key}")
    assert new.name in text(citizen, f"/p/{key}")
    assert new.name in text(officer, f"/w/businesses/?q={new.licences.get().number}")


def test_a_district_sees_its_own_and_no_other(links: dict[str, str]) -> None:
    bureau = signed_in(links["district"])
    own, other = (
        Business.objects.filter(district=code).order_by("pk")[0] for code in ("150102", "150105")
    )

    assert own.name in text(bureau, f"/w/businesses/{domain.public_id(own.pk)}")
    assert bureau.get(f"/w/businesses/{domain.public_id(other.pk)}").status_code == 404


def test_the_city_page_adds_up(links: dict[str, str]) -> None:
    page = text(signed_in(links["city"]), "/w/city/")

    counted = Business.objects.filter(state="open", district="150105").count()
    assert str(counted) in page
    assert clock.city(clock.now()).strftime("%Y-%m-%d") in page

"""The front door, the workbench, the city and the house itself."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from mingchu.base import clock
from mingchu.base.slots import (
    FIGURES,
    FRONT,
    MEASURES,
    SIGNS,
    Figure,
    FigureValue,
    Measure,
    Piece,
    Reading,
    Sign,
)
from mingchu.site import citymap, metrics, signs
from mingchu.site.models import Process

pytestmark = pytest.mark.django_db
PUBLIC_PAGE_BYTES = 60_000


@pytest.fixture
def figure():
    """A figure of a context to come, taken off again."""
    FIGURES.add(
        "test",
        Figure("test", "试验数", "家", "口径", lambda day: FigureValue(7, 7, 9, "/w/", "/")),
        0,
    )
    yield
    FIGURES._items.pop("test")


@pytest.fixture
def measure():
    counts = {"150102": 30, "150105": 70, "999999": 1}
    MEASURES.add(
        "test",
        Measure("test", "试验", "家", "口径", lambda day: counts, lambda code: f"/?d={code}"),
        0,
    )
    yield
    MEASURES._items.pop("test")


def test_a_number_on_the_front_door_leads_to_rows_anybody_may_see(client, figure):
    page = client.get("/").content.decode()

    assert '<a href="/">7</a>' in page
    assert "7 / 9" in page


def test_a_context_hangs_its_piece_on_the_front_door(client):
    seal = {"size": 1234, "at": clock.now(), "root": "ab12", "href": "/open/"}
    FRONT.add("test", Piece(lambda request: SafeString(render_to_string("_seal.html", seal))))

    page = client.get("/").content.decode()

    FRONT._items.pop("test")
    assert "1,234 条" in page
    assert '<a href="/open/">ab12</a>' in page


def test_a_public_page_is_light(client):
    page = client.get("/")
    sheet = client.get("/static/site/mingchu.css")
    mark = client.get("/static/site/mark.svg")

    weight = len(page.content) + sum(len(b"".join(f.streaming_content)) for f in (sheet, mark))
    assert weight < PUBLIC_PAGE_BYTES


def test_the_map_and_its_table_tell_the_same(officer, measure):
    page = officer("city").get("/w/city/?measure=test").content.decode()

    assert page.count("70") >= 2
    assert "/?d=150105" in page
    assert "未划定" in page
    assert ">101<" in page


def test_neighbours_on_the_map_share_their_corners():
    beside = {frozenset(pair) for pair in _neighbours()}

    assert frozenset({"150103", "150125"}) in beside
    assert frozenset({"150104", "150105"}) in beside
    assert frozenset({"150102", "150122"}) not in beside


def _neighbours():
    cells = [(cell.code, set(cell.corners.split())) for cell in citymap.CELLS if not cell.zone]
    for one, corners in cells:
        yield from (
            (one, other) for other, theirs in cells if one != other and len(corners & theirs) > 1
        )


def test_the_workbench_says_which_posts_one_holds(officer):
    page = officer("city").get("/w/").content.decode()

    assert "市局值守" in page
    assert "没有等您办理的事项" in page


def test_unchanged_figures_are_not_sent_again(officer, figure):
    desk = officer("city")
    first = desk.get("/w/city/figures")

    again = desk.get("/w/city/figures", headers={"If-None-Match": first["ETag"]})

    assert first.status_code == 200
    assert again.status_code == 304


def test_alive_and_ready_are_said_in_the_open(client):
    assert client.get("/healthz").content == b"ok\n"

    ready = client.get("/readyz")

    assert ready.status_code == 200
    assert ready.json() == {
        "ok": True,
        "checks": {"database": "good", "migrations": "good", "disk": "good"},
    }


def test_a_missing_migration_makes_the_house_not_ready(client):
    with connection.cursor() as db:
        db.execute("DELETE FROM django_migrations WHERE app = 'site'")

    ready = client.get("/readyz")

    assert ready.status_code == 503
    assert ready.json()["checks"]["migrations"] == "bad"


def test_metrics_are_for_this_machine_and_for_the_token(client, settings):
    settings.METRICS_TOKEN = "m-1"
    away = {"REMOTE_ADDR": "203.0.113.9"}

    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 403
    assert client.get("/metrics", **away).status_code == 403
    assert (
        client.get("/metrics", headers={"Authorization": "Bearer m-1"}, **away).status_code == 200
    )


def test_a_silent_process_is_a_sign(officer):
    metrics.beat()
    assert signs.processes().condition == "good"

    Process.objects.update(seen=clock.wall() - timedelta(minutes=2))

    assert signs.processes().condition == "warn"


def test_a_phone_without_tls_is_noticed(client):
    cache.delete(signs.PLAIN_KEY)
    signs._plain.next = 0.0

    client.get("/", REMOTE_ADDR="192.0.2.7")

    assert signs.encryption().condition == "warn"


def test_a_sign_that_cannot_be_read_is_a_bad_sign_and_no_error(officer):
    SIGNS.add("test", Sign("试验", lambda: Reading(1 // 0)), 0)

    page = officer("admin").get("/w/health")

    SIGNS._items.pop("test")
    assert page.status_code == 200
    assert "ZeroDivisionError" in page.content.decode()

"""The machines' door: problems, repeats, limits, counters."""

import json
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.test import Client
from django.urls import path

from mingchu.base import meters
from mingchu.site import metrics
from mingchu.site.models import KeptAnswer, Meter
from mingchu.site.urls import urlpatterns as house


def act(request: HttpRequest) -> HttpResponse:
    """Each call leaves a row and says which one."""
    with transaction.atomic():
        row = Meter.objects.create(name="act", labels=str(Meter.objects.count()), value=1)
    status = int(request.GET.get("status", 201))
    return JsonResponse({"row": row.pk}, status=status)


urlpatterns = [path("api/test/act", act), *house]


@pytest.mark.django_db
def test_the_door_describes_itself_in_openapi_3_1(client):
    described = client.get("/api/v1/openapi.json").json()

    assert described["openapi"].startswith("3.1")
    assert described["info"]["title"].startswith("mingchu")


@pytest.mark.django_db
def test_every_reference_of_the_description_leads_somewhere(client):
    text = client.get("/api/v1/openapi.json").content.decode()
    schemas = json.loads(text)["components"]["schemas"]

    references = set(re.findall(r'"\$ref": ?"([^"]+)"', text))

    assert references <= {f"#/components/schemas/{name}" for name in schemas}


@pytest.mark.django_db
def test_a_body_over_its_routes_limit_is_refused_unread(client):
    answer = client.post("/api/v1/openapi.json", b"x" * (2**20 + 1), content_type="text/plain")

    assert answer.status_code == 413
    assert answer.json()["code"] == "too_large"


@pytest.mark.urls(__name__)
def test_requests_repeated_at_once_under_one_key_act_once(committed):
    def send(_: int) -> tuple[int, bytes]:
        try:
            answer = Client().post("/api/test/act", headers={"Idempotency-Key": "k-1"})
            return answer.status_code, answer.content
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = set(pool.map(send, range(8)))

    assert len(answers) == 1
    assert answers.pop()[0] == 201
    assert Meter.objects.filter(name="act").count() == 1


@pytest.mark.urls(__name__)
@pytest.mark.django_db
def test_a_key_used_for_another_request_is_refused(client):
    client.post("/api/test/act", headers={"Idempotency-Key": "k-1"})

    other = client.post("/api/test/act?x=1", headers={"Idempotency-Key": "k-1"})

    assert other.status_code == 422
    assert other.json()["code"] == "idempotency_key_reused"


@pytest.mark.urls(__name__)
@pytest.mark.django_db
def test_a_failed_request_leaves_its_key_free(client):
    client.post("/api/test/act?status=503", headers={"Idempotency-Key": "k-1"})

    assert not KeptAnswer.objects.exists()
    assert not Meter.objects.filter(name="act").exists()


@pytest.mark.django_db
def test_counts_of_all_processes_are_summed(client):
    meters.take()
    for _ in range(2):
        client.get("/")
        metrics.flush()

    assert 'mingchu_requests_total{route="home",status="200"} 2' in metrics.text()


def test_counts_that_could_not_be_told_are_not_lost():
    meters.take()
    meters.count("lost_or_not", 3)

    meters.give_back(meters.take())

    assert meters.take() == {("lost_or_not", ""): 3}

"""Whoever wrote is seen by the handler alone: in no entry, list, export, page, file or signal."""

from __future__ import annotations

import io
import json

import openpyxl
import pytest
from build import a_restaurant
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from letters import SECRET_NAME, SECRET_PHONE, a_letter, taken
from photos import a_photo

from mingchu.accounts.models import Viewing
from mingchu.accounts.services import issue_token
from mingchu.complaints import services
from mingchu.complaints.models import Complaint
from mingchu.kit.models import Attachment
from mingchu.ledger.models import Entry
from mingchu.registry import services as registry
from mingchu.signals.models import Noticed

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(restaurant) -> Complaint:
    """A letter by the form, with a photo."""
    Client().post(
        "/complain/",
        {
            "kind": "complaint",
            "business": restaurant.public_id,
            "category": "spoiled",
            "what": "包子馊了。",
            "name": SECRET_NAME,
            "phone": SECRET_PHONE,
            "photos": SimpleUploadedFile("a.jpg", a_photo(), "image/jpeg"),
        },
    )
    return Complaint.objects.get()


def says_who(text: str) -> bool:
    return SECRET_NAME in text or SECRET_PHONE in text


def test_no_entry_and_no_signal_says_who_wrote(sent, handler):
    by = handler.actor
    services.accept(complaint=taken(sent, handler), by=by)
    services.end_mediation(complaint=sent, ground="time_over", by=by)
    services.see_reporter(complaint=sent, by=by)

    entries = [f"{one.subject} {one.data}" for one in Entry.objects.all()]
    noticed = [f"{one.subject} {json.dumps(one.labels)}" for one in Noticed.objects.all()]
    looks = [f"{one.subject} {one.purpose}" for one in Viewing.objects.all()]

    assert entries
    assert noticed
    assert not any(map(says_who, [*entries, *noticed, *looks]))
    assert not any(sent.number in text for text in [*entries, *noticed])


def test_lists_files_and_exports_do_not_say_who_wrote(sent, handler, chief):
    taken(sent, handler)
    pages = [
        "/w/complaints/",
        f"/w/complaints/{sent.pk}",
        f"/w/complaints/{sent.pk}/accept",
        "/w/complaints/statistics",
        f"/w/businesses/{sent.business.public_id}",
        "/w/complaints/export?format=csv",
        "/w/complaints/statistics/export?format=csv",
        "/w/complaints/replies?format=csv",
        "/w/",
    ]
    for officer in (handler, chief):
        for path in pages:
            answer = officer.client.get(path)
            assert answer.status_code == 200, path
            assert not says_who(answer.content.decode()), path


def test_an_export_is_for_excel_and_opens_no_writers_page(sent, chief):
    content = chief.client.get("/w/complaints/export").content
    rows = list(openpyxl.load_workbook(io.BytesIO(content)).active.values)

    assert rows[1][0] == str(sent.pk)
    assert not any(sent.number in str(cell) or says_who(str(cell)) for row in rows for cell in row)


def test_the_handler_sees_who_wrote_and_it_is_logged(sent, handler):
    taken(sent, handler)

    page = handler.client.get(f"/w/complaints/{sent.pk}/reporter")

    assert says_who(page.content.decode())
    assert Viewing.objects.filter(subject=f"complaint:{sent.pk}").count() == 1
    assert "no-store" in page["Cache-Control"]


def test_nobody_else_does_and_elsewhere_there_is_nothing(sent, handler, chief, at_desk):
    taken(sent, handler)
    path = f"/w/complaints/{sent.pk}/reporter"

    assert chief.client.get(path).status_code == 403
    stranger = at_desk("150102")
    for tail in ("", "/reporter", "/accept", "/bind"):
        assert stranger.client.get(f"/w/complaints/{sent.pk}{tail}").status_code == 404
    assert not Viewing.objects.exists()


def test_photos_are_the_handlers_too(sent, handler, chief):
    one = Attachment.objects.get(subject=f"complaint:{sent.pk}")
    taken(sent, handler)

    assert chief.client.get(f"/files/{one.pk}").status_code == 404
    assert Client().get(f"/files/{one.pk}").status_code == 302
    assert handler.client.get(f"/files/{one.pk}").status_code == 200
    assert Viewing.objects.filter(purpose="kit.file photo").count() == 1


def test_a_token_lists_letters_without_writers(sent, chief):
    post = chief.user.posts.get()
    _token, text = issue_token(post=post, title="测试")

    answer = Client().get("/api/v1/complaints", headers={"Authorization": f"Bearer {text}"})

    [item] = answer.json()["items"]
    assert (item["id"], item["number"], item["term"]) == (sent.pk, None, "accept")
    assert not says_who(answer.content.decode())
    assert Client().get("/api/v1/complaints").status_code == 401


def test_the_business_itself_sees_nothing_of_it(sent, at_desk):
    other = registry.enrol(a_restaurant(code="", licences=(), people=(), name="隔壁"))

    for number in (sent.business.public_id, other.public_id):
        assert "投诉" not in Client().get(f"/p/{number}").content.decode().split("<main")[1]


def test_a_longer_list_asks_no_more(sent, chief, django_assert_max_num_queries):
    with django_assert_max_num_queries(100) as few:
        chief.client.get("/w/complaints/")
    services.register_many([a_letter(business=sent.business_id) for _ in range(25)])
    with django_assert_max_num_queries(len(few.captured_queries)):
        chief.client.get("/w/complaints/")

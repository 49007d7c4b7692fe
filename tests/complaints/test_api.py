"""Programs send letters and photos, in pieces and broken off, and ask how they stand."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from letters import SECRET_NAME, SECRET_PHONE
from live import served
from phone import Answer, Line, name_of
from photos import a_photo

from mingchu.complaints.models import Complaint
from mingchu.kit.models import Attachment, Upload

DRAFT = "DRAFT0123456789ABCDEFGHJK"
PHOTOS = "/api/v1/complaints/photos/"


def sent(**facts: object) -> dict[str, object]:
    known = {
        "kinds": ["complaint"],
        "what": "包子馊了。",
        "place": "大学东街包子铺",
        "district": "150105",
        "name": SECRET_NAME,
        "phone": SECRET_PHONE,
    }
    return {**known, **facts}


def post(body: dict[str, object], **headers: str):
    return Client().post(
        "/api/v1/complaints", json.dumps(body), content_type="application/json", headers=headers
    )


def send(content: bytes, start: int = 0, end: int | None = None, draft: str = DRAFT):
    part = content[start:end]
    said = f"bytes {start}-{start + len(part) - 1}/{len(content)}"
    return Client().put(
        PHOTOS + name_of(content),
        part,
        content_type="image/jpeg",
        headers={"Content-Range": said, "Complaint-Draft": draft},
    )


@pytest.mark.django_db
def test_a_letter_is_sent_and_asked_after_without_a_log_in():
    answer = post(sent()).json()

    asked = Client().get(f"/api/v1/complaints/{answer['number']}").json()
    assert answer == asked
    [letter] = asked["letters"]
    assert (letter["kind"], letter["state"], letter["reply"]) == ("complaint", "received", None)
    assert letter["due"] == [
        {"term": "accept", "on": "2026-12-01", "provisional": False, "overdue": False}
    ]
    assert SECRET_NAME not in json.dumps(asked, ensure_ascii=False)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"kinds": []}, "missing"),
        ({"kinds": ["question"]}, "missing"),
        ({"what": " "}, "missing"),
        ({"district": "999999"}, "unknown_district"),
        ({"phone": ""}, "contact_needed"),
        ({"category": "x"}, "unknown_choice"),
        ({"ill": -1}, "out_of_range"),
        ({"what": "字" * 5_001}, "too_long"),
        ({"colour": "red"}, "invalid"),
    ],
)
def test_what_is_wrong_has_a_code(facts, code):
    answer = post(sent(**facts))

    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert not Complaint.objects.exists()


@pytest.mark.django_db
def test_the_same_key_sends_one_letter():
    first, second = (post(sent(), **{"Idempotency-Key": "abc-12345678"}) for _ in range(2))

    assert first.json() == second.json()
    assert Complaint.objects.count() == 1


@pytest.mark.django_db
def test_a_photo_in_pieces_goes_with_its_letter():
    photo = a_photo()
    half = len(photo) // 2
    assert send(photo, 0, half).status_code == 202
    state = Client().get(PHOTOS + name_of(photo), headers={"Complaint-Draft": DRAFT}).json()
    assert state["missing"] == [f"{half}-{len(photo) - 1}"]
    assert send(photo, half).status_code == 200

    post(sent(draft=DRAFT))

    letter = Complaint.objects.get()
    assert Attachment.objects.filter(subject=f"complaint:{letter.pk}").count() == 1


@pytest.mark.django_db
def test_another_draft_finds_nothing_and_none_is_refused():
    photo = a_photo()
    send(photo)

    other = Client().get(PHOTOS + name_of(photo), headers={"Complaint-Draft": "B" * 20})
    none = Client().get(PHOTOS + name_of(photo))

    assert other.status_code == 404
    assert none.json()["code"] == "no_draft"


class Sender(Line):
    """A phone on the wire that knows no token but its draft."""

    def ask(self, method: str, name: str, body: bytes = b"", **headers: str) -> Answer:
        known = {"Complaint-Draft": DRAFT, "Content-Type": "image/jpeg", **headers}
        return self.send(method, PHOTOS + name, body, known)

    def head_of(self, content: bytes) -> bytes:
        return (
            f"PUT {PHOTOS}{name_of(content)} HTTP/1.1\r\n"
            f"Host: {self.host}:{self.port}\r\n"
            f"Complaint-Draft: {DRAFT}\r\n"
            "Content-Type: image/jpeg\r\n"
            f"Content-Length: {len(content)}\r\n\r\n"
        ).encode()


def test_a_photo_that_broke_off_goes_on_where_it_stopped(committed, settings, tmp_path):
    settings.HOME = tmp_path
    settings.ALLOWED_HOSTS = ["*"]
    photo = a_photo(size=(640, 480))
    with served() as where:
        phone = Sender(where, "")
        phone.cut_off(photo, after=10_000)
        for _ in range(100):
            known = phone.ask("GET", name_of(photo))
            if known.status == 200 and known.said["received"]:
                break
        received = known.said["received"]
        assert 0 < received <= 10_000
        done = phone.ask(
            "PUT",
            name_of(photo),
            photo[received:],
            **{"Content-Range": f"bytes {received}-{len(photo) - 1}/{len(photo)}"},
        )

    assert (done.status, done.said["state"]) == (200, "kept")
    assert Upload.objects.get().blob is not None

"""A package of a phone that could not send: handed in by its officer, through the edge."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from inspecting import Sent, a_visit
from planning import browser

from mingchu.accounts.models import User
from mingchu.inspection.models import Record, RecordState

pytestmark = pytest.mark.django_db


def package(sent: Sent, **files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr(
            "package.json", json.dumps({"format": "mingchu.unsent/1", "person": sent.by.pk})
        )
        told = {"client_id": str(sent.client_id), "revision": 1, "body": json.loads(sent.content)}
        made.writestr(f"records/{sent.client_id}.json", json.dumps(told))
        for name, content in {**sent.files, **files}.items():
            made.writestr(f"blobs/{name}", content)
    return out.getvalue()


def hand_in(user: User, content: bytes):
    file = SimpleUploadedFile("mingchu-unsent.zip", content, "application/zip")
    return browser(user).post("/w/inspections/unsent", {"package": file})


def test_a_package_comes_in_once():
    sent = Sent(a_visit())
    page = hand_in(sent.by, package(sent))
    assert page.status_code == 200
    assert "已收下" in page.text
    assert Record.objects.get().state == RecordState.ACCEPTED

    hand_in(sent.by, package(sent))
    assert Record.objects.count() == 1


def test_a_file_with_other_bytes_than_its_name_says_is_missing():
    sent = Sent(a_visit())
    name = next(iter(sent.files))
    page = hand_in(sent.by, package(sent, **{name: b"GIF89a other"}))
    assert "还缺1个文件" in page.text
    assert Record.objects.get().missing == [name]


def test_nobody_hands_in_for_another():
    sent = Sent(a_visit())
    other = User.objects.get(pk=sent.visit.second_id)
    page = hand_in(other, package(sent))
    assert page.status_code == 422
    assert "属于另一位检查人员" in page.text
    assert not Record.objects.exists()


@pytest.mark.parametrize("content", [b"no zip", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_package_says_so(content):
    sent = Sent(a_visit())
    page = hand_in(sent.by, content)
    assert page.status_code == 422
    assert "补交包" in page.text

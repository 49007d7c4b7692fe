"""Files as evidence: checked, attached, shown to whom their subject is, as inert bytes."""

from __future__ import annotations

import hashlib
import io
import json

import pytest
from build import a_pdf, an_attachment
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from evidence import XINCHENG, YUQUAN, attached, browser, bytes_of, look, path_of
from photos import SECRET, a_photo

from mingchu.accounts.domain import Scope, ScopeKind
from mingchu.accounts.models import Viewing
from mingchu.base.errors import Refusal
from mingchu.kit.files import keeping, queries, store
from mingchu.kit.models import Attachment, Blob, Upload
from mingchu.ledger.models import Entry

pytestmark = pytest.mark.usefixtures("home")


def test_a_file_of_a_form_is_kept_as_one_that_a_program_sent(db, home):
    photo = a_photo()
    form = SimpleUploadedFile("照片.jpg", photo, content_type="image/jpeg")

    upload = keeping.keep(file=form, claimed=form.content_type or "", by=None)

    assert upload.sha256 == hashlib.sha256(photo).hexdigest()
    assert upload.blob is not None
    assert upload.blob.digest != upload.sha256
    assert SECRET not in store.place(upload.blob.digest).read_bytes()


@pytest.mark.parametrize(
    ("content", "claimed", "code"),
    [
        (b"", "", "empty_file"),
        (b"<svg/>" * 20, "image/png", "type_not_taken"),
        (a_pdf(), "image/png", "type_differs"),
        (a_photo("PNG")[:-40], "image/png", "photo_broken"),
    ],
)
def test_what_a_form_brings_is_checked_as_well(db, content, claimed, code):
    with pytest.raises(Refusal) as refused:
        keeping.keep(file=io.BytesIO(content), claimed=claimed, by=None)

    assert refused.value.code == code
    assert not Blob.objects.exists()
    assert list(store.kept()) == []


def test_a_file_too_large_for_a_form_is_not_read_to_its_end(db, settings):
    settings.FILE_BYTES = {"photo": 100, "document": 200}
    endless = io.BytesIO(a_pdf() * 1000)

    with pytest.raises(Refusal):
        keeping.keep(file=endless, by=None)

    assert endless.tell() == 201


def test_a_form_counts_towards_what_one_person_may_send_in_a_day(db, sender, settings):
    settings.SENDER_DAY_BYTES = len(a_pdf()) + 10
    by = sender().actor
    keeping.keep(file=io.BytesIO(a_pdf("1")), by=by)

    with pytest.raises(Refusal) as refused:
        keeping.keep(file=io.BytesIO(a_pdf("2")), by=by)

    assert refused.value.code == "too_much_today"
    assert keeping.keep(file=io.BytesIO(a_pdf("2")), by=None).blob is not None


def test_the_ledger_learns_ids_and_a_salted_digest_and_no_name(db):
    made = attached("portrait")

    entry = Entry.objects.get(kind="kit.file_attached")
    said = json.loads(entry.data)

    assert (entry.pk, entry.subject) == (made.entry, "walltest:150102")
    assert said["attachment_id"] == str(made.pk)
    assert said["commitment"] == keeping.commitment(made.salt, made.blob.digest, "sha256")
    assert made.blob.digest not in entry.data
    assert made.sent_sha256 not in entry.data
    assert "许可证" not in entry.data


def test_two_attachments_of_one_file_cannot_be_told_to_be_the_same_in_the_ledger(db):
    one, two = attached(), attached()

    first, second = (json.loads(Entry.objects.get(pk=each.entry).data) for each in (one, two))

    assert one.blob == two.blob
    assert first["commitment"] != second["commitment"]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\temp\\证.PDF", "证.pdf"),
        ("照片\r\nX-Evil: 1.jpg", "照片X-Evil 1.pdf"),
        ("\u202egpj.exe", "gpj.pdf"),
        ('a"b;c.pdf', "ab;c.pdf"),
        ("...", "file.pdf"),
        ("", "file.pdf"),
        ("证" * 300, "证" * 115 + ".pdf"),
    ],
)
def test_a_name_is_for_reading_and_never_a_path(neighbour, name, shown):
    upload = keeping.keep(file=io.BytesIO(a_pdf()), by=None)
    made = keeping.attach(
        upload=upload, subject="walltest:150102", role="paper", name=name, by=None
    )

    answer = look(neighbour, made)

    assert made.name == shown
    assert answer.status_code == 200
    assert "X-Evil" not in answer.headers


def test_a_file_that_has_not_all_come_is_no_evidence(db):
    half = Upload.objects.create(sender="user:1", sha256="0" * 64, size=10)

    with pytest.raises(Refusal) as refused:
        keeping.attach(upload=half, subject="walltest:150102", role="paper", name="a", by=None)

    assert refused.value.code == "file_not_here"


@pytest.mark.parametrize(("subject", "role"), [("nobody:1", "paper"), ("walltest:1", "other")])
def test_what_no_context_guards_cannot_be_attached_to(db, subject, role):
    upload = keeping.keep(file=io.BytesIO(a_pdf()), by=None)

    with pytest.raises(ValueError, match="no guard"):
        keeping.attach(upload=upload, subject=subject, role=role, name="a", by=None)


def test_a_file_goes_out_so_that_a_browser_cannot_run_it(neighbour):
    photo = attached(content=a_photo())

    answer = look(neighbour, photo)

    assert bytes_of(answer) == path_of(photo).read_bytes()
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Content-Length"] == str(photo.blob.size)
    assert answer["Content-Disposition"].startswith("inline; filename*=UTF-8''%E8")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "script-src" not in answer["Content-Security-Policy"]
    assert answer["ETag"] == f'"{photo.blob.digest}"'
    assert answer["Cache-Control"] == "private, no-cache"


def test_a_pdf_is_saved_and_not_opened_in_the_page(neighbour):
    assert look(neighbour, attached())["Content-Disposition"].startswith("attachment;")


def test_a_reader_who_has_the_file_is_told_so(neighbour):
    made = attached()

    answer = look(neighbour, made, If_None_Match=f'"x", "{made.blob.digest}"')

    assert (answer.status_code, answer.content) == (304, b"")


@pytest.mark.parametrize(
    ("said", "part"),
    [
        ("bytes=0-4", slice(0, 5)),
        ("bytes=5-", slice(5, None)),
        ("bytes=-7", slice(-7, None)),
        ("bytes=3-99999", slice(3, None)),
    ],
)
def test_a_part_of_a_file_can_be_asked_for(neighbour, said, part):
    made = attached()

    answer = look(neighbour, made, Range=said)

    expected = a_pdf()[part]
    assert answer.status_code == 206
    assert bytes_of(answer) == expected
    assert answer["Content-Length"] == str(len(expected))
    assert answer["Content-Range"].endswith(f"/{len(a_pdf())}")


@pytest.mark.parametrize("said", ["bytes=99999-", "bytes=-0"])
def test_a_part_that_is_not_there_is_said_to_be_not_there(neighbour, said):
    answer = look(neighbour, attached(), Range=said)

    assert (answer.status_code, answer["Content-Range"]) == (416, f"bytes */{len(a_pdf())}")


@pytest.mark.parametrize("said", ["bytes=0-1,3-4", "bytes=9-2", "lines=1-2", "bytes=-"])
def test_a_range_nobody_understands_brings_the_whole(neighbour, said):
    answer = look(neighbour, attached(), Range=said)

    assert (answer.status_code, bytes_of(answer)) == (200, a_pdf())


def test_a_part_of_another_file_is_of_no_use(neighbour):
    answer = look(neighbour, attached(), Range="bytes=0-4", If_Range='"other"')

    assert answer.status_code == 200


def test_a_look_at_the_head_brings_no_body(neighbour):
    answer = neighbour.head(f"/files/{attached().pk}")

    assert (answer.content, answer["Content-Length"]) == (b"", str(len(a_pdf())))


def test_a_file_is_shown_to_whom_its_subject_is_and_to_nobody_else(neighbour, sender):
    here, there = attached(), attached(place="150104")

    assert look(neighbour, here).status_code == 200
    assert look(neighbour, there).status_code == 404
    assert look(browser(sender("parent", Scope(ScopeKind.SCHOOL, "1"))), here).status_code == 404
    assert look(Client(), here).status_code == 302


def test_a_file_whose_context_no_longer_knows_its_role_is_shown_to_nobody(neighbour):
    made = attached()
    Attachment.objects.filter(pk=made.pk).update(role="forgotten")

    assert look(neighbour, made).status_code == 404


def test_files_of_a_subject_are_those_the_reader_may_see(db, sender):
    one, two = attached(), attached(content=a_pdf("2"))
    attached(place="150104")

    seen = queries.of_subject(sender("district", XINCHENG).actor, "walltest:150102")
    unseen = queries.of_subject(sender("district", YUQUAN).actor, "walltest:150102")

    assert (seen, unseen) == ([two, one], [])


def test_a_look_at_a_persons_file_is_logged_once_and_only_where_it_is_personal(neighbour):
    portrait, paper = attached("portrait"), attached("paper")

    look(neighbour, paper)
    look(neighbour, portrait)
    look(neighbour, portrait, Range="bytes=0-10")
    look(neighbour, portrait, Range="bytes=11-20")

    logged = Viewing.objects.values_list("subject", "purpose")
    assert list(logged) == [("walltest:150102", "kit.file portrait")] * 2


def test_a_denied_look_is_not_logged_as_a_look(db, sender):
    look(browser(sender("district", YUQUAN)), attached("portrait"))

    assert not Viewing.objects.exists()


def test_a_file_of_a_business_is_seen_by_its_district_and_by_itself(db, sender):
    from build import a_restaurant

    from mingchu.registry import services as registry
    from mingchu.registry.domain import public_id, subject

    number = registry.enrol(a_restaurant(district="150102", station="")).pk
    made = an_attachment(subject(number), "health_certificate")
    own = sender("enterprise", Scope(ScopeKind.BUSINESS, public_id(number)))

    assert look(browser(sender("district", XINCHENG)), made).status_code == 200
    assert look(browser(own), made).status_code == 200
    assert look(browser(sender("district", YUQUAN)), made).status_code == 404
    assert Viewing.objects.count() == 2

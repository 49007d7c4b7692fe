"""Files come in over the real door: whole, in pieces, cut off, wrong, twice, onto a full disk."""

from __future__ import annotations

import hashlib
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from build import a_pdf
from phone import Line, Phone, name_of
from photos import SECRET, a_photo, pixels

from mingchu.kit.files import store
from mingchu.kit.models import Blob, Upload

ROOT = Path(__file__).parents[2]


def test_a_photo_is_kept_bare_and_found_again_by_the_digest_it_was_sent_under(line, on_disk):
    photo = a_photo()

    answer = line.put(photo, Content_Type="image/jpeg")

    assert (answer.status, answer.said["state"], answer.said["missing"]) == (200, "kept", [])
    [kept] = on_disk()
    stored = (store.root() / kept).read_bytes()
    assert answer.said["stored"] == f"sha256:{name_of(stored)}"
    assert kept == f"{name_of(stored)[:2]}/{name_of(stored)[2:]}"
    assert SECRET not in stored
    assert pixels(stored) == pixels(photo)
    assert line.ask("GET", name_of(photo)).said == answer.said


def test_the_digest_of_the_house_is_kept_with_the_file(phone, settings):
    settings.DIGEST = "sm3"

    answer = phone.put(a_pdf())

    assert answer.said["stored"] == f"sm3:{hashlib.new('sm3', a_pdf()).hexdigest()}"
    assert Blob.objects.get().algorithm == "sm3"


def test_a_file_in_many_pieces_is_kept_with_the_last(phone):
    photo = a_photo(size=(300, 200))
    step = len(photo) // 5 + 1

    answers = [
        phone.put_part(photo, at, min(at + step, len(photo))) for at in range(0, len(photo), step)
    ]

    assert [answer.status for answer in answers] == [202] * 4 + [200]
    assert answers[0].said["missing"] == [f"{step}-{len(photo) - 1}"]
    assert answers[0].headers["Upload-Offset"] == str(step)
    assert answers[-1].said["state"] == "kept"


def test_a_sender_who_was_cut_off_goes_on_where_it_stopped(line, on_disk):
    photo = a_photo(size=(300, 200))
    half = len(photo) // 2

    line.cut_off(photo, after=half)
    received = _settled(line, photo)
    answer = line.put_part(photo, received, len(photo))

    assert received == half
    assert answer.said["state"] == "kept"
    assert [name for name in on_disk() if "incoming" in name] == []


def _settled(line: Line, photo: bytes) -> int:
    """How much has come once the house has noticed that nothing more will."""
    while (answer := line.ask("HEAD", name_of(photo))).status == 404:
        pass
    while int(answer.headers["Upload-Offset"]) == 0:
        answer = line.ask("HEAD", name_of(photo))
    assert answer.headers["Upload-Length"] == str(len(photo))
    return int(answer.headers["Upload-Offset"])


def test_a_piece_whose_answer_was_lost_is_sent_again_without_harm(phone):
    photo = a_photo()

    first, again = phone.put_part(photo, 0, 100), phone.put_part(photo, 0, 100)
    overlapping = phone.put_part(photo, 50, len(photo))
    whole = phone.put(photo)

    assert first.said == again.said
    assert overlapping.said == whole.said
    assert (Blob.objects.count(), Upload.objects.count()) == (1, 1)


def test_an_empty_piece_only_asks(phone):
    photo = a_photo()
    phone.put_part(photo, 0, 100)

    answer = phone.ask("PUT", name_of(photo), Content_Range=f"bytes */{len(photo)}")

    assert (answer.status, answer.said["received"]) == (202, 100)


def test_a_file_all_of_which_had_come_when_the_house_died_is_kept_when_asked_for(phone, on_disk):
    photo = a_photo()
    phone.put_part(photo, 0, 100)
    [part] = on_disk()
    (store.root() / part).write_bytes(photo)

    answer = phone.ask("PUT", name_of(photo), Content_Range=f"bytes */{len(photo)}")

    assert answer.said["state"] == "kept"
    assert len(on_disk()) == 1


def test_a_piece_after_a_gap_is_refused_with_the_place_to_go_on(phone):
    photo = a_photo()
    phone.put_part(photo, 0, 100)

    answer = phone.put_part(photo, 200, 300)

    assert (answer.status, answer.said["code"]) == (409, "upload_gap")
    assert "100" in answer.said["fix"]
    assert phone.ask("GET", name_of(photo)).said["received"] == 100


def test_bytes_that_are_not_what_their_name_says_leave_nothing(phone, on_disk):
    photo, other = a_photo(seed=1), a_photo(seed=2)

    answer = phone.ask("PUT", name_of(photo), other)

    assert (answer.status, answer.said["code"]) == (422, "bytes_do_not_match")
    assert (on_disk(), Upload.objects.count(), Blob.objects.count()) == ([], 0, 0)
    assert phone.put(photo).said["state"] == "kept"


def test_a_wrong_type_is_told_with_the_first_piece(phone, on_disk):
    program = b"MZ\x90\x00" + bytes(5000)

    answer = phone.put_part(program, 0, 100)

    assert (answer.status, answer.said["code"]) == (415, "type_not_taken")
    assert (on_disk(), Upload.objects.count()) == ([], 0)


@pytest.mark.parametrize("claimed", ["image/png", "application/pdf", "text/html"])
def test_a_type_that_lies_is_refused(phone, on_disk, claimed):
    answer = phone.put(a_photo(), Content_Type=claimed)

    assert (answer.status, answer.said["code"]) == (415, "type_differs")
    assert on_disk() == []


def test_a_broken_photo_is_refused_whole(phone, on_disk):
    answer = phone.put(a_photo()[:-200])

    assert (answer.status, answer.said["code"]) == (422, "photo_broken")
    assert (on_disk(), Upload.objects.count()) == ([], 0)


def test_each_kind_has_its_largest_size(phone, settings, on_disk):
    settings.FILE_BYTES = {"photo": 500, "document": 5000}

    photo = phone.put_part(a_photo(), 0, 100)
    paper = phone.put(a_pdf("x" * 1000))
    over = phone.put_part(a_pdf("x" * 6000), 0, 10)

    assert (photo.status, photo.said["code"]) == (413, "file_too_large")
    assert paper.said["state"] == "kept"
    assert (over.status, over.said["code"]) == (413, "file_too_large")
    assert len(on_disk()) == 1


def test_a_body_over_every_size_is_refused_unread(phone):
    answer = phone.ask("PUT", "0" * 64, b"x", Content_Length="999999999")

    assert (answer.status, answer.said["code"]) == (413, "too_large")


@pytest.mark.parametrize(
    ("said", "length"),
    [
        ("bytes 0-99/50", 100),
        ("bytes 5-4/50", 0),
        ("bytes 0-9/50", 5),
        ("bytes=0-9", 10),
        ("items 0-9/50", 10),
        ("bytes -1-9/50", 10),
    ],
)
def test_a_range_that_makes_no_sense_is_refused(phone, said, length):
    answer = phone.ask("PUT", "0" * 64, b"x" * length, Content_Range=said)

    assert (answer.status, answer.said["code"]) == (400, "bad_range")


@pytest.mark.parametrize("name", ["x", "..", "%2e%2e%2fkeys", "0" * 63, "g" * 64, "0" * 65])
def test_a_name_that_is_no_digest_reaches_no_path(phone, on_disk, name):
    answer = phone.ask("PUT", name, a_pdf())

    assert answer.status in (404, 422)
    assert on_disk() == []


def test_a_digest_in_capitals_is_the_same(phone):
    answer = phone.ask("PUT", name_of(a_pdf()).upper(), a_pdf())

    assert answer.said["sha256"] == name_of(a_pdf())


def test_an_empty_file_is_refused(phone):
    assert phone.put(b"").said["code"] == "empty_file"


def test_a_size_that_changes_on_the_way_is_refused(phone):
    photo = a_photo()
    phone.put_part(photo, 0, 100)

    answer = phone.ask("PUT", name_of(photo), photo[:50], Content_Range=f"bytes 0-49/{9999}")

    assert answer.said["code"] == "upload_size_changed"


def test_nobody_sends_without_end(phone, settings):
    settings.SENDER_DAY_BYTES = len(a_pdf("1")) + 10

    first, second = phone.put(a_pdf("1")), phone.put(a_pdf("2"))

    assert first.said["state"] == "kept"
    assert (second.status, second.said["code"]) == (429, "too_much_today")


def test_what_another_sent_is_unknown_to_whoever_has_only_its_digest(phone, sender, on_disk):
    mine, yours = phone, Phone(sender().token)
    mine.put(a_pdf())

    asked = yours.ask("GET", name_of(a_pdf()))
    guessed = yours.ask("PUT", name_of(a_pdf()), Content_Range=f"bytes */{len(a_pdf())}")
    sent = yours.put(a_pdf())

    assert asked.status == 404
    assert guessed.said["state"] == "partial"
    assert sent.said["state"] == "kept"
    assert len(on_disk()) == 1


def test_only_a_token_that_may_send_sends(door, sender):
    reader = Phone(sender(within=("read",)).token)
    syncing = Phone(sender("inspector", within=("inspect:sync",)).token)

    assert reader.put(a_pdf()).status == 403
    assert syncing.put(a_pdf()).status == 200
    assert Phone("mc_nobody").put(a_pdf()).status == 401


def test_the_same_bytes_from_many_at_once_are_one_file(door, sender, on_disk):
    photo = a_photo(size=(400, 300))
    phones = [Line(door, sender().token) for _ in range(3)] * 2

    with ThreadPoolExecutor(len(phones)) as pool:
        answers = list(pool.map(lambda phone: phone.put(photo), phones))

    assert {answer.said["state"] for answer in answers} == {"kept"}
    assert len({answer.said["stored"] for answer in answers}) == 1
    assert (Blob.objects.count(), Upload.objects.count(), len(on_disk())) == (1, 3, 1)


def test_a_disk_that_is_nearly_full_takes_nothing_in(phone, settings, on_disk):
    settings.SPARE_BYTES = shutil.disk_usage(settings.HOME).total

    answer = phone.put(a_photo())

    assert (answer.status, answer.said["code"]) == (507, "disk_nearly_full")
    assert (on_disk(), Upload.objects.count()) == ([], 0)

"""What is kept stays whole or is found out; what nobody needs goes, and nothing else."""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from build import a_pdf
from django.db import connection, transaction
from evidence import attached, bytes_of, look, path_of
from photos import a_photo

from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.base.slots import SIGNS
from mingchu.kit import jobs
from mingchu.kit.files import keeping, queries, store, sweeping
from mingchu.kit.files.checking import verify_files
from mingchu.kit.models import Attachment, Blob, BlobState, Upload
from mingchu.ledger.models import Entry
from mingchu.ops.commands import files

pytestmark = pytest.mark.usefixtures("home")


def aged(**age: Any) -> None:
    """As if everything that is here had come so long ago."""
    past = clock.wall() - timedelta(**age)
    Blob.objects.update(asked_at=past)
    Upload.objects.update(touched_at=past)
    for path in store.root().rglob("*"):
        os.utime(path, (past.timestamp(), past.timestamp()))


def test_a_file_nobody_attached_goes_after_a_day_and_can_be_sent_again(db, on_disk):
    used = attached(content=a_pdf("used"))
    keeping.keep(file=io.BytesIO(a_pdf("unused")), by=None)

    fresh = sweeping.sweep()
    aged(days=2)
    jobs.sweep(0)

    assert fresh.blobs == 0
    assert [blob.pk for blob in Blob.objects.all()] == [used.blob_id]
    assert Upload.objects.count() == 1
    assert on_disk() == [f"{used.blob.digest[:2]}/{used.blob.digest[2:]}"]
    assert keeping.keep(file=io.BytesIO(a_pdf("unused")), by=None).blob is not None


def test_a_file_on_hold_is_neither_swept_nor_taken_off_until_it_is_released(db):
    made = attached()
    blob = made.blob
    keeping.hold(blob=blob)

    with pytest.raises(Refusal) as refused:
        keeping.detach(attachment=made)
    Attachment.objects.all().delete()
    aged(days=9)
    held = sweeping.sweep()
    keeping.release(blob=blob)
    released = sweeping.sweep()

    assert refused.value.code == "file_on_hold"
    assert (held.blobs, released.blobs) == (0, 1)
    kinds = Entry.objects.order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["kit.file_attached", "kit.file_held", "kit.file_released"]


def test_a_hold_is_entered_once_however_often_it_is_laid(db):
    blob = attached().blob

    for act in (keeping.hold, keeping.hold, keeping.release, keeping.release):
        act(blob=blob)

    assert Entry.objects.filter(kind__in=["kit.file_held", "kit.file_released"]).count() == 2


def test_a_file_taken_off_leaves_its_entry_and_goes_a_day_later(db):
    made = attached()
    pk = str(made.pk)

    keeping.detach(attachment=made)
    aged(days=2)
    sweeping.sweep()

    assert json.loads(Entry.objects.get(kind="kit.file_detached").data)["attachment_id"] == pk
    assert not Blob.objects.exists()


def test_uploads_that_stopped_and_leftovers_of_the_dead_are_swept_in_their_time(db, on_disk):
    Upload.objects.create(sender="user:1", sha256="1" * 64, size=10)
    store.part("user:1", "1" * 64).write_bytes(b"12345")
    (store.incoming() / "0123.draft").write_bytes(b"x")
    stray = store.place("ab" + "0" * 62)
    stray.parent.mkdir()
    stray.write_bytes(b"x")

    aged(days=2)
    early = sweeping.sweep()
    kept = on_disk()
    aged(days=4)
    late = sweeping.sweep()

    assert (early.strays, early.parts, early.uploads) == (1, 1, 0)
    assert len(kept) == 1
    assert (late.parts, late.uploads) == (1, 1)
    assert on_disk() == []


def swept_before_commit(act: Callable[[], object]) -> None:
    """Does `act`, and commits only when a sweep beside it is through or waits for it."""
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            act()
            sweep = pool.submit(lambda: (sweeping.sweep(), connection.close()))
            while not sweep.done() and not somebody_waits():
                pass
        sweep.result()


def somebody_waits() -> bool:
    with connection.cursor() as db:
        db.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(db.fetchone()[0])


def test_a_sweep_leaves_what_is_just_being_attached(committed):
    upload = keeping.keep(file=io.BytesIO(a_pdf()), by=None)
    aged(days=2)

    swept_before_commit(
        lambda: keeping.attach(upload=upload, subject="walltest:1", role="paper", name="a", by=None)
    )

    assert path_of(Attachment.objects.get()).is_file()


def test_a_sweep_leaves_bytes_whose_row_is_just_being_written(committed):
    where = store.place(hashlib.sha256(a_pdf()).hexdigest())
    where.parent.mkdir(parents=True)
    where.write_bytes(a_pdf())
    aged(days=2)

    swept_before_commit(lambda: keeping.keep(file=io.BytesIO(a_pdf()), by=None))

    assert Blob.objects.exists()
    assert where.read_bytes() == a_pdf()


def test_a_sweep_leaves_an_old_file_that_is_just_sent_again(committed):
    keeping.keep(file=io.BytesIO(a_pdf()), by=None)
    aged(days=2)

    swept_before_commit(lambda: keeping.keep(file=io.BytesIO(a_pdf()), by=None))

    assert store.place(Blob.objects.get().digest).is_file()


def test_a_whole_house_of_files_is_found_whole(db):
    attached()
    attached(content=a_photo())

    checked = verify_files()

    assert (checked.ok, checked.files) == (True, 2)


def test_files_that_are_gone_or_altered_are_named_with_what_they_prove(db):
    gone, altered, good = (attached(content=a_pdf(text)) for text in "123")
    path_of(gone).unlink()
    path_of(altered).write_bytes(a_pdf("4"))

    checked = verify_files()

    assert [(fault.file, fault.kind, fault.subjects) for fault in checked.faults] == [
        (gone.blob.digest, "missing", ("walltest:150102",)),
        (altered.blob.digest, "altered", ("walltest:150102",)),
    ]
    assert Blob.objects.get(state=BlobState.KEPT).pk == good.blob_id
    assert queries.damaged_count() == 2
    sign = SIGNS.get("kit.files")
    assert sign is not None
    assert sign.read().condition == "bad"


def test_bytes_and_row_changed_alike_are_found_by_the_ledger(db):
    made = attached()
    other = hashlib.sha256(a_pdf("forged")).hexdigest()
    where = store.place(other)
    where.parent.mkdir(exist_ok=True)
    where.write_bytes(a_pdf("forged"))
    Blob.objects.filter(pk=made.blob_id).update(digest=other)

    [fault] = verify_files().faults

    assert (fault.file, fault.kind) == (other, "unproven")


def test_evidence_given_to_another_business_is_found_by_the_ledger(db):
    made = attached()
    Attachment.objects.filter(pk=made.pk).update(subject="walltest:150104")

    [fault] = verify_files().faults

    assert (fault.kind, fault.subjects) == ("unproven", ("walltest:150104",))


def test_a_damaged_file_is_not_given_out_until_somebody_sends_it_again(neighbour):
    made = attached()
    path_of(made).write_bytes(b"altered")
    verify_files()

    refused = look(neighbour, made)
    keeping.keep(file=io.BytesIO(a_pdf()), by=None)
    mended = look(neighbour, made)

    assert refused.status_code == 410
    assert bytes_of(mended) == a_pdf()
    assert verify_files().ok


def test_a_file_back_from_a_backup_is_whole_again(db):
    made = attached()
    path_of(made).rename(store.root() / "away")
    verify_files()
    (store.root() / "away").rename(path_of(made))

    assert verify_files().ok
    assert Blob.objects.get().state == BlobState.KEPT


def test_the_command_says_yes_or_names_the_faults(db):
    made = attached()
    good = files.verify(argparse.Namespace())
    path_of(made).unlink()

    bad = files.verify(argparse.Namespace())

    assert (good.exit_code, good.data["ok"], good.data["files"]) == (0, True, 1)
    assert bad.exit_code == 1
    assert json.loads(json.dumps(bad.data))["faults"] == [
        {"file": made.blob.digest, "kind": "missing", "subjects": ["walltest:150102"]}
    ]
    assert made.blob.digest in bad.lines[1]

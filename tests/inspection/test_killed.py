"""The house is killed while a phone hands in a record: nothing is lost, nothing counts twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from corrections import owner
from inspecting import Sent, a_visit, officers
from planning import shops

from mingchu.base import clock
from mingchu.inspection.models import Finding, Record, Visit
from mingchu.kit.models import Attachment, Upload
from mingchu.ledger.models import Entry

ROOT = Path(__file__).parents[2]
# Takes a record in and is killed at the moment that is named: when the first file is whole, when
# the record is kept but not weighed, or with all of it done and not yet committed.
KILLED = """
import os, signal, sys
from datetime import datetime
from uuid import UUID
import django
django.setup()
from mingchu.accounts.queries import actor_for, user
from mingchu.base import clock
from mingchu.inspection import services
from mingchu.inspection.services import accepting, receiving
from mingchu.kit.files.keeping import keep
moment, number, client_id, folder, now = sys.argv[1:]
def dies(*_all, **_named):
    os.kill(os.getpid(), signal.SIGKILL)
def then_dies(act):
    def both(*all, **named):
        act(*all, **named)
        dies()
    return both
if moment == "kept":
    receiving.pin_answer = dies
if moment == "weighed":
    accepting.take_in = then_dies(accepting.take_in)
by = actor_for(user(int(number)))
with clock.at(datetime.fromisoformat(now)):
    for name in sorted(os.listdir(folder)):
        if name != "record.json":
            with open(f"{folder}/{name}", "rb") as file:
                keep(file=file, by=by)
            if moment == "files":
                dies()
    with open(f"{folder}/record.json", "rb") as file:
        services.receive(client_id=UUID(client_id), revision=1, content=file.read(), by=by)
"""


@pytest.mark.parametrize("moment", ["files", "kept", "weighed"])
def test_a_house_killed_between_a_file_and_its_record_has_each_once_afterwards(
    committed, settings, tmp_path, moment
):
    pair, [business] = officers(2), shops(1)
    owner(business)
    sent = Sent(a_visit(pair, business_id=business.pk))
    sent.unmet(sent.an_item(key=False), photos=2)
    folder = tmp_path / "phone"
    folder.mkdir()
    for name, content in sent.files.items():
        (folder / name).write_bytes(content)
    (folder / "record.json").write_bytes(sent.content)
    env = {
        **os.environ,
        "MINGCHU_HOME": str(settings.HOME),
        "MINGCHU_DATABASE_URL": committed,
        "DJANGO_SETTINGS_MODULE": "mingchu.site.settings",
        "MINGCHU_SPARE_MIB": "0",
    }
    said = [moment, str(sent.by.pk), str(sent.client_id), str(folder), clock.now().isoformat()]

    died = subprocess.run([sys.executable, "-c", KILLED, *said], env=env, cwd=ROOT, check=False)
    left = (Upload.objects.count(), list(Record.objects.values_list("state", flat=True)))
    came = sent.send()
    again = sent.send()

    assert died.returncode == -signal.SIGKILL
    assert (
        left
        == {
            "files": (1, []),
            "kept": (len(sent.files), ["held"]),
            "weighed": (len(sent.files), ["held"]),
        }[moment]
    )
    assert (came.record.state, again.record.state) == ("accepted", "accepted")
    assert Record.objects.count() == Finding.objects.count() == 1
    assert Visit.objects.get().state == "done"
    assert Attachment.objects.filter(subject=f"inspection:{came.record.pk}").count() == len(
        sent.files
    )
    assert Entry.objects.filter(kind="inspection.inspection_done").count() == 1

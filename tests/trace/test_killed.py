"""The house is killed in the middle of a capture: what was acknowledged is there, nothing twice,
no half document, and no job that runs for ever."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from capturing import a_document, an_event, as_sent, events_of, sender

from mingchu.trace.services import Behaviour, capture_document, capture_event

ROOT = Path(__file__).parents[2]
# Captures one event after another and says so, then dies at the moment that is named: when keys
# are taken, when events are written and their links are not, or just before the commit.
KILLED = """
import os, signal, sys
import django
django.setup()
from django.db import transaction
from mingchu.trace.services import Behaviour, Sender, capture_document, capture_event, capturing
from mingchu.trace.services import storing
moment, folder, behaviour = sys.argv[1:]
sender = Sender("user:1", "city", "")
for name in sorted(os.listdir(folder)):
    data = open(f"{folder}/{name}", "rb").read()
    if name.startswith("event"):
        print(capture_event(data, sender).name, flush=True)
def dies(*_all, **_named):
    os.kill(os.getpid(), signal.SIGKILL)
def links_die(db, statement, lines, copy=storing._copy):
    dies() if "trace_link" in statement else copy(db, statement, lines)
if moment == "keys":
    storing._write = dies
if moment == "events":
    storing._copy = links_die
if moment == "job":
    capturing._keep = dies
capture_document(open(f"{folder}/document", "rb").read(), Behaviour(behaviour), sender)
"""


@pytest.mark.parametrize("moment", ["keys", "events", "job"])
@pytest.mark.parametrize("behaviour", ["rollback", "proceed"])
def test_a_house_killed_during_a_capture_keeps_what_it_acknowledged_and_no_half(
    committed, settings, tmp_path, moment, behaviour
):
    singles = [as_sent(an_event(eventID=f"urn:x:{n}")) for n in range(3)]
    document = a_document(*[an_event() for _ in range(50)])
    folder = tmp_path / "sent"
    folder.mkdir()
    for number, data in enumerate(singles):
        (folder / f"event{number}").write_bytes(data)
    (folder / "document").write_bytes(document)
    env = {
        **os.environ,
        "MINGCHU_HOME": str(settings.HOME),
        "MINGCHU_DATABASE_URL": committed,
        "DJANGO_SETTINGS_MODULE": "mingchu.site.settings",
    }
    died = subprocess.run(
        [sys.executable, "-c", KILLED, moment, str(folder), behaviour],
        env=env,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    left = events_of(), events_of("key"), events_of("link"), events_of("capture")
    again = [capture_event(data, sender()).outcome for data in singles]
    job = capture_document(document, Behaviour(behaviour), sender())

    assert died.returncode == -signal.SIGKILL
    assert died.stdout.split() == [f"urn:x:{n}" for n in range(3)]
    assert left == (3, 3, 3, 0)
    assert again == ["duplicate"] * 3
    assert (job.state, job.captured, events_of()) == ("captured", 50, 53)

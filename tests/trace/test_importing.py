"""Files of events come in from the command line: whole, once, also after the house was killed."""

from __future__ import annotations

import argparse
import gzip
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from capturing import a_document, an_event, as_sent, events_of
from epcis import document
from xmls import in_xml, judged

from mingchu.base.errors import Refusal
from mingchu.ops.commands import traces
from mingchu.trace.domain.xml.writing import written
from mingchu.trace.services import importing

ROOT = Path(__file__).parents[2]


def imported(file: Path, party: str = "city"):
    return traces.bring_in(argparse.Namespace(file=file, party=party))


def counts(result) -> tuple[int, int, int]:
    return tuple(result.data[name] for name in ("captured", "duplicate", "rejected"))


def an_xml(event: dict) -> bytes:
    one = judged(event)
    return written(one.members, one.names) + b"\n"


def lines_of(*events: dict) -> bytes:
    return b"\n".join(map(as_sent, events)) + b"\n"


def reasons(file: Path) -> list[tuple]:
    said = file.with_name(file.name + ".rejected.jsonl").read_text().splitlines()
    return [(one["line"], one["code"]) for one in map(json.loads, said)]


@pytest.mark.django_db
@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("kind", ["lines", "document", "laid out", "xml", "xml 1.2"])
def test_a_file_comes_in_whole_and_again_changes_nothing(tmp_path, packed, kind, monkeypatch):
    monkeypatch.setattr(importing, "BATCH_EVENTS", 3)
    events = [an_event() for _ in range(7)]
    data = {
        "lines": lines_of(*events),
        "document": a_document(*events),
        "laid out": json.dumps(document(*events), indent=1).encode(),
        "xml": in_xml(*map(an_xml, events)),
        "xml 1.2": in_xml(*map(an_xml, events), version="1.2"),
    }[kind]
    file = tmp_path / "events"
    file.write_bytes(gzip.compress(data) if packed else data)
    first, again = imported(file), imported(file)
    assert (counts(first), counts(again)) == ((7, 0, 0), (0, 7, 0))
    assert (first.exit_code, again.exit_code) == (0, 0)
    assert (events_of(), events_of("import")) == (7, 0)
    assert events_of("capture") == 6
    assert sorted(one.name for one in tmp_path.iterdir()) == ["events"]


@pytest.mark.django_db
def test_what_is_rejected_stands_beside_the_file_with_its_line_and_reason(tmp_path, monkeypatch):
    monkeypatch.setattr(importing, "BATCH_EVENTS", 2)
    event = an_event(eventID="urn:x:1")
    wrong = {**an_event(), "action": "LOOK"}
    other = {**event, "bizStep": "receiving"}
    file = tmp_path / "events.jsonl"
    file.write_bytes(lines_of(event, wrong) + b"{oops\n" + lines_of(an_event(), other, event))
    for _time in range(2):
        result = imported(file)
        assert result.exit_code == 1
        assert reasons(file) == [
            (2, "event_bad_value"),
            (3, "json_malformed"),
            (5, "event_exists"),
        ]
    assert counts(result) == (0, 3, 3)
    assert result.lines[1] == str(tmp_path / "events.jsonl.rejected.jsonl")
    file.write_bytes(lines_of(event))
    assert imported(file).exit_code == 0
    assert [one.name for one in tmp_path.iterdir()] == ["events.jsonl"]


@pytest.mark.django_db
def test_events_belong_to_whom_they_are_imported_for(tmp_path):
    from django.db import connection

    file = tmp_path / "events.jsonl"
    file.write_bytes(lines_of(an_event()))
    imported(file, "district:150105")
    with connection.cursor() as db:
        db.execute(
            "SELECT party, district FROM trace_event UNION SELECT party, district"
            " FROM trace_capture"
        )
        assert db.fetchall() == [("district:150105", "150105")]
    for party in ("nobody", "district:x", "business:999999999", ""):
        with pytest.raises(Refusal, match="no_such_party"):
            imported(file, party)


@pytest.mark.django_db
def test_wrong_events_of_a_file_in_xml_are_told_by_their_lines(tmp_path):
    wrong = an_xml(an_event()).replace(b"OBSERVE", b"LOOK")
    file = tmp_path / "events.xml"
    file.write_bytes(in_xml(*map(an_xml, [an_event(), an_event()]), wrong, an_xml(an_event())))
    result = imported(file)
    [(line, code)] = reasons(file)
    assert counts(result) == (3, 0, 1)
    assert code == "event_bad_value"
    assert b"LOOK" in file.read_bytes().split(b"\n")[line - 1]
    torn = tmp_path / "torn.xml"
    torn.write_bytes(file.read_bytes()[:-30])
    with pytest.raises(Refusal, match="file_torn"):
        imported(torn)
    assert counts(imported(file)) == (0, 3, 1)


@pytest.mark.django_db
def test_a_file_that_cannot_be_read_on_keeps_what_came_before(tmp_path):
    whole = json.dumps(document(*[an_event() for _ in range(5)]), indent=1).encode()
    file = tmp_path / "cut.json"
    file.write_bytes(whole[: whole.rindex(b"bizStep")])
    with pytest.raises(Refusal, match="file_torn"):
        imported(file)
    assert events_of() == 4
    packed = tmp_path / "cut.json.gz"
    packed.write_bytes(gzip.compress(whole)[:-20])
    with pytest.raises(Refusal, match="no_events_file"):
        imported(packed)
    with pytest.raises(Refusal, match="no_events_file"):
        imported(tmp_path / "missing")


# Imports a file and dies at its third batch: before its events go in, or after they went in and
# before the transaction ends, when the file of the rejected is written already.
KILLED = """
import os, signal, sys, argparse, itertools
import django
django.setup()
from pathlib import Path
from mingchu.ops.commands import traces
from mingchu.trace.services import importing
moment, file = sys.argv[1:]
importing.BATCH_EVENTS = 10
times = itertools.count(1)
def dying(act):
    def done(*given):
        if next(times) == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        return act(*given)
    return done
setattr(importing, moment, dying(getattr(importing, moment)))
traces.bring_in(argparse.Namespace(file=Path(file), party="city"))
"""


@pytest.mark.parametrize("moment", ["_stored", "_reach"])
def test_an_import_that_was_killed_goes_on_where_it_was(
    committed, settings, tmp_path, moment, capsys
):
    wrong = [{**an_event(), "action": "LOOK"} for _ in range(5)]
    good = [an_event() for _ in range(45)]
    events = [one for some in zip(*[iter(good)] * 9, wrong, strict=True) for one in some]
    file = tmp_path / "events.jsonl"
    file.write_bytes(lines_of(*events))
    env = {
        **os.environ,
        "MINGCHU_HOME": str(settings.HOME),
        "MINGCHU_DATABASE_URL": committed,
        "DJANGO_SETTINGS_MODULE": "mingchu.site.settings",
    }
    run = [sys.executable, "-c", KILLED, moment, str(file)]
    died = subprocess.run(run, env=env, cwd=ROOT, check=False)
    left = events_of(), events_of("capture"), events_of("import")
    result = imported(file)
    assert died.returncode == -signal.SIGKILL
    assert left == (18, 2, 1)
    assert counts(result) == (45, 0, 5)
    assert (events_of(), events_of("key"), events_of("import")) == (45, 45, 0)
    assert [line for line, _code in reasons(file)] == [10, 20, 30, 40, 50]
    assert "20" in capsys.readouterr().err

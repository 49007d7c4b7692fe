"""Comparing: two kept heads against the leaves of their log; what is gone is counted."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from mingchu.base.errors import Refusal
from mingchu.ledger import outside
from mingchu.ledger.domain import LogName
from mingchu.ledger.services import append_to, seal, verify
from mingchu.ops.commands import ledger as commands


@pytest.fixture
def kept(committed, painted, tmp_path: Path) -> list[Path]:
    """A file for each head of a log of ten, then twenty, then thirty entries."""
    files = []
    for number in range(3):
        painted(10)
        seal()
        files.append(tmp_path / f"{number}.json")
        files[-1].write_bytes(outside.path_of("journal").read_bytes().splitlines()[-1])
    return files


def compared(old: Path, new: Path) -> dict:
    said = commands.log_verify(argparse.Namespace(old=old, new=new))
    assert (said.exit_code == 0) == said.data["ok"]
    return said.data


def test_a_log_that_only_grew_kept_everything(kept):
    assert compared(kept[0], kept[2]) == {"ok": True, "size": 30, "removed": 0}
    assert compared(kept[1], kept[1]) == {"ok": True, "size": 20, "removed": 0}


def test_of_a_file_with_several_heads_the_newest_counts(kept, tmp_path):
    everything = tmp_path / "all.jsonl"
    everything.write_bytes(outside.path_of("journal").read_bytes())

    assert compared(kept[0], everything) == {"ok": True, "size": 30, "removed": 0}


def test_leaves_that_are_gone_are_counted(kept, intruder):
    intruder.does("DELETE FROM ledger_leaf WHERE seq IN (3, 7, 25)")

    assert compared(kept[0], kept[2]) == {"ok": False, "size": 30, "removed": 2}
    assert compared(kept[2], kept[2]) == {"ok": False, "size": 30, "removed": 3}


def test_an_altered_leaf_is_no_missing_one(kept, intruder):
    intruder.does(
        "UPDATE ledger_leaf SET hash = set_byte(hash, 0, get_byte(hash, 0) # 1) WHERE seq = 3"
    )

    assert compared(kept[0], kept[1]) == {"ok": False, "size": 20, "removed": 0}


def test_a_log_that_was_set_back_and_signed_again_lost_its_tail(kept, painted, intruder, tmp_path):
    intruder.does(
        "DELETE FROM ledger_leaf WHERE seq > 10", "DELETE FROM ledger_head WHERE size > 10"
    )
    painted(4)
    seal()
    later = tmp_path / "later.json"
    later.write_bytes(outside.path_of("journal").read_bytes().splitlines()[-1])

    assert compared(kept[2], later) == {"ok": False, "size": 14, "removed": 16}


def test_a_head_somebody_made_up_proves_nothing(kept, tmp_path):
    head = json.loads(kept[0].read_text())
    made_up = tmp_path / "made_up.json"
    made_up.write_text(json.dumps({**head, "signature": "00" * 64}))

    assert compared(made_up, kept[1])["ok"] is False


def test_heads_given_the_wrong_way_round_or_of_two_logs_are_refused(kept, tmp_path):
    append_to(LogName.DRAWS, _an_id(), b"x" * 32)
    seal()
    draws = outside.path_of("draws")

    with pytest.raises(Refusal, match="heads_swapped"):
        compared(kept[2], kept[0])
    with pytest.raises(Refusal, match="heads_of_different_logs"):
        compared(kept[0], draws)
    with pytest.raises(Refusal, match="no_head_in_file"):
        verify(draws)


def _an_id():
    from mingchu.base.ids import new_id

    return new_id()

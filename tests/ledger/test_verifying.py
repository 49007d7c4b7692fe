"""Verifying: whatever somebody with all rights on the database does, it is found and named."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from mingchu.base.errors import Refusal
from mingchu.ledger import outside
from mingchu.ledger.domain import Found
from mingchu.ledger.merkle import Hashing
from mingchu.ledger.models import Entry, Head, Leaf
from mingchu.ledger.services import seal, verify
from mingchu.ledger.services.verifying import content_digest
from mingchu.ops.commands import ledger as commands

_SWAP = """
    UPDATE ledger_leaf SET seq = -seq WHERE seq IN ({0}, {1});
    UPDATE ledger_leaf SET seq = {1} WHERE seq = -{0};
    UPDATE ledger_leaf SET seq = {0} WHERE seq = -{1}
"""


@pytest.fixture
def batches(committed, painted) -> list[Entry]:
    """Twenty entries in two batches of ten, each with its head."""
    first = painted(10)
    seal()
    second = painted(10)
    seal()
    return [*first, *second]


def test_an_untouched_ledger_is_whole(batches, painted):
    painted(3)

    verdict = verify()

    assert verdict.ok
    assert (verdict.entries, verdict.unsealed) == (23, 3)
    assert verdict.head is not None
    assert verdict.head.size == 20


def test_an_empty_ledger_is_whole(committed):
    assert verify().ok


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("data", "replace(data, 'blue', 'bluf')"),
        ("actor", "'user:9'"),
        ("cause", "id"),
        ("city_time", "city_time + interval '1 microsecond'"),
        ("digest", "set_byte(digest, 3, get_byte(digest, 3) # 1)"),
    ],
)
def test_one_altered_byte_is_found_where_it_is(batches, intruder, column, value):
    intruder.does(f"UPDATE ledger_entry SET {column} = {value} WHERE id = '{batches[6].id}'")

    assert verify().fault == Found(7, "altered")


def test_a_content_altered_together_with_its_digest_is_found(batches, intruder):
    other = batches[12]
    other.actor = "user:9"
    forged = content_digest(other).hex()
    intruder.does(
        f"UPDATE ledger_entry SET actor = 'user:9', digest = '\\x{forged}' WHERE id = '{other.id}'"
    )

    assert verify().fault == Found(13, "altered")


def test_a_content_altered_up_to_its_leaf_is_found_by_the_head(batches, intruder):
    other = batches[12]
    other.actor = "user:9"
    forged = content_digest(other)
    leaf = Hashing().leaf(forged).hex()
    intruder.does(
        f"UPDATE ledger_entry SET actor = 'user:9', digest = '\\x{forged.hex()}'"
        f" WHERE id = '{other.id}'",
        f"UPDATE ledger_leaf SET hash = '\\x{leaf}' WHERE seq = 13",
    )

    assert verify().fault == Found(11, "altered")


def test_a_removed_entry_is_missed_at_its_number(batches, intruder):
    intruder.does(f"DELETE FROM ledger_entry WHERE id = '{batches[4].id}'")

    assert verify().fault == Found(5, "removed")


def test_an_entry_removed_with_its_leaf_is_missed_at_its_number(batches, intruder):
    intruder.does(
        f"DELETE FROM ledger_entry WHERE id = '{batches[4].id}'",
        "DELETE FROM ledger_leaf WHERE seq = 5",
    )

    assert verify().fault == Found(5, "removed")


def test_an_entry_taken_out_of_the_queue_is_missed(batches, painted, intruder):
    painted(1)
    intruder.does("DELETE FROM ledger_waiting")

    assert verify().fault == Found(None, "removed")


def test_two_entries_that_changed_places_are_found(batches, intruder):
    first, second = batches[2].id, batches[15].id
    intruder.does(
        "ALTER TABLE ledger_leaf DROP CONSTRAINT ledger_leaf_once",
        f"UPDATE ledger_leaf SET item = CASE item WHEN '{first}' THEN '{second}'::uuid"
        f" ELSE '{first}'::uuid END WHERE item IN ('{first}', '{second}')",
    )

    assert verify().fault == Found(3, "reordered")


@pytest.mark.parametrize(("one", "other", "found"), [(3, 7, 4), (3, 15, 4), (10, 20, 10)])
def test_two_leaves_that_changed_places_are_found(batches, intruder, one, other, found):
    intruder.does(*_SWAP.format(one, other).split(";"))

    assert verify().fault == Found(found, "reordered")


def test_a_cut_tail_is_found_by_the_head_in_the_database(batches, intruder):
    _cut(intruder, batches, heads=False)

    assert verify().fault == Found(16, "cut")


def test_a_tail_cut_with_its_heads_is_found_by_the_copies_outside(batches, intruder):
    _cut(intruder, batches, heads=True, down_to=10)

    assert verify().fault == Found(11, "cut")


def test_a_tail_cut_everywhere_here_is_found_by_a_head_kept_elsewhere(batches, intruder, tmp_path):
    kept = tmp_path / "kept.json"
    path = outside.path_of("journal")
    lines = path.read_bytes().splitlines(keepends=True)
    kept.write_bytes(lines[-1])
    _cut(intruder, batches, heads=True, down_to=10)
    path.write_bytes(lines[0])

    assert verify().ok
    assert verify(kept).fault == Found(11, "cut")


def _cut(intruder, entries: list[Entry], *, heads: bool, down_to: int = 15) -> None:
    gone = ", ".join(f"'{entry.id}'" for entry in entries[down_to:])
    intruder.does(
        f"DELETE FROM ledger_entry WHERE id IN ({gone})",
        f"DELETE FROM ledger_leaf WHERE seq > {down_to}",
        *([f"DELETE FROM ledger_head WHERE size > {down_to}"] if heads else []),
    )


def test_a_rewritten_past_needs_a_key_the_database_does_not_hold(batches, intruder):
    intruder.does(
        "UPDATE ledger_head SET signature = set_byte(signature, 5, get_byte(signature, 5) # 1)"
    )

    assert verify().fault == Found(10, "head")


def test_leaves_no_head_commits_to_are_found(batches, intruder):
    outside.path_of("journal").unlink()
    intruder.does("DELETE FROM ledger_head WHERE size = 20")

    assert verify().fault == Found(11, "head")


def test_a_restored_older_database_is_told_from_the_heads_outside(batches, painted, intruder):
    _cut(intruder, batches, heads=True, down_to=10)
    intruder.does("DELETE FROM ledger_waiting")
    painted(12)
    seal()

    assert [head.size for head in outside.read(outside.path_of("journal"))] == [10, 20, 22]
    assert verify().fault == Found(11, "cut")


def test_the_command_prints_what_the_contract_says(batches, intruder):
    said = commands.verify(argparse.Namespace(head=None))

    assert said.ok
    assert set(said.data) == {"ok", "entries", "unsealed", "head", "fault"}
    assert said.data["fault"] is None
    assert set(said.data["head"]) >= {"size", "root", "signature", "key_id"}
    json.dumps(said.data)

    intruder.does(f"DELETE FROM ledger_entry WHERE id = '{batches[4].id}'")
    said = commands.verify(argparse.Namespace(head=None))
    assert (said.ok, said.data["fault"]) == (False, {"seq": 5, "kind": "removed"})


def test_a_file_without_a_head_is_no_passed_check(committed, tmp_path: Path):
    (tmp_path / "empty").write_text("nothing")

    with pytest.raises(Refusal, match="no_head_in_file"):
        verify(tmp_path / "empty")
    assert (Head.objects.count(), Leaf.objects.count()) == (0, 0)

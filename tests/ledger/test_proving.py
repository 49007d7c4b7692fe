"""Proving one entry: what holds is said step by step, and whatever was tampered with shows."""

from __future__ import annotations

import pytest

from mingchu.ledger.models import Entry
from mingchu.ledger.services import prove, seal


@pytest.fixture
def entry(committed, painted) -> Entry:
    entries = painted(300)
    seal(batch=100)
    return entries[120]


def again(entry: Entry) -> Entry:
    return Entry.objects.get(id=entry.id)


def test_a_sealed_entry_is_proved_under_the_newest_head_and_names_the_one_that_sealed_it(entry):
    proof = prove(again(entry))

    assert proof.ok
    assert proof.sealed is not None
    assert proof.head is not None
    assert (proof.sealed.size, proof.head.size) == (200, 300)


@pytest.mark.django_db
def test_an_entry_that_waits_is_whole_but_not_proved_yet(painted):
    [waiting] = painted(1)

    proof = prove(again(waiting))

    assert proof.waits
    assert not proof.ok


def test_an_altered_content_does_not_fit_its_digest(entry, intruder):
    intruder.does(f"UPDATE ledger_entry SET actor = 'user:9' WHERE id = '{entry.id}'")

    proof = prove(again(entry))

    assert not proof.content
    assert not proof.ok


def test_a_forged_digest_does_not_lead_to_the_head(entry, intruder):
    from mingchu.ledger.services.verifying import content_digest

    entry.actor = "user:9"
    forged = content_digest(entry).hex()
    intruder.does(
        f"UPDATE ledger_entry SET actor = 'user:9', digest = '\\x{forged}' WHERE id = '{entry.id}'"
    )

    proof = prove(again(entry))

    assert proof.content
    assert not proof.included


def test_leaves_that_are_gone_leave_nothing_to_prove(entry, intruder):
    intruder.does("DELETE FROM ledger_leaf WHERE seq = 122")

    assert not prove(again(entry)).included


def test_a_forged_head_is_not_signed(entry, intruder):
    flipped = "set_byte(signature, 5, get_byte(signature, 5) # 1)"
    intruder.does(f"UPDATE ledger_head SET signature = {flipped} WHERE size = 300")

    proof = prove(again(entry))

    assert proof.included
    assert not proof.signed

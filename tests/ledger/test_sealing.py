"""Sealing: gapless, ordered, once; signed heads here and outside; whatever happens to it."""

from __future__ import annotations

import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from mingchu.ledger import outside, queries
from mingchu.ledger.domain import LogName
from mingchu.ledger.keys import HEADS, is_signed
from mingchu.ledger.merkle import Growing, Hashing, verify_consistency, verify_inclusion
from mingchu.ledger.models import Entry, Head, Leaf, Node, Waiting
from mingchu.ledger.services import append_to, publish_heads, seal, verify


def roots() -> list[tuple[int, str]]:
    return [(head.size, head.root) for head in outside.read(outside.path_of("journal"))]


@pytest.mark.django_db
def test_entries_are_numbered_without_gaps_in_the_order_they_were_made(painted):
    first, second = painted(3), painted(4)

    assert seal(batch=2) == 7

    leaves = Leaf.objects.order_by("seq").values_list("seq", "item")
    assert list(leaves) == list(enumerate((entry.id for entry in [*first, *second]), 1))
    assert not Waiting.objects.exists()
    assert [size for size, _ in roots()] == [2, 4, 6, 7]


@pytest.mark.django_db
def test_a_sealed_log_is_the_tree_of_its_entries_digests(painted):
    entries = painted(300)
    seal(batch=70)
    hashing = Hashing()
    tree = Growing(hashing)
    list(tree.extend(hashing.leaf(entry.digest) for entry in entries))

    head = queries.latest_head()

    assert head is not None
    assert (head.size, bytes(head.root)) == (300, tree.root())
    assert bytes(head.peaks) == b"".join(tree.peaks)
    assert Node.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("seq", [1, 2, 255, 256, 257, 512, 599, 600])
def test_every_entry_can_be_proved_under_every_later_head(painted, seq):
    entries = painted(600)
    seal(batch=200)

    for head in Head.objects.all():
        if head.size < seq:
            continue
        path = queries.inclusion(head, seq)
        hashing = Hashing(head.algorithm)
        leaf = hashing.leaf(entries[seq - 1].digest)
        assert verify_inclusion(hashing, leaf, seq - 1, head.size, path, bytes(head.root))


@pytest.mark.django_db
def test_each_head_can_be_proved_to_go_on_from_each_before_it(painted):
    painted(600)
    seal(batch=90)

    heads = list(Head.objects.order_by("size"))
    for old in heads:
        for new in [head for head in heads if head.size >= old.size]:
            path = queries.consistency(old.size, new)
            sizes, pair = (old.size, new.size), (bytes(old.root), bytes(new.root))
            assert verify_consistency(Hashing(new.algorithm), *sizes, *pair, path)


@pytest.mark.django_db
def test_heads_are_signed_by_a_key_that_only_the_house_reads(painted, home):
    painted(1)
    seal()

    [head] = outside.read(outside.path_of("journal"))
    [secret] = (home / "keys").glob("heads-*.key")
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert is_signed(HEADS.opened(), head)
    assert head.key_id in secret.name


@pytest.mark.django_db
def test_after_a_rotation_the_new_key_signs_and_old_heads_still_check(painted):
    for _ in range(2):
        painted(1)
        seal()
        HEADS.rotate()

    heads = list(outside.read(outside.path_of("journal")))
    assert len({head.key_id for head in heads}) == 2
    assert all(is_signed(HEADS.opened(), head) for head in heads)


@pytest.mark.django_db
def test_logs_are_kept_apart(painted):
    [entry] = painted(1)
    append_to(LogName.DRAWS, entry.id.__class__(int=1), b"x" * 32)

    assert seal() == 2

    assert {(leaf.log, leaf.seq) for leaf in Leaf.objects.all()} == {("journal", 1), ("draws", 1)}
    assert outside.last("draws") != outside.last("journal")


@pytest.mark.django_db
def test_a_log_keeps_its_algorithm_when_the_setting_changes(painted, settings):
    painted(3)
    seal()
    settings.DIGEST = "sm3"
    painted(2)
    seal()

    assert set(Head.objects.values_list("algorithm", flat=True)) == {"sha256"}
    assert Entry.objects.filter(algorithm="sm3").count() == 2


def test_what_is_not_committed_is_not_sealed(committed, painted):
    painted(1)
    with transaction.atomic():
        painted(2)
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(_seal_elsewhere).result() == 1
    assert seal() == 2
    assert list(Leaf.objects.order_by("seq").values_list("seq", flat=True)) == [1, 2, 3]


def _seal_elsewhere() -> int:
    try:
        return seal()
    finally:
        connection.close()


def test_two_sealers_at_once_seal_everything_once(committed, painted):
    painted(3000)

    with ThreadPoolExecutor(4) as pool:
        sealed = list(pool.map(lambda _: _seal_many(), range(4)))

    assert sum(sealed) + seal() == 3000
    assert verify().ok


def _seal_many() -> int:
    try:
        return sum(seal(batch=100) for _ in range(5))
    finally:
        connection.close()


def test_a_head_that_never_reached_the_disk_is_written_by_the_next_start(committed, painted):
    painted(2)
    seal()
    path = outside.path_of("journal")
    before = path.read_bytes()
    painted(1)
    seal()
    path.write_bytes(before + b'{"log":"journal","si')

    publish_heads()

    assert [size for size, _ in roots()] == [2, 3]
    assert verify().ok


KILLED = """
import os, signal, sys
from django.conf import settings
from mingchu.ops import home
home.configure()
from django.db import connection, transaction
from mingchu.ledger import services
from mingchu.ledger.services import sealing
from mingchu.accounts.events import TokenRevoked

def die(*_given):
    os.kill(os.getpid(), signal.SIGKILL)

def writing():
    with transaction.atomic():
        services.record_many(TokenRevoked(subject="t:1", token_id=str(n)) for n in range(50))
        die()

def sealing_leaves():
    sealing._sign = die
    services.seal()

def publishing():
    sealing._publish = die
    services.seal()

{"writing": writing, "sealing": sealing_leaves, "publishing": publishing}[sys.argv[1]]()
"""


@pytest.mark.parametrize(("moment", "sealed"), [("writing", 0), ("sealing", 0), ("publishing", 40)])
def test_a_process_killed_in_the_midst_leaves_a_whole_ledger(
    committed, painted, home, moment, sealed
):
    painted(40)
    died = subprocess.run(
        [sys.executable, "-c", KILLED, moment],
        env={"MINGCHU_HOME": str(home), "MINGCHU_DATABASE_URL": committed},
        capture_output=True,
        text=True,
        check=False,
    )
    assert died.returncode == -9, died.stderr

    assert (Entry.objects.count(), Leaf.objects.count()) == (40, sealed)
    publish_heads()
    assert seal() == 40 - sealed
    assert verify().ok
    assert roots()[-1][0] == 40

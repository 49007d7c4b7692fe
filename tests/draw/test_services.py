"""A draw in the house: committed before chance speaks, altered by nobody, laid open in the end."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError, connection, transaction
from drawing import FELL, SUBJECTS, drawn, frozen

from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.draw import queries, services
from mingchu.draw.models import DrawFile, DrawState
from mingchu.draw.outside import drand
from mingchu.ledger.models import Entry
from mingchu.ledger.services import seal

pytestmark = pytest.mark.django_db

ROUND, SIGNATURE = (
    657413,
    (
        "b713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be"
        "41076862b98fad56e91a6b85b89cd97b"
    ),
)
BEFORE_THE_ROUND = datetime(2023, 9, 15, 10, 30, tzinfo=UTC)


def refused_by_the_database(sql: str) -> None:
    refused = pytest.raises(DatabaseError, match=r"stand|never deleted")
    with refused, transaction.atomic(), connection.cursor() as db:
        db.execute(sql)


def test_numbers_have_no_gap_and_a_void_draw_keeps_its_own():
    one, two = frozen(), frozen()
    services.void(draw=one, reason="名单有误")
    assert [draw.number[-4:] for draw in (one, two, frozen())] == ["0001", "0002", "0003"]
    assert [draw.state for draw in queries.register()][-1] == DrawState.VOID


def test_a_frozen_list_that_was_wrong_is_thawed_and_keeps_the_number():
    one = frozen()
    thawed = services.thaw(draw=one, reason="漏了一户")
    assert (thawed.state, thawed.number) == (DrawState.DRAFT, one.number)
    assert not thawed.files.exists()


def test_the_nonce_cannot_be_read_out_of_the_tables():
    committed = services.commit(draw=frozen())
    with connection.cursor() as db:
        db.execute("SELECT * FROM draw_draw WHERE id = %s", [committed.pk])
        told = str(db.fetchone())
    from mingchu.draw.services.concluding import nonce_of

    assert nonce_of(committed).hex() not in told
    assert committed.seed == ""


def test_nothing_is_drawn_before_the_commitment_and_nothing_twice():
    one = frozen()
    with pytest.raises(Refusal, match="名单已锁定"):
        services.conclude(draw=one, found=[FELL])
    services.conclude(draw=services.commit(draw=one), found=[FELL])
    with pytest.raises(Refusal, match="已抽取"):
        services.conclude(draw=one, found=[{**FELL, "throws": "0" * 20}])


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE draw_draw SET commitment = repeat('0', 64)",
        "UPDATE draw_draw SET secret = ''",
        "UPDATE draw_draw SET committed_at = now()",
        "UPDATE draw_draw SET number = '2026-0099'",
        "UPDATE draw_drawfile SET data = 'x'",
        "DELETE FROM draw_drawfile",
        "INSERT INTO draw_drawfile (draw_id, name, data) SELECT id, 'more', 'x' FROM draw_draw",
        "DELETE FROM draw_draw",
    ],
)
def test_after_the_commitment_no_sql_of_the_app_alters_anything(sql):
    services.commit(draw=frozen())
    refused_by_the_database(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE draw_draw SET seed = repeat('0', 64)",
        "UPDATE draw_draw SET found = '[]'",
        "INSERT INTO draw_drawfile (draw_id, name, data) SELECT id, 'other', 'x' FROM draw_draw",
    ],
)
def test_after_the_draw_no_sql_of_the_app_alters_the_result(sql):
    drawn()
    refused_by_the_database(sql)


def test_chance_has_to_come_from_where_it_was_announced():
    one = services.commit(draw=frozen())
    with pytest.raises(Refusal, match="与公布的不符"):
        services.conclude(draw=one, found=[{"kind": "dice", "throws": "123"}])
    with pytest.raises(Refusal, match="与公布的不符"):
        services.conclude(draw=one, found=[])


def announced_round(number: int = ROUND) -> dict[str, object]:
    return {
        "kind": "drand", "round": number, "chain": drand.QUICKNET,
        "genesis": drand.QUICKNET_GENESIS, "period": drand.QUICKNET_PERIOD, "lead": 60,
    }  # fmt: skip


def test_a_round_that_is_already_known_is_refused_at_the_commitment():
    one = frozen(announced=[announced_round()])
    with pytest.raises(Refusal, match="已经产生"):
        services.commit(draw=one)


def test_a_round_is_taken_in_only_with_its_signature():
    with clock.at(BEFORE_THE_ROUND):
        one = services.commit(draw=frozen(announced=[announced_round()]))
    seen = {"kind": "drand", "round": ROUND, "signature": SIGNATURE}
    with pytest.raises(Refusal, match="签名"):
        services.conclude(draw=one, found=[{**seen, "signature": "97" + SIGNATURE[2:]}])
    assert services.conclude(draw=one, found=[seen]).state == DrawState.DRAWN


def test_who_is_closed_is_replaced_by_the_next_and_that_one_again():
    one = drawn()
    first = json.loads(bytes(one.files.get(name="result.json").data))["drawn"][0][3]
    stand = services.stand_in(draw=one, out=first, reason="closed")
    again = services.stand_in(draw=one, out=stand.into, reason="moved")
    assert len({first, stand.into, again.into}) == 3
    with pytest.raises(Refusal, match="没有抽中"):
        services.stand_in(draw=one, out=first, reason="closed")
    with pytest.raises(Refusal, match="没有抽中"):
        services.stand_in(draw=one, out="s999", reason="closed")


@pytest.mark.parametrize("algorithm", ["sha256", "sm3"])
def test_the_bundle_is_given_out_when_the_draw_is_revealed_and_replays(tmp_path, algorithm):
    one = drawn(algorithm=algorithm)
    with pytest.raises(Refusal, match="还没有公开"):
        services.bundle_of(one)
    first = json.loads(bytes(one.files.get(name="result.json").data))["drawn"][0][3]
    services.stand_in(draw=one, out=first, reason="closed")
    one = services.reveal(draw=one)
    seal()
    files = services.bundle_of(one)
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    done = subprocess.run(
        [sys.executable, "-I", str(tmp_path / "verify.py")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert files["result.json"] == bytes(DrawFile.objects.get(draw=one, name="result.json").data)


def test_a_draw_that_is_revealed_late_says_so():
    one = drawn(reveal_by=date(2026, 11, 20))
    with clock.at(clock.midnight(date(2026, 11, 22))):
        services.reveal(draw=one)
    assert '"late":true' in Entry.objects.get(kind="draw.draw_revealed").data


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"announced": []}, "随机源"),
        ({"rates": {}}, "抽不到"),
        ({"subjects": [*SUBJECTS, SUBJECTS[0]]}, "twice"),
        ({"total": 99}, "total"),
    ],
)
def test_a_frame_that_cannot_be_drawn_is_refused_before_it_is_frozen(more, said):
    with pytest.raises(Refusal, match=said):
        frozen(**more)
    assert not DrawFile.objects.exists()

"""Before chance speaks nobody learns the result, after the commitment nobody changes the pool.

By no page, by no program, by no SQL that the house's own role may run.
"""

from __future__ import annotations

import json

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from drawing import SUBJECTS, committed, drawn, joined, the_lead
from program import Program

from mingchu.accounts import services as accounts
from mingchu.accounts.domain import CITY
from mingchu.draw import services
from mingchu.draw.models import Draw
from mingchu.draw.services.concluding import nonce_of

pytestmark = pytest.mark.django_db


def files_of(draw: Draw) -> dict[str, bytes]:
    return {one.name: bytes(one.data) for one in draw.files.all()}


def an_officer() -> Client:
    user = accounts.enrol_person(username="officer", name="经办")
    accounts.give_post(user=user, role="city", scope=CITY)
    client = Client()
    client.force_login(user, backend="mingchu.accounts.backends.Backend")
    return client


def in_any_table(text: str) -> list[str]:
    """Tables in which a text stands, in any column, as text or as bytes."""
    with connection.cursor() as db:
        db.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        names = [name for (name,) in db.fetchall()]
        found = []
        for name in names:
            db.execute(f'SELECT 1 FROM "{name}" t WHERE t::text LIKE %s LIMIT 1', [f"%{text}%"])  # noqa: S608
            found += [name] if db.fetchone() else []
    return found


def test_neither_nonce_nor_seed_stands_in_any_table_before_chance_has_spoken():
    draw = committed()
    assert in_any_table(draw.commitment) != []
    assert in_any_table(nonce_of(draw).hex()) == []
    assert (draw.seed, draw.found) == ("", None)
    assert "result.json" not in files_of(draw)


def test_no_page_tells_a_result_before_there_is_one():
    draw, officer = committed(), an_officer()
    sealed = nonce_of(draw).hex()
    for path in ("", "/tasks", "/routes", "/record.pdf"):
        answer = officer.get(f"/w/draws/{draw.number}{path}")
        assert answer.status_code == (404 if path in ("/tasks", "/routes") else 200)
        assert sealed.encode() not in answer.content
    for path in ("", "/bundle.zip", "/commitment.json"):
        assert sealed.encode() not in Client().get(f"/draws/{draw.number}{path}").content


def test_no_program_is_told_a_result_before_there_is_one():
    draw, office = committed(), Program("city", CITY)
    assert office.get(f"draws/{draw.number}/result").status_code == 409
    told = office.get(f"draws/{draw.number}").json()
    assert (told["seed"], told["selected"], told["pairs"], told["beacon"]["found"]) == (None,) * 4
    assert nonce_of(draw).hex() not in office.get(f"draws/{draw.number}/steps").content.decode()


@pytest.mark.parametrize("act", ["freeze", "thaw", "commit"])
def test_no_page_changes_the_pool_after_the_commitment(act):
    draw = committed()
    before = files_of(draw)
    an_officer().post(f"/w/draws/{draw.number}/{act}", {"reason": "换一份名单"}, follow=True)
    draw.refresh_from_db()
    assert (draw.state, files_of(draw)) == ("committed", before)


def test_no_program_changes_the_pool_after_the_commitment():
    draw, office = committed(), Program("city", CITY)
    before = files_of(draw)
    row = {"id": "s1", "district": "150102", "kind": "caterer", "tier": "t1"}
    said = {
        "subjects": [row], "inspectors": [], "rates": [], "beacons": [],
        "reveal_by": "2027-01-01",
    }  # fmt: skip
    assert office.post(f"draws/{draw.number}/freeze", said).status_code == 409
    assert office.post(f"draws/{draw.number}/thaw", {"reason": "x"}).status_code == 409
    assert office.post(f"draws/{draw.number}/commit", {}).status_code == 409
    assert files_of(draw) == before


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE draw_draw SET state = 'draft'",
        "UPDATE draw_draw SET state = 'frozen'",
        "UPDATE draw_draw SET commitment = ''",
        "UPDATE draw_draw SET lead_id = NULL, reveal_by = now()",
        "UPDATE draw_drawfile SET data = 'x' WHERE name = 'subjects.tsv'",
        "DELETE FROM draw_drawfile WHERE name = 'subjects.tsv'",
        "INSERT INTO draw_drawfile (draw_id, name, data) SELECT id, 'y.tsv', 'x' FROM draw_draw",
        "UPDATE draw_salts SET secret = ''",
        "DELETE FROM draw_salts",
        "TRUNCATE draw_drawfile",
        "TRUNCATE draw_draw CASCADE",
        "ALTER TABLE draw_drawfile DISABLE TRIGGER ALL",
        "DROP TRIGGER stands ON draw_drawfile",
        "SET LOCAL session_replication_role = replica",
        "DROP FUNCTION draw_file_stands() CASCADE",
        "ALTER TABLE draw_drawfile RENAME TO gone",
        "DELETE FROM ledger_entry WHERE kind LIKE 'draw.%'",
        "UPDATE ledger_entry SET data = '{}' WHERE kind = 'draw.draw_committed'",
        "DELETE FROM ledger_leaf WHERE log = 'draws'",
    ],
)
def test_no_sql_of_the_houses_own_role_gets_around_it(sql):
    draw = committed()
    before = files_of(draw)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as db:
        db.execute(sql)
    draw.refresh_from_db()
    assert (draw.state, files_of(draw)) == ("committed", before)


def test_what_stood_in_is_not_altered_by_sql_either():
    draw = drawn()
    services.stand_in(draw=draw, out=first_of(draw), reason="closed")
    for sql in ("UPDATE draw_stand SET into = 's1'", "DELETE FROM draw_stand"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as db:
            db.execute(sql)


def first_of(draw: Draw) -> str:
    return json.loads(files_of(draw)["result.json"])["tasks"][0]["subject"]


def test_the_seed_of_a_joint_draw_stands_nowhere_before_its_lead_is_drawn():
    lead = the_lead()
    other = services.commit(draw=joined(lead))
    assert in_any_table(nonce_of(lead).hex()) == in_any_table(nonce_of(other).hex()) == []


def test_a_page_shows_no_row_of_the_pool_to_anybody():
    draw = committed()
    shown = an_officer().get(f"/w/draws/{draw.number}").content.decode()
    assert not any(row.id in shown for row in SUBJECTS)

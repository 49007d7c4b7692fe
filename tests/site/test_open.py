"""The ledger in the open: heads to keep, proofs for programs, and the checker anybody may run."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test import Client
from live import served

from mingchu.accounts.events import TokenRevoked
from mingchu.base.ids import new_id
from mingchu.ledger.domain import LogName
from mingchu.ledger.merkle import Growing, Hashing
from mingchu.ledger.models import Entry, Head
from mingchu.ledger.services import append_to, record_many, seal, verify
from mingchu.site.ledger import check


@pytest.fixture(autouse=True)
def home(settings, tmp_path: Path) -> Path:
    settings.HOME = tmp_path
    settings.ALLOWED_HOSTS = ["*"]
    return tmp_path


def acts(count: int) -> list[Entry]:
    """So many acts, sealed under a head of their own."""
    with transaction.atomic():
        made = record_many(
            TokenRevoked(subject=f"token:{n}", token_id=str(n)) for n in range(count)
        )
    seal()
    return made


# What a page says


@pytest.mark.django_db
def test_the_open_page_shows_the_newest_head_to_the_letter_and_the_front_door_leads_there(client):
    acts(3)
    head = Head.objects.get()

    page = client.get("/open/").content.decode()

    for told in (bytes(head.root).hex(), bytes(head.signature).hex(), head.key_id):
        assert told in page
    assert bytes(head.root).hex() in client.get("/").content.decode()


@pytest.mark.django_db
def test_an_empty_ledger_has_a_page_too(client):
    for path in ("/open/", "/open/heads", "/open/entry", "/open/heads.jsonl"):
        assert client.get(path).status_code == 200


@pytest.mark.django_db
def test_somebody_finds_his_entry_by_its_id_and_a_wrong_one_is_told_why(client):
    entry = acts(5)[2]

    found = client.get("/open/entry", {"id": f" {entry.id} "})
    assert found.status_code == 200
    assert "第 3 条" in found.content.decode()

    for item, status in ((new_id(), 404), ("abc", 400)):
        answer = client.get("/open/entry", {"id": item})
        assert answer.status_code == status
        assert "notice--bad" in answer.content.decode()


@pytest.mark.django_db
def test_what_an_entry_says_is_nowhere_in_the_open(client):
    entry = acts(1)[0]
    asked = {"id": entry.id}

    told = [client.get(path, asked).content.decode() for path in ("/open/entry", INCLUSION)]
    by_index = client.get(INCLUSION, {"leaf_index": 0}).content.decode()

    assert not any("token:" in answer or "token_revoked" in answer for answer in told)
    # The id is what keeps a content from being guessed, so only who knows it hears it again.
    assert str(entry.id) not in by_index


@pytest.mark.django_db
def test_heads_go_on_page_by_page_and_the_file_holds_them_all(client):
    for _ in range(55):
        acts(1)

    first = client.get("/open/heads").content.decode()
    second = client.get("/open/heads?before=6").content.decode()
    lines = client.get("/open/heads.jsonl").content.splitlines()

    assert "before=6" in first
    assert first.count("tree_size=") == 50
    assert second.count("tree_size=") == 5
    assert [json.loads(line)["size"] for line in lines] == list(range(1, 56))


def test_a_downloaded_file_of_heads_is_what_the_command_takes(committed, tmp_path):
    acts(2)
    acts(2)
    file = tmp_path / "kept.jsonl"
    file.write_bytes(Client().get("/open/heads.jsonl").content)

    assert verify(file).ok


@pytest.mark.django_db
def test_keys_are_told_for_programs_and_for_other_programs(client):
    acts(1)
    [key] = client.get("/open/keys.json").json()["keys"]

    assert key["key_id"] == Head.objects.get().key_id
    assert key["pem"] in client.get("/open/keys.pem").content.decode()


# What programs are told

HEAD, INCLUSION, CONSISTENCY = "/open/log/head", "/open/log/inclusion", "/open/log/consistency"


@pytest.mark.django_db
def test_a_head_can_be_had_by_its_size(client):
    acts(2)
    acts(3)

    assert client.get(HEAD).json()["size"] == 5
    assert client.get(HEAD, {"tree_size": 2}).json()["size"] == 2
    assert client.get(HEAD, {"tree_size": 3}).json()["code"] == "no_head_of_this_size"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "asked", "status", "code"),
    [
        (HEAD, {"log": "minutes"}, 404, "unknown_log"),
        (HEAD, {"log": "draws"}, 404, "no_head_yet"),
        (HEAD, {"tree_size": "0"}, 400, "bad_tree_size"),
        (HEAD, {"tree_size": "9" * 40}, 400, "bad_tree_size"),
        (HEAD, {"tree_size": "\uff11"}, 400, "bad_tree_size"),
        (INCLUSION, {}, 400, "bad_entry_id"),
        (INCLUSION, {"id": "018f0000-0000-7000-8000-000000000000"}, 404, "not_in_log"),
        (INCLUSION, {"leaf_index": "5"}, 400, "bad_leaf_index"),
        (INCLUSION, {"leaf_index": "4", "tree_size": "2"}, 400, "bad_leaf_index"),
        (CONSISTENCY, {}, 400, "bad_tree_size"),
        (CONSISTENCY, {"first": "-1"}, 400, "bad_tree_size"),
        (CONSISTENCY, {"first": "4", "second": "2"}, 400, "bad_tree_size"),
        (CONSISTENCY, {"first": "1", "second": "4"}, 404, "no_head_of_this_size"),
    ],
)
def test_what_cannot_be_answered_is_a_problem_with_its_way_out(client, path, asked, status, code):
    acts(2)
    acts(3)

    answer = client.get(path, asked, headers={"Accept": "text/html"})

    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == code
    assert answer.json()["fix"]


@pytest.mark.django_db
def test_an_entry_sealed_after_a_head_is_not_under_it(client):
    acts(2)
    later = acts(1)[0]

    answer = client.get(INCLUSION, {"id": later.id, "tree_size": 2})

    assert (answer.status_code, answer.json()["code"]) == (404, "sealed_later")


@pytest.mark.django_db
def test_logs_answer_for_themselves(client):
    acts(4)
    item = new_id()
    append_to(LogName.DRAWS, item, b"x" * 32)
    seal()

    mine = client.get(INCLUSION, {"log": "draws", "id": item}).json()

    assert (mine["tree_size"], mine["leaf_index"], mine["inclusion_path"]) == (1, 0, [])
    assert client.get(INCLUSION, {"id": item}).status_code == 404


def test_a_log_with_a_hole_proves_nothing_and_says_so(committed, server):
    import psycopg

    entries = acts(6)
    with psycopg.connect(server.url("postgres", connection.settings_dict["NAME"])) as db:
        db.execute("SET session_replication_role = replica")
        db.execute("DELETE FROM ledger_leaf WHERE seq = 2")

    answer = Client().get(INCLUSION, {"id": entries[0].id})

    assert (answer.status_code, answer.json()["code"]) == (500, "log_incomplete")


# The checker


def leaves(count: int) -> list[bytes]:
    return [hashlib.sha256(bytes([n])).digest() for n in range(count)]


def test_the_checkers_arithmetic_is_that_of_the_server_for_every_leaf_and_size():
    from mingchu.ledger import merkle

    hashing, every = Hashing(), leaves(20)

    def root(start: int, end: int) -> bytes:
        tree = Growing(hashing)
        list(tree.extend(every[start:end]))
        return tree.root()

    for size in range(1, 21):
        for other in range(size):
            path = [root(*r) for r in merkle.inclusion_ranges(other, size)]
            found = check.root_by_inclusion("sha256", every[other], other, size, path)
            assert found == root(0, size)
            path = [root(*r) for r in merkle.consistency_ranges(other + 1, size)]
            kept = root(0, other + 1)
            both = check.roots_by_consistency("sha256", other + 1, size, kept, path)
            assert both == (kept, root(0, size))


@pytest.mark.parametrize("path", [[], [b"x" * 32], [b"x" * 32] * 9])
def test_the_checker_takes_no_path_that_does_not_fit(path):
    kept = leaves(1)[0]
    try:
        roots = check.roots_by_consistency("sha256", 3, 7, kept, path)
    except check.Wrong:
        return
    assert roots[0] != kept


def test_the_checker_is_served_as_it_is_and_needs_nothing_of_ours(client):
    text = client.get("/open/check.py").content.decode()

    assert text == Path(check.__file__).read_text(encoding="utf-8")
    assert "mingchu." not in text
    assert "import django" not in text


@pytest.fixture
def city(committed, home):
    """A city on loopback with two heads, and the file in which somebody kept the first."""
    acts(5)
    kept = home / "kept.jsonl"
    kept.write_bytes(Client().get(HEAD).content + b"\n")
    entries = acts(4)
    with served() as url:
        yield url, kept, entries


def test_a_citizen_keeps_a_head_comes_again_and_finds_all_in_order(city, capsys):
    url, kept, entries = city
    entry = entries[1]

    asked = ["--kept", str(kept), "--keep", str(kept), "--entry", str(entry.id)]
    code = check.main([url, *asked, "--digest", entry.digest.hex()])

    told = capsys.readouterr().out
    assert code == 0, told
    assert "5 entries, now 9" in told
    assert "number 7" in told
    assert told.count("signed by key") == 2
    assert [json.loads(line)["size"] for line in kept.read_text().splitlines()] == [5, 9]


@pytest.mark.parametrize(
    "forged",
    [{"root": "00" * 32}, {"size": 4}, {"size": 700}, {"signature": "00" * 64}, {"key_id": "0"}],
)
def test_a_kept_head_that_does_not_fit_is_reported(city, capsys, forged):
    url, kept, _entries = city
    kept.write_text(json.dumps({**json.loads(kept.read_text()), **forged}))

    assert check.main([url, "--kept", str(kept)]) == 1
    assert "NOT RIGHT" in capsys.readouterr().out


def bare(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The checker under a Python that has its own library and nothing else."""
    return subprocess.run(
        [sys.executable, "-I", "-S", check.__file__, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONIOENCODING": "utf-8", "PYTHONUTF8": "1"},
    )


def test_on_a_bare_python_hashes_alone_must_tell(city):
    url, kept, _entries = city

    told = bare(url, "--kept", str(kept))
    assert told.returncode == 0, told.stderr
    assert "signature not checked" in told.stdout

    kept.write_text(json.dumps({**json.loads(kept.read_text()), "root": "00" * 32}))
    told = bare(url, "--kept", str(kept))
    assert told.returncode == 1
    assert "not what they were" in told.stdout


def test_a_wrong_digest_an_unknown_entry_and_a_silent_city_are_reported(city, capsys):
    url, _kept, entries = city

    assert check.main([url, "--entry", str(entries[0].id), "--digest", "00" * 32]) == 1
    assert check.main([url, "--entry", str(new_id())]) == 1
    assert "日志里没有这一条" in capsys.readouterr().out
    assert check.main(["http://127.0.0.1:9/"]) == 1
    assert "not reachable" in capsys.readouterr().out

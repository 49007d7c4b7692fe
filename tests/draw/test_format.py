"""docs/fsdraw.md is enough: programs written from it alone replay a bundle bit for bit."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from bundles import SIGNED, files, frame, joint_files

from mingchu.draw.domain import beacons, pseudonyms
from mingchu.draw.domain.assigning import Terms

HERE = Path(__file__).parent
PAGE = (HERE.parents[1] / "docs" / "fsdraw.md").read_text(encoding="utf-8")
DICE = {"kind": "dice", "throws": 20}
FELL = {"kind": "dice", "throws": "31415926535897932384"}
LOTTERY = {"kind": "lottery", "names": ["a", "b"]}
NUMBERS = {"kind": "lottery", "results": [[9319], [2, 5, 12, 8, 10]]}
CASES = {
    "one round": ({}, [SIGNED]),
    "several sources": ({"announced": [DICE, LOTTERY]}, [FELL, NUMBERS]),
    "a total": ({"announced": [DICE], "total": 45}, [FELL]),
    "no cap": ({"announced": [DICE], "terms": Terms(1, 0)}, [FELL]),
}


JOINT = "a joint draw"


@pytest.fixture(scope="module", params=[*CASES, JOINT], ids=str)
def bundle(request) -> dict[str, bytes]:
    if request.param == JOINT:
        return joint_files([FELL], announced=[DICE])
    more, found = CASES[request.param]
    return files(frame(**more), found)


# From here to `replayed` nothing is ours: written from the page.


def sha(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def table(data: bytes) -> list[list[str]]:
    return [line.split("\t") for line in data.decode().split("\n")[:-1]]


def source(seen: dict) -> bytes:
    if seen["kind"] == "drand":
        return sha(bytes.fromhex(seen["signature"]))
    if seen["kind"] == "dice":
        return seen["throws"].encode()
    return "".join("".join(f"{n}." for n in sorted(r)) + "/" for r in seen["results"]).encode()


def seed_of(of: dict[str, bytes]) -> bytes:
    nonce, tag = bytes.fromhex(of["nonce.txt"].decode()), b"fsdraw/1\0"
    names = ("plan.json", "subjects.tsv", "inspectors.tsv", "recusals.tsv")
    committed = sha(tag, b"commit\0", *(sha(of[name]) for name in names), sha(nonce))
    values = [source(one) for one in json.loads(of["beacon.json"])]
    beacon = values[0] if len(values) == 1 else b"".join(sha(one) for one in values)
    if "joint.json" in of:
        lead = json.loads(of["joint.json"])
        committed, nonce = bytes.fromhex(lead["commitment"]), bytes.fromhex(lead["nonce"])
    return sha(tag, b"seed\0", committed, sha(beacon), sha(nonce))


def ticket(seed: bytes, row: list[str]) -> tuple[int, str]:
    balls = range(int(row[4]))
    hashes = (sha(seed, b"S", row[0].encode(), b"\0", j.to_bytes(2, "big")) for j in balls)
    return min(int.from_bytes(one, "big") for one in hashes), row[0]


def drawn_of(of: dict[str, bytes], seed: bytes) -> list[tuple[int, str]]:
    plan, rows = json.loads(of["plan.json"]), table(of["subjects.tsv"])
    strata: dict[tuple, list] = {}
    for row in rows:
        if not row[5]:
            strata.setdefault(tuple(row[1:4]), []).append(ticket(seed, row))
    rate = {tuple(one[:3]): one[3] for one in plan["rates"]}
    shares = {key: len(strata[key]) * rate.get(key, 0) for key in sorted(strata)}
    wanted = plan["total"]
    if wanted is None:
        wanted = (sum(shares.values()) + 500_000) // 1_000_000
    counts = {key: share // 1_000_000 for key, share in shares.items()}
    by_remainder = sorted(shares, key=lambda key: -(shares[key] % 1_000_000))  # stable
    for key in by_remainder[: wanted - sum(counts.values())]:
        counts[key] += 1
    return sorted(one for key in strata for one in sorted(strata[key])[: counts[key]])


def sent(of: dict[str, bytes], seed: bytes, order: list[str]) -> list[list[str]]:
    plan, where = json.loads(of["plan.json"]), {row[0]: row for row in table(of["subjects.tsv"])}
    people, barred = table(of["inspectors.tsv"]), table(of["recusals.tsv"])
    load, met = {row[0]: int(row[4]) for row in people}, []
    tasks = []
    for subject in order:
        row = where[subject]
        out = {b[1] for b in barred if b[0] == subject and not b[3]}
        apart = [{b[1], b[3]} for b in barred if b[0] == subject and b[3]]
        able = sorted(
            (
                load[p[0]] // plan["pairs"]["bucket"],
                sha(seed, b"I", subject.encode(), b"\0", p[0].encode()),
                p[0],
                p[3] == "1",
            )
            for p in people
            if row[1] in p[1].split(",") and row[2] in p[2].split(",") and not p[5]
            and p[0] not in out
        )  # fmt: skip
        pairs = (
            (lead[2], other[2])
            for lead in able
            if lead[3]
            for other in able
            if other is not lead
            and {lead[2], other[2]} not in apart
            and not 0 < plan["pairs"]["cap"] <= met.count({lead[2], other[2]})
        )
        lead, second = next(pairs, ("", ""))
        for one in filter(None, (lead, second)):
            load[one] += 1
        met.append({lead, second})
        tasks.append([subject, lead, second])
    return tasks


def replayed(of: dict[str, bytes]) -> dict[str, object]:
    seed = seed_of(of)
    drawn = drawn_of(of, seed)
    certain = [ticket(seed, row) for row in table(of["subjects.tsv"]) if row[5] == "certain"]
    tasks = sent(of, seed, [one for _ticket, one in sorted([*drawn, *certain])])
    return {"seed": seed.hex(), "drawn": drawn, "certain": sorted(certain), "tasks": tasks}


def test_a_program_written_from_the_page_replays_the_bundle_bit_for_bit(bundle):
    ours, theirs = json.loads(bundle["result.json"]), replayed(bundle)
    assert theirs["seed"] == ours["seed"]
    assert [(f"{n:064x}", one) for n, one in theirs["drawn"]] == [
        (row[4], row[3]) for row in ours["drawn"]
    ]
    assert [[one, f"{n:064x}"] for n, one in theirs["certain"]] == ours["certain"]
    assert theirs["tasks"] == [[t["subject"], t["lead"], t["second"]] for t in ours["tasks"]]


@pytest.mark.peer("node")
def test_a_program_in_another_language_replays_the_bundle_bit_for_bit(bundle, tmp_path):
    node = shutil.which("node")
    if node is None:
        pytest.skip("no Node on this machine")
    for name, data in bundle.items():
        (tmp_path / name).write_bytes(data)
    done = subprocess.run(
        [node, str(HERE / "replay.mjs"), str(tmp_path)], check=False, capture_output=True
    )
    assert done.returncode == 0, done.stderr.decode()
    theirs, ours = json.loads(done.stdout), json.loads(bundle["result.json"])
    assert theirs["commitment"] == json.loads(bundle["commitment.json"])["commitment"]
    assert {key: theirs[key] for key in ("seed", "drawn", "certain")} == {
        key: ours[key] for key in ("seed", "drawn", "certain")
    }
    assert theirs["tasks"] == [[t["subject"], t["lead"], t["second"]] for t in ours["tasks"]]


def test_the_vector_on_the_page_is_what_the_page_says():
    rows = re.search(r"```\n((?:91150102.*\n){5})```", PAGE)[1].encode()
    tag, nonce = b"fsdraw/1\0", bytes(range(32))
    signature = re.search(r"its signature \| `(\w+)`", PAGE)[1]
    beacon = sha(bytes.fromhex(signature))
    committed = sha(tag, b"commit\0", sha(rows), sha(nonce))
    seed = sha(tag, b"seed\0", committed, sha(beacon), sha(nonce))
    for letter, said in (("B", beacon), ("C", committed), ("S", seed)):
        assert f"| {letter} | `{said.hex()}` |" in PAGE
    order = sorted(ticket(seed, [row[0], "", "", "", row[2]]) for row in table(rows))
    told = " · ".join(f"…{one[-1]} `{n:064x}"[:12] + "…`" for n, one in order)
    assert told in PAGE
    assert pseudonyms.pseudonym("91150102MA0AAAAAA1", bytes(32)) in PAGE


def test_lotteries_are_written_as_rfc_3797_writes_them():
    """With its encoding its own example comes out, by its own hash."""
    key = beacons.lottery([[9319], [2, 5, 12, 8, 10], [9, 18, 26, 34, 41, 45]])
    assert key.decode() in PAGE
    assert "990DD0A5692A029A98B5E01AA28F3459" in PAGE
    left, chosen = list(range(1, 26)), []
    for index in range(16):
        place = index.to_bytes(2, "big")
        digest = hashlib.md5(place + key + place, usedforsecurity=False).hexdigest()
        if index == 0:
            assert digest.upper() == "990DD0A5692A029A98B5E01AA28F3459"
        chosen.append(left.pop(int(digest, 16) % len(left)))
    assert chosen == [17, 7, 2, 16, 25, 23, 8, 24, 19, 13, 22, 5, 18, 9, 1, 4]


def test_a_salt_is_made_as_the_page_says():
    secret, code = b"k" * 32, "91150102MA0AAAAAA1"
    said = hmac.new(secret, b"fsdraw/1\0salt\0" + code.encode(), hashlib.sha256).digest()
    assert pseudonyms.proof(secret, code).salt == said

"""A bundle is replayed by a program that shares no line with the draw, and every attack is seen."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from bundles import ANNOUNCED, NONCE, SIGNED, files, frame
from drawing import DICE, FELL

from mingchu.draw.domain import bundle
from mingchu.draw.domain.frame import Frame
from mingchu.draw.domain.hashing import Hashing


@pytest.fixture(scope="module")
def signed() -> dict[str, bytes]:
    """With a round of drand, whose check takes half a second."""
    return files(frame(), [SIGNED])


@pytest.fixture(scope="module")
def honest() -> dict[str, bytes]:
    """With dice."""
    return files(frame(announced=[DICE]), [FELL])


def verified(content: dict[str, bytes], folder: Path) -> dict[str, object]:
    for name, data in content.items():
        (folder / name).write_bytes(data)
    done = subprocess.run(
        [sys.executable, "-I", str(folder / "verify.py"), "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    found = json.loads(done.stdout)
    assert done.returncode == (0 if found["ok"] else 1), done.stderr
    return found


def wrong(content: dict[str, bytes], folder: Path) -> dict[str, str]:
    """The checks that fail, and what they say."""
    return {one["id"]: one["why"] for one in verified(content, folder)["checks"] if not one["ok"]}


def resealed(content: dict[str, bytes], **changed: bytes) -> dict[str, bytes]:
    """The same bundle by somebody who alters files and puts the manifest right."""
    made = {**content, **{name.replace("__", "."): data for name, data in changed.items()}}
    listed = json.loads(made["manifest.json"]).keys() - {bundle.MANIFEST}
    made[bundle.MANIFEST] = bundle.manifest({name: made[name] for name in listed})
    return made


def changed(data: bytes, change: Callable[[object], None]) -> bytes:
    said = json.loads(data)
    change(said)
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def test_an_honest_bundle_is_replayed_with_python_alone(signed, tmp_path):
    found = verified(signed, tmp_path)
    assert [one["why"] for one in found["checks"] if not one["ok"]] == []
    one = frame()
    drawn = {subject for _ticket, subject in one.draw(NONCE, [SIGNED]).chosen.in_order()}
    assert set(found["selected"]) == drawn
    assert len(drawn) > 40


def test_the_same_draw_is_the_same_zip(honest):
    assert bundle.zipped(honest) == bundle.zipped(dict(reversed(honest.items())))


def test_a_list_that_was_edited_after_the_commitment_is_named(honest, tmp_path):
    rows = honest["subjects.tsv"].decode().splitlines(keepends=True)
    shorter = "".join(rows[1:]).encode()
    said = wrong(resealed(honest, subjects__tsv=shorter), tmp_path)
    assert said["commitment"] == "subjects.tsv is not the file that was committed"


def test_balls_that_were_edited_are_seen(honest, tmp_path):
    edited = honest["subjects.tsv"].replace(b"\t3\t", b"\t64\t", 1)
    assert "commitment" in wrong(resealed(honest, subjects__tsv=edited), tmp_path)


def test_recusals_added_after_the_draw_are_seen(honest, tmp_path):
    more = honest["recusals.tsv"] + b"zz\ti01\tkinship\t\n"
    said = wrong(resealed(honest, recusals__tsv=more), tmp_path)
    assert said["commitment"] == "recusals.tsv is not the file that was committed"


def test_another_nonce_than_the_committed_is_seen(honest, tmp_path):
    said = wrong(resealed(honest, nonce__txt=b"11" * 32), tmp_path)
    assert said["commitment"].startswith("the nonce that was revealed")


def test_a_round_that_was_known_at_the_commitment_is_refused(tmp_path):
    late = {**ANNOUNCED, "lead": 3_600}
    one = frame(announced=[late])
    assert "was known" in wrong(files(one, [SIGNED]), tmp_path)["beacon"]


def test_a_chain_that_is_said_to_have_begun_later_does_not_hide_that_a_round_was_known(tmp_path):
    later = {**ANNOUNCED, "genesis": ANNOUNCED["genesis"] + 86_400}
    one = frame(announced=[later])
    assert "began at another time" in wrong(files(one, [SIGNED]), tmp_path)["beacon"]
    hasty = frame(announced=[{**ANNOUNCED, "lead": 1}])
    assert "a lead of less" in wrong(files(hasty, [SIGNED]), tmp_path)["beacon"]


def test_a_round_that_the_chain_did_not_sign_is_refused(signed, tmp_path):
    other = {**SIGNED, "signature": "97" + SIGNED["signature"][2:]}
    said = wrong(resealed(signed, beacon__json=json.dumps([other]).encode()), tmp_path)
    assert "not signed by the chain" in said["beacon"]


def test_somebody_put_in_the_place_of_a_drawn_one_is_seen(honest, tmp_path):
    def swap(said):
        taken = {row[3] for row in said["drawn"]}
        row = said["drawn"][0]
        others = [line.split("\t") for line in honest["subjects.tsv"].decode().splitlines()]
        row[3] = next(
            one[0] for one in others if one[1:4] == row[:3] and one[0] not in taken and not one[5]
        )

    said = wrong(resealed(honest, result__json=changed(honest["result.json"], swap)), tmp_path)
    assert "have smaller tickets" in said["tickets"]


def test_one_too_few_of_a_stratum_is_seen(honest, tmp_path):
    edited = changed(honest["result.json"], lambda said: said["drawn"].pop())
    assert "quotas" in wrong(resealed(honest, result__json=edited), tmp_path)


def test_another_inspector_than_the_one_whose_turn_it_was_is_seen(honest, tmp_path):
    def swap(said):
        task = said["tasks"][0]
        task["lead"], task["second"] = task["second"], task["lead"]

    said = wrong(resealed(honest, result__json=changed(honest["result.json"], swap)), tmp_path)
    assert list(said) == ["assignment"]
    assert "others would have gone" in said["assignment"]


def test_a_commitment_that_is_not_in_the_register_is_seen(honest, tmp_path):
    edited = changed(honest["register.json"], lambda said: said.update(index=0))
    said = wrong(resealed(honest, register__json=edited), tmp_path)
    assert list(said) == ["register"]


def test_a_second_commitment_for_the_same_number_does_not_fit_the_register(honest, tmp_path):
    edited = changed(
        honest["commitment.json"],
        lambda said: said.update(committed_at="2023-09-15T18:50:00+08:00"),
    )
    assert "register" in wrong(resealed(honest, commitment__json=edited), tmp_path)


def in_place_of_the_first(one: Frame, **more: str) -> bundle.Replacement:
    chosen = one.draw(NONCE, [FELL], reserve=2).chosen
    stratum = next(key for key, some in chosen.drawn.items() if some and chosen.reserve[key])
    out, into = chosen.drawn[stratum][0][1], chosen.reserve[stratum][0][1]
    return replace(bundle.Replacement(out, into, "closed"), **more)


def test_the_next_ticket_may_stand_in_and_nobody_else(tmp_path):
    one = frame(announced=[DICE])
    good = in_place_of_the_first(one)
    assert not wrong(files(one, [FELL], replaced=[good]), tmp_path)
    bad = replace(good, into=one.subjects[0].id)
    assert "not the next" in wrong(files(one, [FELL], replaced=[bad]), tmp_path)["replacements"]
    unsaid = replace(good, reason="")
    assert "no reason" in wrong(files(one, [FELL], replaced=[unsaid]), tmp_path)["replacements"]


def test_dice_lotteries_and_envelopes_are_mixed_and_said_to_carry_no_signature(tmp_path):
    hashing = Hashing()
    shares = [hashing.digest(b"one"), hashing.digest(b"two")]
    left = hashing.digest(b"left in an envelope")
    announced = [
        {"kind": "dice", "throws": 20},
        {"kind": "lottery", "names": ["福彩", "体彩"]},
        {
            "kind": "envelope",
            "parties": [
                {"name": "纪检", "digest": hashing.digest(shares[0]).hex(), "envelope": ""},
                {
                    "name": "协会",
                    "digest": hashing.digest(shares[1]).hex(),
                    "envelope": hashing.digest(left).hex(),
                },
            ],
        },
    ]
    found = [
        {"kind": "dice", "throws": "31415926535897932384"},
        {"kind": "lottery", "results": [[9319], [2, 5, 12, 8, 10]]},
        {
            "kind": "envelope",
            "shares": [
                {"value": shares[0].hex()},
                {"value": left.hex(), "withheld": True},
            ],
        },
    ]
    done = verified(files(frame(announced=announced), found), tmp_path)
    assert done["ok"]
    [said] = [one["why"] for one in done["checks"] if one["id"] == "beacon"]
    assert said == "beacon not verified: dice, lottery, envelope carries no signature"


def test_an_office_that_uses_sm3_is_replayed_too(tmp_path):
    assert verified(files(frame(algorithm="sm3", announced=[DICE]), [FELL]), tmp_path)["ok"]


def test_a_frame_reads_back_from_its_files():
    one = frame()
    again = Frame.read(one.files)
    assert again.files == one.files
    assert again.draw(NONCE, [SIGNED]).file() == one.draw(NONCE, [SIGNED]).file()

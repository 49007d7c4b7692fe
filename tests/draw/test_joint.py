"""A joint campaign: several draws by one seed, committed while it is unknown, opened together."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from drawing import DICE, FELL, OTHERS, SUBJECTS, joined, lists, the_lead

from mingchu.base.errors import Refusal
from mingchu.draw import services
from mingchu.draw.domain import bundle
from mingchu.draw.models import Draw, DrawState
from mingchu.ledger.services import seal

pytestmark = pytest.mark.django_db


def a_campaign() -> tuple[Draw, Draw]:
    """Both drawn."""
    lead = the_lead()
    other = services.commit(draw=joined(lead))
    lead = services.conclude(draw=lead, found=[FELL])
    other.refresh_from_db()
    return lead, other


def drawn_of(draw: Draw) -> dict[str, str]:
    told = json.loads(bytes(draw.files.get(name="result.json").data))
    return {row[3]: row[4] for row in told["drawn"]}


def test_one_business_has_one_ticket_and_one_pseudonym_in_all_draws_of_a_campaign():
    lead, other = a_campaign()
    assert (lead.seed, other.state) == (other.seed, DrawState.DRAWN)
    assert lead.commitment != other.commitment
    both = drawn_of(lead).keys() & drawn_of(other).keys()
    assert both, "whom both would draw, both draw: one visit"
    assert all(drawn_of(lead)[one] == drawn_of(other)[one] for one in both)
    assert services.pseudonyms_of(lead, ["x"]) == services.pseudonyms_of(other, ["x"])


def test_a_draw_joins_only_while_the_chance_of_its_lead_is_unknown():
    lead = services.open_draw(title="市场监管", campaign="校园周边")
    early = services.open_draw(title="卫生健康", lead=lead)
    with pytest.raises(Refusal, match="不能再加入"):
        services.freeze(draw=early, announced=[], **lists(OTHERS))

    lead = services.commit(draw=services.freeze(draw=lead, announced=[DICE], **lists(SUBJECTS)))
    late = services.freeze(draw=early, announced=[], **lists(OTHERS))
    services.conclude(draw=lead, found=[FELL])
    with pytest.raises(Refusal, match="不能再加入"):
        services.commit(draw=late)


def test_a_joint_draw_has_the_sources_and_the_hash_of_its_lead():
    plan = json.loads(bytes(joined(the_lead()).files.get(name="plan.json").data))
    assert plan["beacons"] == [DICE]
    assert plan["joint"]["number"].endswith("-0001")


def test_only_a_campaigns_first_draw_lends_its_seed():
    alone = services.open_draw(title="单独")
    with pytest.raises(Refusal, match="不能被其他抽取共用"):
        services.open_draw(title="卫生健康", lead=alone)
    with pytest.raises(Refusal, match="不能被其他抽取共用"):
        services.open_draw(title="教育", lead=joined(the_lead()))


def test_a_joint_draw_follows_its_lead_and_does_nothing_by_itself():
    lead = the_lead()
    other = services.commit(draw=joined(lead))
    with pytest.raises(Refusal, match="随它一起办理"):
        services.conclude(draw=other, found=[FELL])
    services.conclude(draw=lead, found=[FELL])
    with pytest.raises(Refusal, match="随它一起办理"):
        services.reveal(draw=other)
    services.reveal(draw=lead)
    other.refresh_from_db()
    assert other.state == DrawState.REVEALED


def test_draws_that_wait_for_a_seed_go_with_a_lead_that_is_given_up_before_it_was_drawn():
    lead = the_lead()
    other = joined(lead)
    services.void(draw=lead, reason="名单有误")
    other.refresh_from_db()
    assert (other.state, other.void_reason) == (DrawState.VOID, "名单有误")


def test_a_joint_draw_whose_lead_was_given_up_later_is_laid_open_by_itself():
    lead, other = a_campaign()
    services.void(draw=lead, reason="另有安排")
    assert services.reveal(draw=other).state == DrawState.REVEALED


def unpacked(draw: Draw, folder: Path) -> Path:
    folder.mkdir()
    for name, data in services.bundle_of(draw).items():
        (folder / name).write_bytes(data)
    return folder


def wrong(folder: Path) -> dict[str, str]:
    done = subprocess.run(
        [sys.executable, "-I", str(folder / "verify.py"), "--json"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return {c["id"]: c["why"] for c in json.loads(done.stdout)["checks"] if not c["ok"]}


def test_an_outsider_replays_both_bundles_and_sees_where_the_seed_comes_from(tmp_path):
    lead, other = a_campaign()
    services.reveal(draw=lead)
    seal()
    lead.refresh_from_db()
    other.refresh_from_db()
    assert wrong(unpacked(lead, tmp_path / "lead")) == {}
    folder = unpacked(other, tmp_path / "other")
    assert wrong(folder) == {}

    honest = json.loads((folder / "joint.json").read_bytes())
    for key, value, said in (
        ("nonce", "00" * 32, "files and nonce are not those that were committed"),
        ("commitment", "00" * 32, "another draw than the plan names"),
        ("plan", honest["plan"].replace("20", "21", 1), "the plan is not the one"),
    ):
        (folder / "joint.json").write_bytes(bundle.canonical({**honest, key: value}))
        assert said in wrong(folder)["seed"]
    strange = {**honest, "register": {**honest["register"], "index": 5}}
    (folder / "joint.json").write_bytes(bundle.canonical(strange))
    assert "no such place" in wrong(folder)["register"]
    (folder / "joint.json").unlink()
    assert wrong(folder)["files"] == "joint.json is missing"

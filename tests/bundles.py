"""Bundles for any test: four hundred subjects, eighteen inspectors, a round of drand."""

from __future__ import annotations

from dataclasses import replace

from mingchu.draw.domain import bundle
from mingchu.draw.domain.assigning import Terms
from mingchu.draw.domain.frame import Frame, Lead, Plan
from mingchu.draw.domain.hashing import Hashing
from mingchu.draw.domain.lists import CERTAIN, Inspector, Recusal, Subject
from mingchu.draw.outside.drand import QUICKNET, QUICKNET_GENESIS, QUICKNET_PERIOD
from mingchu.ledger.merkle import Growing
from mingchu.ledger.merkle import Hashing as Tree

ROUND = 657413
SIGNED = {
    "kind": "drand",
    "round": ROUND,
    "signature": "b713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be"
    "41076862b98fad56e91a6b85b89cd97b",
}
ANNOUNCED = {
    "kind": "drand", "round": ROUND, "chain": QUICKNET, "genesis": QUICKNET_GENESIS,
    "period": QUICKNET_PERIOD, "lead": 60,
}  # fmt: skip
COMMITTED_AT = "2023-09-15T18:30:00+08:00"
NONCE = bytes(range(32))
DISTRICTS = ("150102", "150103", "150121")


def frame(**more: object) -> Frame:
    subjects = [
        Subject(
            f"{Hashing().digest(b'%d' % number).hex()[:16]}",
            DISTRICTS[number % 3],
            ("caterer", "seller")[number % 2],
            f"t{number % 4}",
            1 + number % 3,
            {7: CERTAIN, 11: "three_months"}.get(number % 50, ""),
        )
        for number in range(400)
    ]
    inspectors = [
        Inspector(f"i{n:02}", (DISTRICTS[n % 3],), ("caterer", "seller"), n % 2 == 0)
        for n in range(18)
    ]
    recusals = [Recusal(row.id, "i00", "kinship") for row in subjects[:60:3]]
    rates = {row.stratum: (20_000, 50_000, 100_000, 300_000)[int(row.tier[1])] for row in subjects}
    plan = Plan("2026-0001", rates, [ANNOUNCED], Terms(3, 6), about={"title": "示范"})
    return Frame(replace(plan, **more), subjects, inspectors, recusals)


def entry(committed: bytes) -> bundle.Entry:
    tree, growing = Tree(), Growing(Tree())
    leaves = [tree.leaf(Hashing().digest(data)) for data in (b"before", committed)]
    for _full in growing.extend(leaves):
        pass
    return bundle.Entry(committed, 1, 2, [leaves[0]], growing.root())


OWN_NONCE = bytes(range(32, 64))


def joint_files(found: list[dict[str, object]], **more: object) -> dict[str, bytes]:
    """A bundle whose seed is another draw's: both stand in one register."""
    lead = frame(**more)
    named = {"commitment": lead.commitment(NONCE).hex(), "number": lead.plan.number}
    one = frame(**more, number="2026-0002", joint=named)
    told = [
        bundle.leaf(each.plan.number, each.commitment(nonce), COMMITTED_AT)
        for each, nonce in ((lead, NONCE), (one, OWN_NONCE))
    ]
    tree, growing = Tree(), Growing(Tree())
    leaves = [tree.leaf(Hashing().digest(data)) for data in told]
    for _full in growing.extend(leaves):
        pass
    theirs, own = (
        bundle.Entry(data, place, 2, [leaves[1 - place]], growing.root())
        for place, data in enumerate(told)
    )
    digests = [(name, Hashing().digest(data).hex()) for name, data in lead.files.items()]
    return bundle.files(
        one,
        one.draw(OWN_NONCE, found, lead=Lead(lead.commitment(NONCE), NONCE)),
        nonce=OWN_NONCE,
        found=found,
        committed_at=COMMITTED_AT,
        entry=own,
        joint=bundle.JointProof(
            lead.plan.file(), digests, lead.commitment(NONCE), COMMITTED_AT, NONCE,
            lead.plan.number, theirs,
        ),
    )  # fmt: skip


def files(one: Frame, found: list[dict[str, object]], **more: object) -> dict[str, bytes]:
    leaf = bundle.leaf(one.plan.number, one.commitment(NONCE), COMMITTED_AT)
    return bundle.files(
        one,
        one.draw(NONCE, found),
        nonce=NONCE,
        found=found,
        committed_at=COMMITTED_AT,
        entry=entry(leaf),
        **more,
    )

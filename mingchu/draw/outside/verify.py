"""Replays a random draw out of its bundle and says, line by line, whether everything fits.

    python3 verify.py [FOLDER] [--json]

Python alone (3.10 or later), no package, nothing fetched; one file, so that whoever runs it can
read it from end to end. Written after the published format
fsdraw/1, not after the program that drew: it shares no line with it. `drand.py` beside it checks
the signature of a drand round. Exit: 0 all fits, 1 something does not.

What it cannot see: whether the lists were true. That the frozen lists are the ones of the day is
proved by the register, whose head was published before chance spoke.
"""

from __future__ import annotations

import hashlib
import json
import sys
import unicodedata
from functools import cached_property
from pathlib import Path
from typing import Any

LEAD = 60  # seconds, at least, from the commitment to the round
FRAME = ["plan.json", "subjects.tsv", "inspectors.tsv", "recusals.tsv"]
DATA = [
    *FRAME, "commitment.json", "nonce.txt", "beacon.json", "result.json", "replacements.json",
    "register.json",
]  # fmt: skip
CHECKS = [
    "files", "lists", "commitment", "beacon", "seed", "quotas", "tickets", "replacements",
    "assignment", "register",
]  # fmt: skip


class Wrong(Exception):
    """Something does not fit; the text says what."""


class Bundle:
    """The files of a folder, and how the draw hashes."""

    def __init__(self, folder: Path):
        self.folder = folder

    @cached_property
    def plan(self) -> Any:
        return self.json("plan.json")

    def read(self, name: str) -> bytes:
        try:
            return (self.folder / name).read_bytes()
        except OSError as error:
            raise Wrong(f"{name} is missing") from error

    def json(self, name: str) -> Any:
        try:
            return json.loads(self.read(name))
        except ValueError as error:
            raise Wrong(f"{name} is no JSON") from error

    def rows(self, name: str, width: int) -> list[list[str]]:
        try:
            text = self.read(name).decode("utf-8")
        except UnicodeDecodeError as error:
            raise Wrong(f"{name} is no UTF-8") from error
        if unicodedata.normalize("NFC", text) != text:
            raise Wrong(f"{name} is not in NFC")
        if text and not text.endswith("\n"):
            raise Wrong(f"{name} does not end in a line feed")
        rows = [line.split("\t") for line in text.split("\n")[:-1]]
        for number, row in enumerate(rows, 1):
            if len(row) != width:
                raise Wrong(f"{name}, row {number}: {len(row)} fields, not {width}")
        return rows

    def hash(self, data: bytes) -> bytes:
        return hashlib.new(self.algorithm, data).digest()

    @cached_property
    def algorithm(self) -> str:
        found = str(self.plan["algorithm"])
        if found not in ("sha256", "sm3"):
            raise Wrong(f"plan.json: unknown algorithm {found!r}")
        return found

    def nonce(self) -> bytes:
        try:
            found = bytes.fromhex(self.read("nonce.txt").decode("ascii").strip())
        except ValueError as error:
            raise Wrong("nonce.txt is not hexadecimal") from error
        if len(found) != 32:
            raise Wrong("nonce.txt is not of 32 bytes")
        return found


def check_files(bundle: Bundle) -> str:
    """Each file is the one that was put in; so is the manifest, which has a digest of its own."""
    listed = _manifest(bundle)
    for name, digest in sorted(listed.items()):
        if hashlib.sha256(bundle.read(name)).hexdigest() != digest:
            raise Wrong(f"{name} was changed")
    return f"{len(listed) + 1} files as they were put in"


def _manifest(bundle: Bundle) -> dict[str, str]:
    try:
        listed = dict(bundle.json("manifest.json"))
        own = listed.pop("manifest.json")
        whole = _plain({**listed, "manifest.json": own}) == bundle.read("manifest.json")
        good = whole and own == hashlib.sha256(_plain(listed)).hexdigest()
    except (Wrong, ValueError, TypeError, KeyError) as error:
        raise Wrong("manifest.json was changed") from error
    if not good:
        raise Wrong("manifest.json was changed")
    if missing := sorted(set(DATA) - set(listed)):
        raise Wrong(f"manifest.json does not list {missing[0]}")
    return listed


def check_lists(bundle: Bundle) -> str:
    """One form each: sorted, nobody twice, whole balls, plain ids."""
    subjects = bundle.rows("subjects.tsv", 6)
    inspectors = bundle.rows("inspectors.tsv", 6)
    recusals = bundle.rows("recusals.tsv", 4)
    for name, rows in (("subjects.tsv", subjects), ("inspectors.tsv", inspectors)):
        _sorted_once(name, [row[0] for row in rows])
    _sorted_once("recusals.tsv", ["\t".join(row) for row in recusals])
    for number, row in enumerate(subjects, 1):
        if not row[4].isascii() or not row[4].isdigit() or not 1 <= int(row[4]) <= 64:
            raise Wrong(f"subjects.tsv, row {number}: {row[4]!r} balls")
    if _plain(bundle.plan) != bundle.read("plan.json"):
        raise Wrong("plan.json is not in its canonical form")
    if bundle.plan.get("format") != "fsdraw/1":
        raise Wrong("plan.json: another format")
    return f"{len(subjects)} subjects, {len(inspectors)} inspectors, {len(recusals)} recusals"


def _sorted_once(name: str, keys: list[str]) -> None:
    for number in range(1, len(keys)):
        if keys[number - 1] == keys[number]:
            raise Wrong(f"{name}, row {number + 1}: {keys[number]!r} stands twice")
        if keys[number - 1] > keys[number]:
            raise Wrong(f"{name}, row {number + 1}: not in order")
    for number, key in enumerate(keys, 1):
        if not key or not key.isascii() or " " in key:
            raise Wrong(f"{name}, row {number}: {key!r} could be read in two ways")


def _plain(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def check_commitment(bundle: Bundle) -> str:
    """The frozen files and the nonce are those that were committed."""
    said = bundle.json("commitment.json")
    if [one[0] for one in said["files"]] != FRAME:
        raise Wrong("commitment.json: other files than plan, subjects, inspectors, recusals")
    for name, digest in said["files"]:
        if bundle.hash(bundle.read(name)).hex() != digest:
            raise Wrong(f"{name} is not the file that was committed")
    if said["number"] != bundle.plan["number"]:
        raise Wrong("commitment.json is of another draw")
    if _commitment(bundle).hex() != said["commitment"]:
        raise Wrong("the nonce that was revealed is not the one that was committed")
    return f"{said['commitment'][:16]}… at {said['committed_at']}"


def _commitment(bundle: Bundle) -> bytes:
    digests = b"".join(bundle.hash(bundle.read(name)) for name in FRAME)
    return bundle.hash(b"fsdraw/1\0commit\0" + digests + bundle.hash(bundle.nonce()))


def check_beacon(bundle: Bundle) -> str:
    """Chance is what was announced, and came after the commitment."""
    _beacon(bundle)
    unsigned = []
    for plan, seen in zip(bundle.plan["beacons"], bundle.json("beacon.json"), strict=True):
        if plan["kind"] == "drand":
            _check_round(bundle, plan, seen)
        else:
            unsigned.append(plan["kind"])
    said = f"beacon not verified: {', '.join(unsigned)} carries no signature" if unsigned else ""
    return said or "signed by the chain, unknown at the commitment"


def _check_round(bundle: Bundle, plan: dict[str, Any], seen: dict[str, Any]) -> None:
    import drand  # type: ignore[import-not-found]  # it lies beside this file

    key = bytes.fromhex(plan["chain"])
    if not drand.is_signed(plan["round"], bytes.fromhex(seen["signature"]), key):
        raise Wrong(f"beacon.json: round {plan['round']} is not signed by the chain")
    if plan["chain"] == drand.QUICKNET and (plan["genesis"], plan["period"]) != (
        drand.QUICKNET_GENESIS,
        drand.QUICKNET_PERIOD,
    ):
        raise Wrong("plan.json: the chain began at another time, or has another pace")
    if plan["lead"] < LEAD:
        raise Wrong(f"plan.json: a lead of less than {LEAD} s between commitment and round")
    committed = _seconds(bundle.json("commitment.json")["committed_at"])
    appears = plan["genesis"] + (plan["round"] - 1) * plan["period"]
    if appears - committed < plan["lead"]:
        raise Wrong("the round was known, or nearly, when the lists were committed")


def _seconds(moment: str) -> float:
    from datetime import datetime

    return datetime.fromisoformat(moment).timestamp()


def _beacon(bundle: Bundle) -> bytes:
    announced, found = bundle.plan["beacons"], bundle.json("beacon.json")
    if not announced or len(announced) != len(found):
        raise Wrong("beacon.json: other sources than the plan announced")
    values = [_value(bundle, plan, seen) for plan, seen in zip(announced, found, strict=True)]
    return values[0] if len(values) == 1 else b"".join(map(bundle.hash, values))


def _value(bundle: Bundle, plan: dict[str, Any], seen: dict[str, Any]) -> bytes:
    kind = plan["kind"]
    if seen.get("kind") != kind:
        raise Wrong(f"beacon.json: {seen.get('kind')} where {kind} was announced")
    if kind == "drand":
        if seen["round"] != plan["round"]:
            raise Wrong(f"beacon.json: round {seen['round']}, announced was {plan['round']}")
        return hashlib.sha256(bytes.fromhex(seen["signature"])).digest()
    if kind == "dice":
        if len(seen["throws"]) != plan["throws"] or not seen["throws"].isdigit():
            raise Wrong("beacon.json: not as many throws as were announced")
        return bytes(seen["throws"], "ascii")
    if kind == "lottery":
        texts = ("".join(f"{one}." for one in sorted(some)) + "/" for some in seen["results"])
        return "".join(texts).encode()
    if kind == "envelope":
        pairs = zip(plan["parties"], seen["shares"], strict=True)
        return b"".join(_share(bundle, party, share) for party, share in pairs)
    raise Wrong(f"plan.json: unknown source {kind!r}")


def _share(bundle: Bundle, party: dict[str, Any], share: dict[str, Any]) -> bytes:
    value = bytes.fromhex(share["value"])
    sealed = party["envelope"] if share.get("withheld") else party["digest"]
    if bundle.hash(value).hex() != sealed:
        raise Wrong(f"beacon.json: the share of {party['name']} is not the one that was sealed")
    return value


def _seed(bundle: Bundle) -> bytes:
    committed, nonce = _joint(bundle) or (_commitment(bundle), bundle.nonce())
    parts = committed + bundle.hash(_beacon(bundle)) + bundle.hash(nonce)
    return bundle.hash(b"fsdraw/1\0seed\0" + parts)


def _joint(bundle: Bundle) -> tuple[bytes, bytes] | None:
    """Of the draw that lends its seed: what it had committed to, and the nonce behind that."""
    named = bundle.plan.get("joint")
    if not named:
        return None
    said = bundle.json("joint.json")
    if (said["number"], said["commitment"]) != (named["number"], named["commitment"]):
        raise Wrong("joint.json: another draw than the plan names")
    if [one[0] for one in said["files"]] != FRAME:
        raise Wrong("joint.json: other files than plan, subjects, inspectors, recusals")
    digests, nonce = [bytes.fromhex(one[1]) for one in said["files"]], bytes.fromhex(said["nonce"])
    made = bundle.hash(b"fsdraw/1\0commit\0" + b"".join(digests) + bundle.hash(nonce))
    if made.hex() != said["commitment"]:
        raise Wrong("joint.json: files and nonce are not those that were committed")
    if bundle.hash(said["plan"].encode()) != digests[0]:
        raise Wrong("joint.json: the plan is not the one that was committed")
    theirs = json.loads(said["plan"])
    if any(theirs[key] != bundle.plan[key] for key in ("algorithm", "beacons")):
        raise Wrong("plan.json: other sources of chance than the draw it takes its seed from")
    return made, nonce


def check_seed(bundle: Bundle) -> str:
    seed = _seed(bundle).hex()
    if bundle.json("result.json")["seed"] != seed:
        raise Wrong("result.json: another seed than commitment, beacon and nonce give")
    return f"{seed[:16]}…"


def _ticket(bundle: Bundle, seed: bytes, subject: str, balls: int) -> str:
    begin = seed + b"S" + subject.encode() + b"\0"
    return min(bundle.hash(begin + bytes(divmod(ball, 256))).hex() for ball in range(balls))


def _strata(bundle: Bundle) -> dict[tuple[str, ...], list[list[str]]]:
    found: dict[tuple[str, ...], list[list[str]]] = {}
    for row in bundle.rows("subjects.tsv", 6):
        if row[5] == "":
            found.setdefault((row[1], row[2], row[3]), []).append(row)
    return found


def _quotas(bundle: Bundle) -> dict[tuple[str, ...], int]:
    """Whole numbers by largest remainder; of equal ones the stratum that sorts first."""
    rates = {tuple(one[:3]): one[3] for one in bundle.plan["rates"]}
    sizes = {stratum: len(rows) for stratum, rows in _strata(bundle).items()}
    shares = {stratum: size * rates.get(stratum, 0) for stratum, size in sizes.items()}
    found = {stratum: share // 1_000_000 for stratum, share in shares.items()}
    total = bundle.plan["total"]
    if total is None:
        total = (2 * sum(shares.values()) + 1_000_000) // 2_000_000
    over = sorted((-(share % 1_000_000), stratum) for stratum, share in shares.items())
    for _rest, stratum in over[: total - sum(found.values())]:
        found[stratum] += 1
    return found


def check_quotas(bundle: Bundle) -> str:
    """So many of each stratum as the rates say."""
    counted = dict.fromkeys(_quotas(bundle), 0)
    for row in bundle.json("result.json")["drawn"]:
        counted[tuple(row[:3])] = counted.get(tuple(row[:3]), 0) + 1
    for stratum, count in _quotas(bundle).items():
        if counted.pop(stratum) != count:
            raise Wrong(f"result.json: stratum {' '.join(stratum)} has not {count}")
    if counted:
        raise Wrong(f"result.json: stratum {' '.join(next(iter(counted)))} is not in the frame")
    return f"{sum(_quotas(bundle).values())} drawn of {len(_strata(bundle))} strata"


def _order(bundle: Bundle, seed: bytes) -> dict[tuple[str, ...], list[tuple[str, str]]]:
    return {
        stratum: sorted((_ticket(bundle, seed, row[0], int(row[4])), row[0]) for row in rows)
        for stratum, rows in _strata(bundle).items()
    }


def check_tickets(bundle: Bundle) -> str:
    """Who was drawn has the smallest tickets of the stratum; who is certain was taken."""
    seed, result = _seed(bundle), bundle.json("result.json")
    drawn: dict[tuple[str, ...], list[tuple[str, str]]] = {}
    for *stratum, subject, ticket in result["drawn"]:
        drawn.setdefault(tuple(stratum), []).append((ticket, subject))
    quotas = _quotas(bundle)
    for stratum, order in _order(bundle, seed).items():
        first = order[: quotas[stratum]]
        if sorted(drawn.get(stratum, [])) != first:
            raise Wrong(f"result.json: others of stratum {' '.join(stratum)} have smaller tickets")
    certain = sorted(
        [row[0], _ticket(bundle, seed, row[0], int(row[4]))]
        for row in bundle.rows("subjects.tsv", 6)
        if row[5] == "certain"
    )
    if sorted(result["certain"]) != certain:
        raise Wrong("result.json: not those who are taken in any case")
    return f"{len(result['drawn'])} smallest tickets, {len(certain)} certain"


def check_replacements(bundle: Bundle) -> str:
    """Who came in is the next of the stratum, and it is said why."""
    said = bundle.json("replacements.json")
    order, quotas = _order(bundle, _seed(bundle)), _quotas(bundle)
    where = {row[0]: (row[1], row[2], row[3]) for row in bundle.rows("subjects.tsv", 6)}
    for one in said:
        if not one["reason"]:
            raise Wrong(f"replacements.json: no reason for {one['out']}")
        stratum = where.get(one["out"])
        if stratum is None or stratum not in order:
            raise Wrong(f"replacements.json: {one['out']} was not drawn")
        place = quotas[stratum]
        if place >= len(order[stratum]) or order[stratum][place][1] != one["in"]:
            raise Wrong(f"replacements.json: {one['in']} is not the next of the stratum")
        quotas[stratum] += 1
    return f"{len(said)} replaced by the next ticket"


def check_assignment(bundle: Bundle) -> str:
    """The pairs are those that seed, certificates, recusals and loads give."""
    result, seed = bundle.json("result.json"), _seed(bundle)
    tickets = [[ticket, subject] for subject, ticket in result["certain"]]
    tickets += [[row[4], row[3]] for row in result["drawn"]]
    room = Room(bundle, seed)
    tasks = result["tasks"]
    if [task["subject"] for task in tasks] != [subject for _ticket, subject in sorted(tickets)]:
        raise Wrong("result.json: tasks are not in the order of the tickets")
    for task in tasks:
        if room.pair(task["subject"]) != (task["lead"], task["second"]):
            raise Wrong(f"result.json: others would have gone to {task['subject']}")
    alone = sum(not task["lead"] for task in tasks)
    return f"{len(tasks)} tasks" + (f", {alone} without a qualified pair" if alone else "")


class Room:
    """Who has which load, and who went with whom."""

    def __init__(self, bundle: Bundle, seed: bytes):
        self.bundle, self.seed = bundle, seed
        self.bucket, self.cap = bundle.plan["pairs"]["bucket"], bundle.plan["pairs"]["cap"]
        self.subjects = {row[0]: row for row in bundle.rows("subjects.tsv", 6)}
        self.people = bundle.rows("inspectors.tsv", 6)
        self.load = {row[0]: int(row[4]) for row in self.people}
        self.out = {tuple(row[:2]) for row in bundle.rows("recusals.tsv", 4) if not row[3]}
        self.apart = {
            (row[0], frozenset((row[1], row[3])))
            for row in bundle.rows("recusals.tsv", 4)
            if row[3]
        }
        self.together: dict[frozenset[str], int] = {}

    def pair(self, subject: str) -> tuple[str, str]:
        able = [row for row in self.people if self.may_go(row, self.subjects[subject])]
        able.sort(key=lambda row: self.place(row[0], subject))
        for lead in able:
            if lead[3] != "1":
                continue
            for second in able:
                pair = frozenset((lead[0], second[0]))
                if len(pair) == 2 and self.may_pair(subject, pair):
                    for one in pair:
                        self.load[one] += 1
                    self.together[pair] = self.together.get(pair, 0) + 1
                    return lead[0], second[0]
        return "", ""

    def may_go(self, row: list[str], subject: list[str]) -> bool:
        fits = subject[1] in row[1].split(",") and subject[2] in row[2].split(",")
        return fits and not row[5] and (subject[0], row[0]) not in self.out

    def may_pair(self, subject: str, pair: frozenset[str]) -> bool:
        capped = self.cap and self.together.get(pair, 0) >= self.cap
        return (subject, pair) not in self.apart and not capped

    def place(self, one: str, subject: str) -> tuple[int, bytes, str]:
        turn = self.bundle.hash(self.seed + b"I" + subject.encode() + b"\0" + one.encode())
        return self.load[one] // self.bucket, turn, one


def check_register(bundle: Bundle) -> str:
    """The commitment stands in the register, under the head that is named; of a joint draw that of
    the other one too."""
    said = bundle.json("register.json")
    _check_entry("register.json", said, bundle.json("commitment.json"))
    if _joint(bundle):
        theirs = bundle.json("joint.json")
        _check_entry("joint.json", theirs["register"], theirs)
        if any(theirs["register"][key] != said[key] for key in ("root", "size")):
            raise Wrong("joint.json: it leads to another head")
    return f"entry {said['index'] + 1} of {said['size']}; compare the head {said['root'][:16]}…"


def _check_entry(name: str, said: Any, promised: Any) -> None:
    """A leaf and its way up to the head (RFC 9162, 2.1.3.2)."""
    if json.loads(said["leaf"]) != {
        key: promised[key] for key in ("commitment", "committed_at", "number")
    }:
        raise Wrong(f"{name}: the entry is not this commitment")
    node = hashlib.sha256(b"\0" + hashlib.sha256(said["leaf"].encode()).digest()).digest()
    place, last = said["index"], said["size"] - 1
    if not 0 <= place <= last:
        raise Wrong(f"{name}: no such place")
    for step in map(bytes.fromhex, said["path"]):
        if last == 0:
            raise Wrong(f"{name}: the path is too long")
        if place % 2 or place == last:
            node = hashlib.sha256(b"\1" + step + node).digest()
            while place % 2 == 0 and place:
                place, last = place // 2, last // 2
        else:
            node = hashlib.sha256(b"\1" + node + step).digest()
        place, last = place // 2, last // 2
    if last != 0 or node.hex() != said["root"]:
        raise Wrong(f"{name}: the entry does not lead to the head")


def verify(folder: Path) -> dict[str, Any]:
    """All checks in their order; one that cannot be made because of another fails too."""
    found: list[dict[str, Any]] = []
    for name in CHECKS:
        try:
            why = globals()[f"check_{name}"](Bundle(folder))
            found.append({"id": name, "ok": True, "why": why})
        except Wrong as wrong:
            found.append({"id": name, "ok": False, "why": str(wrong)})
        except (KeyError, ValueError, TypeError, IndexError, AttributeError) as error:
            found.append({"id": name, "ok": False, "why": f"cannot be read: {error!r}"})
    good = all(one["ok"] for one in found)
    selected = []
    if good:
        result = Bundle(folder).json("result.json")
        selected = [*(one[0] for one in result["certain"]), *(one[3] for one in result["drawn"])]
    return {"ok": good, "checks": found, "selected": sorted(selected)}


def main(arguments: list[str]) -> int:
    folders = [one for one in arguments if not one.startswith("--")]
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    found = verify(Path(folders[0]) if folders else Path(__file__).resolve().parent)
    if "--json" in arguments:
        print(json.dumps(found, ensure_ascii=False))
    else:
        for one in found["checks"]:
            print(f"{'ok ' if one['ok'] else 'NO '} {one['id']:13} {one['why']}")
        print("all fits" if found["ok"] else "this is not the draw that was committed")
    return 0 if found["ok"] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

#!/usr/bin/env python3
"""核对程序 · Check a city's ledger yourself, with nothing but Python 3.

    python3 check.py https://the.city/                         what is the newest head?
    python3 check.py https://the.city/ --keep heads.jsonl      ... and keep it
    python3 check.py https://the.city/ --kept heads.jsonl      does it go on from the one I kept?
    python3 check.py https://the.city/ --entry ID              is this entry in it?

A head 树头 says: so many entries, under this root. Whoever changes, removes or swaps one entry
changes the root. This program asks the city for a proof and does the arithmetic itself, as
RFC 9162 section 2.1 defines it; it shares no code with the city's system, so read it first: it is
short. Exit code 0: all right; 1: not; 2: wrongly called. Signatures are checked where the package
`cryptography` is installed; hashes need none.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:
    serialization = None  # type: ignore[assignment]

SECONDS = 30


class Wrong(Exception):
    """What does not fit, in both languages."""


# The tree of RFC 9162, section 2.1


def leaf_hash(algorithm: str, digest: bytes) -> bytes:
    return hashlib.new(algorithm, b"\x00" + digest).digest()


def node_hash(algorithm: str, left: bytes, right: bytes) -> bytes:
    return hashlib.new(algorithm, b"\x01" + left + right).digest()


def half(size: int) -> int:
    """The largest power of two smaller than `size`: how many leaves the left branch has."""
    power = 1
    while power * 2 < size:
        power *= 2
    return power


def root_by_inclusion(
    algorithm: str, leaf: bytes, index: int, size: int, path: list[bytes]
) -> bytes:
    """The root that an inclusion path leads to (2.1.3.1), from the top of the tree downwards."""
    if not 0 <= index < size:
        raise Wrong("序号不在树内 · the index lies outside of the tree")
    if size == 1:
        if path:
            raise Wrong("证明太长 · the path is too long")
        return leaf
    if not path:
        raise Wrong("证明太短 · the path is too short")
    left, beside = half(size), path[-1]
    if index < left:
        return node_hash(
            algorithm, root_by_inclusion(algorithm, leaf, index, left, path[:-1]), beside
        )
    below = root_by_inclusion(algorithm, leaf, index - left, size - left, path[:-1])
    return node_hash(algorithm, beside, below)


def roots_by_consistency(
    algorithm: str, old_size: int, size: int, old_root: bytes, path: list[bytes], whole: bool = True
) -> tuple[bytes, bytes]:
    """(root of the old leaves, root of all), as a consistency path gives them (2.1.4.1)."""
    if old_size == size:
        if whole and not path:
            return old_root, old_root
        if not whole and len(path) == 1:
            return path[0], path[0]
        raise Wrong("证明长短不对 · the path has the wrong length")
    if not path:
        raise Wrong("证明太短 · the path is too short")
    left, beside, rest = half(size), path[-1], path[:-1]
    if old_size <= left:
        old, new = roots_by_consistency(algorithm, old_size, left, old_root, rest, whole)
        return old, node_hash(algorithm, new, beside)
    old, new = roots_by_consistency(
        algorithm, old_size - left, size - left, old_root, rest, whole=False
    )
    return node_hash(algorithm, beside, old), node_hash(algorithm, beside, new)


# What the city says


def ask(base: str, path: str, **query: Any) -> Any:
    """One JSON answer; a refusal in the city's own words."""
    said = {name: value for name, value in query.items() if value is not None}
    address = urllib.parse.urljoin(base, path) + "?" + urllib.parse.urlencode(said)
    if not address.startswith(("http://", "https://")):
        raise Wrong("网址应以 http:// 或 https:// 开头 · the address must begin with http(s)://")
    request = urllib.request.Request(address, headers={"Accept": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as refused:
        with refused:
            told = refused.read().decode(errors="replace")
        try:
            problem = json.loads(told)
            told = f"{problem['why']}。{problem['fix']}"
        except (ValueError, KeyError):
            told = told[:200]
        raise Wrong(told) from None
    except (urllib.error.URLError, OSError) as away:
        raise Wrong(f"连不上 · not reachable: {away}") from None


def kept_head(path: str, log: str) -> dict[str, Any]:
    """The newest head of the log among the lines of a file."""
    heads = []
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        try:
            head = json.loads(line)
            if head["log"] == log:
                heads.append(head)
        except (ValueError, KeyError, TypeError):  # noqa: PERF203 not a head: passed over
            continue
    if not heads:
        raise Wrong(f"{path} 里没有 {log} 的树头 · no head of {log} in {path}")
    return max(heads, key=lambda head: (head["time"], head["size"]))


def check_signature(base: str, head: dict[str, Any]) -> str:
    """Whether the key that the head names signed exactly this head."""
    if serialization is None:
        return "签名未验：没有装 cryptography · signature not checked: no `cryptography` here"
    known = {key["key_id"]: key["pem"] for key in ask(base, "open/keys.json")["keys"]}
    name = head["key_id"]
    if name not in known:
        raise Wrong(f"没有公布密钥 {name} · key {name} is not published")
    key = serialization.load_pem_public_key(known[name].encode())
    if not isinstance(key, Ed25519PublicKey):
        raise Wrong("不是 Ed25519 公钥 · not an Ed25519 key")
    raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    if hashlib.sha256(raw).hexdigest()[:16] != name:
        raise Wrong("密钥与其编号不符 · the key does not fit its id")
    parts = ("log", "size", "root", "algorithm", "time", "key_id")
    covered = ["mingchu-head/1", *(head[part] for part in parts)]
    text = json.dumps(covered, separators=(",", ":"), ensure_ascii=False)
    try:
        key.verify(bytes.fromhex(head["signature"]), text.encode())
    except InvalidSignature:
        raise Wrong(f"签名不对 · the signature is wrong, size {head['size']}") from None
    return f"签名无误，密钥 {name} · signed by key {name}"


# The three questions


def check_kept(base: str, old: dict[str, Any], new: dict[str, Any]) -> str:
    """Does the newest log begin with exactly what the kept head committed to?"""
    first, second = old["size"], new["size"]
    if first > second:
        raise Wrong(f"日志变短了：{first} → {second} · the log is shorter than it was")
    told = ask(base, "open/log/consistency", log=new["log"], first=first, second=second)
    path = [bytes.fromhex(step) for step in told["consistency_path"]]
    kept, root = bytes.fromhex(old["root"]), bytes.fromhex(new["root"])
    if roots_by_consistency(new["algorithm"], first, second, kept, path) != (kept, root):
        raise Wrong(f"旧的 {first} 条被动过 · the first {first} entries are not what they were")
    return f"接得上：{first} 条续到 {second} 条 · consistent: {first} entries, now {second}"


def check_entry(base: str, head: dict[str, Any], entry: str, digest: str | None) -> str:
    """Does the entry stand under the newest head; and is it the one of this digest?"""
    told = ask(base, "open/log/inclusion", log=head["log"], id=entry, tree_size=head["size"])
    algorithm, leaf = head["algorithm"], bytes.fromhex(told["leaf_hash"])
    if digest and leaf_hash(algorithm, bytes.fromhex(digest)) != leaf:
        raise Wrong("摘要与日志里的不符 · the digest is not the one in the log")
    path = [bytes.fromhex(step) for step in told["inclusion_path"]]
    root = root_by_inclusion(algorithm, leaf, told["leaf_index"], head["size"], path)
    if root != bytes.fromhex(head["root"]):
        raise Wrong("这一条不在树头之下 · the entry does not stand under the head")
    number = told["leaf_index"] + 1
    return f"在：第 {number} 条 · included: number {number}"


def run(options: argparse.Namespace) -> None:
    base = options.address.rstrip("/") + "/"
    head = ask(base, "open/log/head", log=options.log)
    print("最新树头 · newest head:", head["log"], head["size"], head["root"], head["time"])
    print(check_signature(base, head))
    if options.kept:
        old = kept_head(options.kept, options.log)
        print(check_signature(base, old))
        print(check_kept(base, old, head))
    if options.entry:
        print(check_entry(base, head, options.entry, options.digest))
    if options.keep:
        with Path(options.keep).open("a", encoding="utf-8") as file:
            file.write(json.dumps(head, separators=(",", ":")) + "\n")
        print(f"已存入 · kept in {options.keep}")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("address", help="市网址 · the city's address")
    parser.add_argument("--log", default="journal", help="journal, draws, publications")
    parser.add_argument("--kept", metavar="FILE", help="以前留的树头 · heads kept earlier")
    parser.add_argument("--keep", metavar="FILE", help="把最新树头存入 · keep the newest head here")
    parser.add_argument("--entry", metavar="ID", help="条目编号 · id of an entry")
    parser.add_argument("--digest", metavar="HEX", help="条目摘要 · digest of that entry")
    try:
        run(parser.parse_args(arguments))
    except (Wrong, ValueError, KeyError, TypeError, OSError) as wrong:
        odd = "" if isinstance(wrong, (Wrong, OSError)) else "答复看不懂 · odd answer: "
        print(f"不对 · NOT RIGHT: {odd}{wrong}")
        return 1
    print("核对无误 · all right")
    return 0


if __name__ == "__main__":
    sys.exit(main())

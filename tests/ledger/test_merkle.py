"""Merkle trees: the vectors of Certificate Transparency, a naive twin, false proofs."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingchu.ledger.merkle import (
    Growing,
    Hashing,
    consistency_ranges,
    fold,
    inclusion_ranges,
    range_root,
    verify_consistency,
    verify_inclusion,
)

SHA256 = Hashing()
# The leaves and roots every implementation of Certificate Transparency is tested with.
CT_LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
CT_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def naive_root(leaves: list[bytes]) -> bytes:
    """§2.1.1 word for word, on the leaves' data."""
    if len(leaves) == 0:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    left, right = naive_root(leaves[:half]), naive_root(leaves[half:])
    return hashlib.sha256(b"\x01" + left + right).digest()


def naive_path(index: int, leaves: list[bytes]) -> list[bytes]:
    """§2.1.3.1 word for word."""
    if len(leaves) == 1:
        return []
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    if index < half:
        return [*naive_path(index, leaves[:half]), naive_root(leaves[half:])]
    return [*naive_path(index - half, leaves[half:]), naive_root(leaves[:half])]


def naive_subproof(old: int, leaves: list[bytes], whole: bool = True) -> list[bytes]:
    """§2.1.4.1 word for word."""
    if old == len(leaves):
        return [] if whole else [naive_root(leaves)]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    if old <= half:
        return [*naive_subproof(old, leaves[:half], whole), naive_root(leaves[half:])]
    return [*naive_subproof(old - half, leaves[half:], False), naive_root(leaves[:half])]


def leaves_of(size: int) -> list[bytes]:
    return [number.to_bytes(2, "big") for number in range(size)]


def hashes_of(leaves: list[bytes], ranges: list[tuple[int, int]]) -> list[bytes]:
    hashed = [SHA256.leaf(leaf) for leaf in leaves]

    def full(level: int, index: int) -> bytes:
        return fold(SHA256, hashed[index << level : (index + 1) << level])

    return [range_root(SHA256, start, end, full) for start, end in ranges]


def root_of(leaves: list[bytes]) -> bytes:
    tree = Growing(SHA256)
    for _ in tree.extend(map(SHA256.leaf, leaves)):
        pass
    return tree.root()


@pytest.mark.parametrize("size", range(9))
def test_roots_are_those_of_certificate_transparency(size):
    assert root_of(CT_LEAVES[:size]).hex() == CT_ROOTS[size]


@given(st.integers(0, 200), st.integers(0, 200))
def test_a_tree_grown_in_two_goes_is_the_naive_tree(first, second):
    leaves = leaves_of(first + second)
    tree = Growing(SHA256)
    list(tree.extend(map(SHA256.leaf, leaves[:first])))

    again = Growing(SHA256, tree.size, list(tree.peaks))
    list(again.extend(map(SHA256.leaf, leaves[first:])))

    assert (again.root(), again.size) == (naive_root(leaves), len(leaves))
    assert len(again.peaks) == len(leaves).bit_count()


@given(st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n - 1), st.just(n))))
def test_an_inclusion_proof_is_the_naive_one_and_holds(place):
    index, size = place
    leaves = leaves_of(size)

    path = hashes_of(leaves, inclusion_ranges(index, size))

    assert path == naive_path(index, leaves)
    leaf = SHA256.leaf(leaves[index])
    assert verify_inclusion(SHA256, leaf, index, size, path, naive_root(leaves))


@given(st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(1, n), st.just(n))))
def test_a_consistency_proof_is_the_naive_one_and_holds(sizes):
    old, size = sizes
    leaves = leaves_of(size)

    path = hashes_of(leaves, consistency_ranges(old, size))

    assert path == naive_subproof(old, leaves)
    roots = naive_root(leaves[:old]), naive_root(leaves)
    assert verify_consistency(SHA256, old, size, *roots, path)


@given(
    st.integers(2, 64).flatmap(lambda n: st.tuples(st.integers(0, n - 1), st.just(n))),
    st.data(),
)
def test_no_false_inclusion_is_believed(place, data):
    index, size = place
    leaves = leaves_of(size)
    path, root = naive_path(index, leaves), naive_root(leaves)
    leaf = SHA256.leaf(leaves[index])
    spoilt = data.draw(st.integers(0, len(path) - 1))
    other = data.draw(st.integers(0, size - 1).filter(lambda n: n != index))

    bent = [bytes(32) if n == spoilt else step for n, step in enumerate(path)]
    assert not verify_inclusion(SHA256, leaf, index, size, bent, root)
    assert not verify_inclusion(SHA256, leaf, index, size, path[:-1], root)
    assert not verify_inclusion(SHA256, leaf, index, size, [*path, root], root)
    assert not verify_inclusion(SHA256, leaf, size, size, path, root)
    assert not verify_inclusion(SHA256, SHA256.leaf(leaves[other]), index, size, path, root)


@given(
    st.integers(2, 64).flatmap(lambda n: st.tuples(st.integers(1, n - 1), st.just(n))),
    st.data(),
)
def test_no_rewritten_past_is_believed(sizes, data):
    old, size = sizes
    leaves = leaves_of(size)
    changed = data.draw(st.integers(0, old - 1))
    rewritten = [b"new" if n == changed else leaf for n, leaf in enumerate(leaves)]

    path = naive_subproof(old, rewritten)

    assert not verify_consistency(
        SHA256, old, size, naive_root(leaves[:old]), naive_root(rewritten), path
    )
    assert not verify_consistency(
        SHA256, old, size, naive_root(leaves[:old]), naive_root(leaves), path[:-1]
    )


def test_impossible_sizes_prove_nothing():
    root = naive_root(leaves_of(3))

    assert not verify_consistency(SHA256, 0, 3, SHA256.empty(), root, [])
    assert not verify_consistency(SHA256, 4, 3, root, root, [])
    assert not verify_consistency(SHA256, 3, 3, root, root, [root])
    with pytest.raises(ValueError, match="no such leaf"):
        inclusion_ranges(3, 3)
    with pytest.raises(ValueError, match="no larger"):
        consistency_ranges(4, 3)


def test_sm3_makes_another_tree_of_the_same_shape():
    sm3 = Hashing("sm3")
    tree = Growing(sm3)
    list(tree.extend([sm3.leaf(b"a"), sm3.leaf(b"b")]))

    assert tree.root() == sm3.node(sm3.leaf(b"a"), sm3.leaf(b"b")) != root_of([b"a", b"b"])

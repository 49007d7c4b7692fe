"""Our own check of a drand round, against the chain itself and RFC 9380."""

from __future__ import annotations

import subprocess
import sys

import pytest

from mingchu.draw.outside import drand

ROUND = 657413
SIGNATURE = bytes.fromhex(
    "b713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be"
    "41076862b98fad56e91a6b85b89cd97b"
)


def test_a_round_of_the_chain_is_signed_and_gives_its_value():
    assert drand.is_signed(ROUND, SIGNATURE)
    assert drand.randomness(SIGNATURE).hex().startswith("fc1873a13f3545ae")


def test_the_signature_of_another_round_is_not():
    assert not drand.is_signed(ROUND + 1, SIGNATURE)


def test_another_chain_did_not_sign_it():
    generator = (
        "93e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e"
        "024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8"
    )
    assert not drand.is_signed(ROUND, SIGNATURE, bytes.fromhex(generator))


@pytest.mark.parametrize(
    "signature",
    [
        b"",
        SIGNATURE[:-1],
        bytes([SIGNATURE[0] ^ 0x20]) + SIGNATURE[1:],  # the other root
        bytes([SIGNATURE[0] & 0x7F]) + SIGNATURE[1:],  # not marked as compressed
        SIGNATURE[:-1] + bytes([SIGNATURE[-1] ^ 1]),
        b"\xbf" + b"\xff" * 47,  # no number of the field
        b"\xc0" + bytes(47),  # infinity
    ],
)
def test_bytes_that_are_no_signature_are_refused(signature):
    assert not drand.is_signed(ROUND, signature)


def test_messages_are_hashed_to_the_curve_as_rfc_9380_says():
    suite = b"QUUX-V01-CS02-with-BLS12381G1_XMD:SHA-256_SSWU_RO_"
    empty, abc = drand.hash_to_g1(b"", suite), drand.hash_to_g1(b"abc", suite)
    assert f"{empty[0]:096x}" == (
        "052926add2207b76ca4fa57a8734416c8dc95e24501772c8"
        "14278700eed6d1e4e8cf62d9c09db0fac349612b759e79a1"
    )
    assert f"{abc[0]:096x}" == (
        "03567bc5ef9c690c2ab2ecdf6a96ef1c139cc0b2f284dca0"
        "a9a7943388a49a3aee664ba5379a7655d3c68900be2f6903"
    )


def test_when_a_round_comes_is_known_beforehand():
    assert drand.round_at(drand.QUICKNET_GENESIS) == 1
    assert drand.round_at(1694775603) == ROUND
    assert drand.round_at(1694775604) == ROUND + 1


def test_it_runs_on_a_machine_that_has_only_python():
    found = subprocess.run(
        [sys.executable, "-I", drand.__file__, str(ROUND), SIGNATURE.hex()],
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.startswith("fc1873a13f3545ae")

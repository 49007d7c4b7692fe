"""Checks a drand round: the chain's BLS signature of its number. Python alone, no package.

Of the scheme bls-unchained-g1-rfc9380 (quicknet): keys in G2, signatures in G1 of BLS12-381, the
message hashed to the curve by RFC 9380 (BLS12381G1_XMD:SHA-256_SSWU_RO_). Written for reading and
checking, about half a second a round; nothing secret passes here, so time tells nobody anything.

    python3 drand.py ROUND SIGNATURE_HEX [PUBLIC_KEY_HEX]
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable
from typing import Any

QUICKNET = (
    "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d106451"
    "0d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a"
)
QUICKNET_GENESIS, QUICKNET_PERIOD = 1692803367, 3  # seconds since 1970, seconds a round
CHAIN = bytes.fromhex(QUICKNET)
SUITE = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"

P = int(
    "1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf"
    "6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab",
    16,
)
R = 0x73EDA753299D7D483339D80809A1D80553BDA402FFFE5BFEFFFFFFFF00000001
X = 0xD201000000010000  # the curve's parameter is -X
COFACTOR = X + 1  # RFC 9380 8.8.1: what takes a point of the curve into the group
FINAL = (P**6 + 1) // R

# Numbers modulo P are ints. Fp2 = Fp[u]/(u^2 + 1) are pairs. Fp12 = Fp2[w]/(w^6 - (1 + u)) are six
# of those, the coefficients of 1, w, .. w^5.
Pair = tuple[int, int]
Point2 = tuple[Pair, Pair]
Wide = list[Pair]
Near = Pair | None
Far = Point2 | None


def is_signed(round_number: int, signature: bytes, public_key: bytes = CHAIN) -> bool:
    """Whether the chain that owns the key has signed the round."""
    try:
        key, signed = _g2(public_key), _g1(signature)
    except ValueError:
        return False
    asked = hash_to_g1(hashlib.sha256(round_number.to_bytes(8, "big")).digest())
    minus_generator = (G2[0], _neg2(G2[1]))
    return _pair_to_one([(signed, minus_generator), (asked, key)])


def randomness(signature: bytes) -> bytes:
    """The value of a round."""
    return hashlib.sha256(signature).digest()


def round_at(moment: int) -> int:
    """The first round of quicknet that appears at a moment or after it, in seconds since 1970."""
    return max(0, -(-(moment - QUICKNET_GENESIS) // QUICKNET_PERIOD)) + 1


# Fp2


def _add2(a: Pair, b: Pair) -> Pair:
    return (a[0] + b[0]) % P, (a[1] + b[1]) % P


def _sub2(a: Pair, b: Pair) -> Pair:
    return (a[0] - b[0]) % P, (a[1] - b[1]) % P


def _neg2(a: Pair) -> Pair:
    return -a[0] % P, -a[1] % P


def _mul2(a: Pair, b: Pair) -> Pair:
    both = a[0] * b[0], a[1] * b[1]
    cross = (a[0] + a[1]) * (b[0] + b[1]) - both[0] - both[1]
    return (both[0] - both[1]) % P, cross % P


def _scale2(a: Pair, number: int) -> Pair:
    return a[0] * number % P, a[1] * number % P


def _inverse2(a: Pair) -> Pair:
    norm = pow(a[0] * a[0] + a[1] * a[1], -1, P)
    return a[0] * norm % P, -a[1] * norm % P


def _times_xi(a: Pair) -> Pair:
    """Times 1 + u."""
    return (a[0] - a[1]) % P, (a[0] + a[1]) % P


def _root2(a: Pair) -> Pair:
    """A square root in Fp2; ValueError if there is none."""
    norm = _root(a[0] * a[0] + a[1] * a[1])
    half = pow(2, -1, P)
    square = (a[0] + norm) * half % P
    if pow(square, (P - 1) // 2, P) == P - 1:
        square = (a[0] - norm) * half % P
    real = _root(square)
    found = (real, a[1] * half * pow(real, -1, P) % P) if real else (0, _root(-a[0]))
    if _mul2(found, found) != (a[0] % P, a[1] % P):
        raise ValueError("no root")
    return found


def _root(a: int) -> int:
    found = pow(a, (P + 1) // 4, P)
    if found * found % P != a % P:
        raise ValueError("no root")
    return found


# Points of y^2 = x^3 + 4 and of y^2 = x^3 + 4(1 + u); None is the point at infinity.


def _sum1(one: Near, other: Near) -> Near:
    if one is None or other is None:
        return other if one is None else one
    if one[0] == other[0]:
        if (one[1] + other[1]) % P == 0:
            return None
        slope = 3 * one[0] * one[0] * pow(2 * one[1], -1, P)
    else:
        slope = (other[1] - one[1]) * pow(other[0] - one[0], -1, P)
    x = (slope * slope - one[0] - other[0]) % P
    return x, (slope * (one[0] - x) - one[1]) % P


def _slope2(one: Point2, other: Point2) -> Pair:
    if one == other:
        square = _mul2(one[0], one[0])
        return _mul2(_scale2(square, 3), _inverse2(_scale2(one[1], 2)))
    return _mul2(_sub2(other[1], one[1]), _inverse2(_sub2(other[0], one[0])))


def _sum2(one: Far, other: Far) -> Far:
    if one is None or other is None:
        return other if one is None else one
    if one[0] == other[0] and one[1] != other[1]:
        return None
    slope = _slope2(one, other)
    x = _sub2(_sub2(_mul2(slope, slope), one[0]), other[0])
    return x, _sub2(_mul2(slope, _sub2(one[0], x)), one[1])


def _times(add: Callable[[Any, Any], Any], number: int, point: Any) -> Any:
    found = None
    for bit in f"{number:b}":
        found = add(found, found)
        if bit == "1":
            found = add(found, point)
    return found


def _flags(data: bytes, size: int) -> tuple[list[int], bool]:
    """x as a number or two, and whether y is the larger root; no other form is read."""
    if len(data) != size or data[0] & 0xC0 != 0x80:
        raise ValueError("no compressed point")
    parts = [bytes([data[0] & 0x1F]) + data[1:48], *([data[48:]] if size == 96 else [])]
    numbers = [int.from_bytes(part, "big") for part in parts]
    if max(numbers) >= P:
        raise ValueError("no number of the field")
    return numbers, bool(data[0] & 0x20)


def _g1(data: bytes) -> Pair:
    [x], larger = _flags(data, 48)
    y = _root(x * x * x + 4)
    point = x, (P - y if (y > (P - 1) // 2) != larger else y)
    if _times(_sum1, R, point) is not None:
        raise ValueError("not in the group")
    return point


def _g2(data: bytes) -> Point2:
    [x1, x0], larger = _flags(data, 96)
    x = x0, x1
    y = _root2(_add2(_mul2(_mul2(x, x), x), (4, 4)))
    is_larger = (y[1] or y[0]) > (P - 1) // 2
    point = x, (_neg2(y) if is_larger != larger else y)
    if _times(_sum2, R, point) is not None:
        raise ValueError("not in the group")
    return point


# The pairing


def _mul12(a: Wide, b: Wide) -> Wide:
    found = [(0, 0)] * 11
    for i, one in enumerate(a):
        if one != (0, 0):
            for j, other in enumerate(b):
                if other != (0, 0):
                    found[i + j] = _add2(found[i + j], _mul2(one, other))
    high = [_times_xi(one) for one in found[6:]]
    return [_add2(one, high[i]) if i < 5 else one for i, one in enumerate(found[:6])]


def _line(one: Point2, other: Point2, at: Pair) -> Wide:
    """The line through two points of the twist, at a point of G1, times w^3 (which the final power
    makes one, as everything that lies in a smaller field)."""
    slope = _slope2(one, other)
    at_zero = _sub2(_mul2(slope, one[0]), one[1])
    return [at_zero, (0, 0), _neg2(_scale2(slope, at[0])), (at[1], 0), (0, 0), (0, 0)]


def _miller(pairs: list[tuple[Pair, Point2]]) -> Wide:
    found = [(1, 0)] + [(0, 0)] * 5
    there: list[Any] = [point for _at, point in pairs]
    for bit in f"{X:b}"[1:]:
        found = _mul12(found, found)
        for number, (at, point) in enumerate(pairs):
            found = _mul12(found, _line(there[number], there[number], at))
            there[number] = _sum2(there[number], there[number])
            if bit == "1":
                found = _mul12(found, _line(there[number], point, at))
                there[number] = _sum2(there[number], point)
    return found


def _pair_to_one(pairs: list[tuple[Pair, Point2]]) -> bool:
    """Whether the product of the pairings is one.

    It is if f^((p^12 - 1) / r) is, with f from Miller's loop, that is if f^((p^6 + 1) / r) stays
    the same under w -> -w: then its coefficients of odd powers are zero.
    """
    found = power = _miller(pairs)
    for bit in f"{FINAL:b}"[1:]:
        power = _mul12(power, power)
        if bit == "1":
            power = _mul12(power, found)
    return all(power[odd] == (0, 0) for odd in (1, 3, 5))


# Hashing to the curve, RFC 9380


def hash_to_g1(message: bytes, suite: bytes = SUITE) -> Pair:
    wide = _expanded(message, suite, 128)
    halves = (int.from_bytes(wide[:64], "big") % P, int.from_bytes(wide[64:], "big") % P)
    one, other = (_isogeny(*_on_isogenous(half)) for half in halves)
    found: Pair = _times(_sum1, COFACTOR, _sum1(one, other))
    return found


def _expanded(message: bytes, suite: bytes, length: int) -> bytes:
    """5.3.1, expand_message_xmd with SHA-256."""
    last = suite + bytes([len(suite)])
    told = message + length.to_bytes(2, "big") + b"\0" + last
    first = hashlib.sha256(bytes(64) + told).digest()
    block, found = bytes(32), b""
    for number in range(1, -(-length // 32) + 1):
        mixed = bytes(a ^ b for a, b in zip(first, block, strict=True))
        block = hashlib.sha256(mixed + bytes([number]) + last).digest()
        found += block
    return found[:length]


def _on_isogenous(u: int) -> Pair:
    """6.6.2, the simplified SWU map to the 11-isogenous curve."""
    zu = 11 * u * u % P
    low = (zu * zu + zu) % P
    ratio = B1 * pow(A1, -1, P)
    x = -ratio * (1 + pow(low, -1, P)) % P if low else ratio * pow(11, -1, P) % P
    if not _is_square(_right(x)):
        x = zu * x % P
    y = _root(_right(x))
    return x, (P - y if y % 2 != u % 2 else y)


def _right(x: int) -> int:
    return (x * x * x + A1 * x + B1) % P


def _is_square(a: int) -> bool:
    return pow(a, (P - 1) // 2, P) in (0, 1)


def _isogeny(x: int, y: int) -> Pair:
    """E.2, from the 11-isogenous curve to the curve itself."""
    x_top, x_low, y_top, y_low = (_valued(one, x) for one in (X_TOP, X_LOW, Y_TOP, Y_LOW))
    return x_top * pow(x_low, -1, P) % P, y * y_top * pow(y_low, -1, P) % P


def _valued(polynomial: list[int], x: int) -> int:
    found = 0
    for coefficient in reversed(polynomial):
        found = (found * x + coefficient) % P
    return found


def _numbers(text: str) -> list[int]:
    """48 bytes each, in hexadecimal, the constant term first."""
    return [int(text[at : at + 96], 16) for at in range(0, len(text), 96)]


A1, B1 = _numbers(
    "00144698a3b8e9433d693a02c96d4982b0ea985383ee66a8d8e8981aefd881ac98936f8da0e0f97f5cf428082d584c1d"
    "12e2908d11688030018b12e8753eee3b2016c1f0f24f4070a0b9c14fcef35ef55a23215a316ceaa5d1cc48e98e172be0"
)
X_TOP = _numbers(
    "11a05f2b1e833340b809101dd99815856b303e88a2d7005ff2627b56cdb4e2c85610c2d5f2e62d6eaeac1662734649b7"
    "17294ed3e943ab2f0588bab22147a81c7c17e75b2f6a8417f565e33c70d1e86b4838f2a6f318c356e834eef1b3cb83bb"
    "0d54005db97678ec1d1048c5d10a9a1bce032473295983e56878e501ec68e25c958c3e3d2a09729fe0179f9dac9edcb0"
    "1778e7166fcc6db74e0609d307e55412d7f5e4656a8dbf25f1b33289f1b330835336e25ce3107193c5b388641d9b6861"
    "0e99726a3199f4436642b4b3e4118e5499db995a1257fb3f086eeb65982fac18985a286f301e77c451154ce9ac8895d9"
    "1630c3250d7313ff01d1201bf7a74ab5db3cb17dd952799b9ed3ab9097e68f90a0870d2dcae73d19cd13c1c66f652983"
    "0d6ed6553fe44d296a3726c38ae652bfb11586264f0f8ce19008e218f9c86b2a8da25128c1052ecaddd7f225a139ed84"
    "17b81e7701abdbe2e8743884d1117e53356de5ab275b4db1a682c62ef0f2753339b7c8f8c8f475af9ccb5618e3f0c88e"
    "080d3cf1f9a78fc47b90b33563be990dc43b756ce79f5574a2c596c928c5d1de4fa295f296b74e956d71986a8497e317"
    "169b1f8e1bcfa7c42e0c37515d138f22dd2ecb803a0c5c99676314baf4bb1b7fa3190b2edc0327797f241067be390c9e"
    "10321da079ce07e272d8ec09d2565b0dfa7dccdde6787f96d50af36003b14866f69b771f8c285decca67df3f1605fb7b"
    "06e08c248e260e70bd1e962381edee3d31d79d7e22c837bc23c0bf1bc24c6b68c24b1b80b64d391fa9c8ba2e8ba2d229"
)
X_LOW = _numbers(
    "08ca8d548cff19ae18b2e62f4bd3fa6f01d5ef4ba35b48ba9c9588617fc8ac62b558d681be343df8993cf9fa40d21b1c"
    "12561a5deb559c4348b4711298e536367041e8ca0cf0800c0126c2588c48bf5713daa8846cb026e9e5c8276ec82b3bff"
    "0b2962fe57a3225e8137e629bff2991f6f89416f5a718cd1fca64e00b11aceacd6a3d0967c94fedcfcc239ba5cb83e19"
    "03425581a58ae2fec83aafef7c40eb545b08243f16b1655154cca8abc28d6fd04976d5243eecf5c4130de8938dc62cd8"
    "13a8e162022914a80a6f1d5f43e7a07dffdfc759a12062bb8d6b44e833b306da9bd29ba81f35781d539d395b3532a21e"
    "0e7355f8e4e667b955390f7f0506c6e9395735e9ce9cad4d0a43bcef24b8982f7400d24bc4228f11c02df9a29f6304a5"
    "0772caacf16936190f3e0c63e0596721570f5799af53a1894e2e073062aede9cea73b3538f0de06cec2574496ee84a3a"
    "14a7ac2a9d64a8b230b3f5b074cf01996e7f63c21bca68a81996e1cdf9822c580fa5b9489d11e2d311f7d99bbdcc5a5e"
    "0a10ecf6ada54f825e920b3dafc7a3cce07f8d1d7161366b74100da67f39883503826692abba43704776ec3a79a1d641"
    "095fc13ab9e92ad4476d6e3eb3a56680f682b4ee96f7d03776df533978f31c1593174e4b4b7865002d6384d168ecdd0a"
    "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000001"
)
Y_TOP = _numbers(
    "090d97c81ba24ee0259d1f094980dcfa11ad138e48a869522b52af6c956543d3cd0c7aee9b3ba3c2be9845719707bb33"
    "134996a104ee5811d51036d776fb46831223e96c254f383d0f906343eb67ad34d6c56711962fa8bfe097e75a2e41c696"
    "00cc786baa966e66f4a384c86a3b49942552e2d658a31ce2c344be4b91400da7d26d521628b00523b8dfe240c72de1f6"
    "01f86376e8981c217898751ad8746757d42aa7b90eeb791c09e4a3ec03251cf9de405aba9ec61deca6355c77b0e5f4cb"
    "08cc03fdefe0ff135caf4fe2a21529c4195536fbe3ce50b879833fd221351adc2ee7f8dc099040a841b6daecf2e8fedb"
    "16603fca40634b6a2211e11db8f0a6a074a7d0d4afadb7bd76505c3d3ad5544e203f6326c95a807299b23ab13633a5f0"
    "04ab0b9bcfac1bbcb2c977d027796b3ce75bb8ca2be184cb5231413c4d634f3747a87ac2460f415ec961f8855fe9d6f2"
    "0987c8d5333ab86fde9926bd2ca6c674170a05bfe3bdd81ffd038da6c26c842642f64550fedfe935a15e4ca31870fb29"
    "09fc4018bd96684be88c9e221e4da1bb8f3abd16679dc26c1e8b6e6a1f20cabe69d65201c78607a360370e577bdba587"
    "0e1bba7a1186bdb5223abde7ada14a23c42a0ca7915af6fe06985e7ed1e4d43b9b3f7055dd4eba6f2bafaaebca731c30"
    "19713e47937cd1be0dfd0b8f1d43fb93cd2fcbcb6caf493fd1183e416389e61031bf3a5cce3fbafce813711ad011c132"
    "18b46a908f36f6deb918c143fed2edcc523559b8aaf0c2462e6bfe7f911f643249d9cdf41b44d606ce07c8a4d0074d8e"
    "0b182cac101b9399d155096004f53f447aa7b12a3426b08ec02710e807b4633f06c851c1919211f20d4c04f00b971ef8"
    "0245a394ad1eca9b72fc00ae7be315dc757b3b080d4c158013e6632d3c40659cc6cf90ad1c232a6442d9d3f5db980133"
    "05c129645e44cf1102a159f748c4a3fc5e673d81d7e86568d9ab0f5d396a7ce46ba1049b6579afb7866b1e715475224b"
    "15e6be4e990f03ce4ea50b3b42df2eb5cb181d8f84965a3957add4fa95af01b2b665027efec01c7704b456be69c8b604"
)
Y_LOW = _numbers(
    "16112c4c3a9c98b252181140fad0eae9601a6de578980be6eec3232b5be72e7a07f3688ef60c206d01479253b03663c1"
    "1962d75c2381201e1a0cbd6c43c348b885c84ff731c4d59ca4a10356f453e01f78a4260763529e3532f6102c2e49a03d"
    "058df3306640da276faaae7d6e8eb15778c4855551ae7f310c35a5dd279cd2eca6757cd636f96f891e2538b53dbf67f2"
    "16b7d288798e5395f20d23bf89edb4d1d115c5dbddbcd30e123da489e726af41727364f2c28297ada8d26d98445f5416"
    "0be0e079545f43e4b00cc912f8228ddcc6d19c9f0f69bbb0542eda0fc9dec916a20b15dc0fd2ededda39142311a5001d"
    "08d9e5297186db2d9fb266eaac783182b70152c65550d881c5ecd87b6f0f5a6449f38db9dfa9cce202c6477faaf9b7ac"
    "166007c08a99db2fc3ba8734ace9824b5eecfdfa8d0cf8ef5dd365bc400a0051d5fa9c01a58b1fb93d1a1399126a775c"
    "16a3ef08be3ea7ea03bcddfabba6ff6ee5a4375efa1f4fd7feb34fd206357132b920f5b00801dee460ee415a15812ed9"
    "1866c8ed336c61231a1be54fd1d74cc4f9fb0ce4c6af5920abc5750c4bf39b4852cfe2f7bb9248836b233d9d55535d4a"
    "167a55cda70a6e1cea820597d94a84903216f763e13d87bb5308592e7ea7d4fbc7385ea3d529b35e346ef48bb8913f55"
    "04d2f259eea405bd48f010a01ad2911d9c6dd039bb61a6290e591b36e636a5c871a5c29f4f83060400f8b49cba8f6aa8"
    "0accbb67481d033ff5852c1e48c50c477f94ff8aefce42d28c0f9a88cea7913516f968986f7ebbea9684b529e2561092"
    "0ad6b9514c767fe3c3613144b45f1496543346d98adf02267d5ceef9a00d9b8693000763e3b90ac11e99b138573345cc"
    "02660400eb2e4f3b628bdd0d53cd76f2bf565b94e72927c1cb748df27942480e420517bd8714cc80d1fadc1326ed06f7"
    "0e0fa1d816ddc03e6b24255e0d7819c171c40f65e273b853324efcd6356caa205ca2f570f13497804415473a1d634b8f"
    "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000001"
)

G2 = _g2(
    bytes.fromhex(
        "93e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e"
        "024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8"
    )
)

if __name__ == "__main__":
    number, signature, *key = sys.argv[1:]
    chain = bytes.fromhex(key[0] if key else QUICKNET)
    good = is_signed(int(number), bytes.fromhex(signature), chain)
    print(randomness(bytes.fromhex(signature)).hex() if good else "not signed by this chain")
    sys.exit(0 if good else 1)

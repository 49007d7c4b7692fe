"""Writing identifiers: as EPC URN, and as Digital Link under any domain."""

from __future__ import annotations

from mingchu.identifiers.epc.errors import NO_URN, PREFIX_UNKNOWN, EpcError
from mingchu.identifiers.epc.letters import in_urn
from mingchu.identifiers.epc.reading import HOST, ITSELF, PLACE, bad_prefix
from mingchu.identifiers.epc.schemes import (
    BY_NAME,
    LONGEST_PREFIX,
    SHORTEST_PREFIX,
    Epc,
    Scheme,
)


def link(epc: Epc, host: str = HOST) -> str:
    """
    >>> link(Epc("sscc", "logistic", "00/106141412345678908", 7), "https://example.org/")
    'https://example.org/00/106141412345678908'
    """
    return f"{host.rstrip('/')}/{epc.key}"


def urn(epc: Epc, prefix: int | None = None) -> str:
    """The EPC URN; a class as the pattern of its instances (CBV 2.0), a lot as class URN.

    `prefix` says how many digits the company prefix has, where the identifier was not read from
    a URN. What only a Digital Link can say (AIs 7040, 8019, a lot of pieces) is refused.

    >>> urn(Epc("gtin", "class", "01/10614141123459", None), 7)
    'urn:epc:idpat:sgtin:0614141.112345.*'
    """
    digits = epc.prefix if prefix is None else prefix
    row = BY_NAME.get((epc.scheme, epc.kind))
    _, value, *qualifier = epc.key.split("/")
    if row is None or (qualifier and qualifier[0] != row.qualifier):
        raise EpcError(NO_URN, found=epc.key)
    if digits is None:
        raise EpcError(PREFIX_UNKNOWN, found=epc.key)
    if not SHORTEST_PREFIX <= digits <= LONGEST_PREFIX:
        raise bad_prefix(str(digits))
    parts = _numbered(row, value, digits) if row.digits else _free(value, digits)
    if row.is_class:
        parts.append("*")
    elif qualifier:
        parts.append(qualifier[1])
    elif row.ai == PLACE:
        parts.append(ITSELF)
    return f"urn:epc:{row.form}:{row.name}:{'.'.join(map(in_urn, parts))}"


def _numbered(row: Scheme, value: str, prefix: int) -> list[str]:
    """Prefix, reference and what is written right behind the check digit."""
    start, end = len(row.lead), len(row.lead) + row.digits
    digits, behind = value[start:end], value[end + 1 :]
    if row.turned:
        parts = [digits[1 : 1 + prefix], digits[0] + digits[1 + prefix :]]
    else:
        parts = [digits[:prefix], digits[prefix:]]
    if row.pieces:
        return [*parts, behind[:2], behind[2:]]
    return [*parts, behind] if behind else parts


def _free(value: str, prefix: int) -> list[str]:
    if not value[:prefix].isdigit() or len(value) <= prefix:
        raise bad_prefix(value[:prefix])
    return [value[:prefix], value[prefix:]]

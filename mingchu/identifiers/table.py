"""The table of identifiers 标识核验: one question for forms, imports and programs.

Whoever holds a text and knows what it should be asks here, and never checks by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import partial

from mingchu.identifiers import (
    credit_code,
    divisions,
    gs1,
    licences,
    old_codes,
    resident_id,
    small_operators,
)
from mingchu.identifiers.verdict import Result, Verdict, refused


class Kind(StrEnum):
    """What a text is given as; the `kind` of its verdict."""

    CREDIT_CODE = "credit_code"
    ORGANISATION = "organisation_code"
    REGISTRATION = "registration_number"
    LICENCE = "licence_number"
    PRODUCTION = "production_number"
    OPERATION = "operation_number"
    FILING = "filing_number"
    SMALL_OPERATOR = "small_operator_number"
    RESIDENT_ID = "resident_id"
    DIVISION = "division"
    GTIN = "gtin"
    GLN = "gln"
    SSCC = "sscc"


CHECKS: Mapping[Kind, Callable[[str], Verdict]] = {
    Kind.CREDIT_CODE: credit_code.check,
    Kind.ORGANISATION: old_codes.check_organisation,
    Kind.REGISTRATION: old_codes.check_registration,
    Kind.LICENCE: licences.check,
    Kind.PRODUCTION: partial(licences.check, series=licences.Series.PRODUCTION),
    Kind.OPERATION: partial(licences.check, series=licences.Series.OPERATION),
    Kind.FILING: partial(licences.check, series=licences.Series.FILING),
    Kind.SMALL_OPERATOR: small_operators.check,
    Kind.RESIDENT_ID: resident_id.check,
    Kind.DIVISION: divisions.check,
    Kind.GTIN: partial(gs1.check, gs1.Key.GTIN),
    Kind.GLN: partial(gs1.check, gs1.Key.GLN),
    Kind.SSCC: partial(gs1.check, gs1.Key.SSCC),
}


def check(kind: Kind | str, text: str) -> Verdict:
    """The verdict on a text given as an identifier of a kind.

    >>> check("operation_number", "jy 2 150105 000001 6").value
    'JY21501050000016'
    """
    return CHECKS[Kind(kind)](text)


def read(kind: Kind | str, text: str) -> str:
    """The value to keep, whether in order or waiting for evidence; a Refusal where it is wrong.

    >>> read("gtin", "6901234567892")
    '6901234567892'
    """
    verdict = check(kind, text)
    if verdict.result is Result.WRONG:
        raise refused(verdict.gravest)
    return verdict.value

"""Old codes 旧码: registration number (15 digits) and organisation code (GB 11714).

Both were replaced by the credit code in 2015; old files and old lists still hold them.
"""

from __future__ import annotations

import re

from mingchu.identifiers.checksums import gb11714, gbt17710
from mingchu.identifiers.clean import clean
from mingchu.identifiers.verdict import Reason, Result, Verdict, worst
from mingchu.identifiers.verdict import msgid as _

REGISTRATION = "registration_number"
ORGANISATION = "organisation_code"
_REGISTRATION_SHAPE = re.compile(r"[0-9]{15}")
_ORGANISATION_SHAPE = re.compile(r"[0-9A-Z]{8}[0-9X]")

SHAPE = Reason(
    "old_code_shape",
    _("“{found}”不是旧注册号（15位数字）或组织机构代码（9位）的样子"),
    _("请对照原件更正，或改填18位统一社会信用代码"),
    Result.WRONG,
)
CHECK = Reason(
    "old_code_check",
    _("旧码末位应为{expected}，填的是{found}"),
    _("请对照原件核对；原件上确实如此的，请留存原件照片作为依据"),
    Result.NEEDS_EVIDENCE,
)


def valid_registration(text: str) -> bool:
    """
    >>> valid_registration("150105000000013")
    True
    """
    return bool(_REGISTRATION_SHAPE.fullmatch(text)) and gbt17710(text[:14]) == text[14]


def valid_organisation(text: str) -> bool:
    """
    >>> valid_organisation("776049653")
    True
    """
    return bool(_ORGANISATION_SHAPE.fullmatch(text)) and gb11714(text[:8]) == text[8]


def check_registration(typed: str) -> Verdict:
    text, mended = clean(typed)
    reasons: tuple[Reason, ...] = ()
    if not _REGISTRATION_SHAPE.fullmatch(text):
        reasons = (SHAPE.given(found=typed),)
    elif not valid_registration(text):
        reasons = (CHECK.given(expected=gbt17710(text[:14]), found=text[14]),)
    return Verdict(REGISTRATION, typed, text, worst(reasons), reasons, mended)


def check_organisation(typed: str) -> Verdict:
    """
    >>> check_organisation("77604965-3").value
    '776049653'
    """
    text, mended = clean(typed)
    reasons: tuple[Reason, ...] = ()
    if not _ORGANISATION_SHAPE.fullmatch(text):
        reasons = (SHAPE.given(found=typed),)
    elif not valid_organisation(text):
        reasons = (CHECK.given(expected=gb11714(text[:8]), found=text[8]),)
    return Verdict(ORGANISATION, typed, text, worst(reasons), reasons, mended)


def build_registration(place: str, sequence: int) -> str:
    """
    >>> build_registration("150105", 1)
    '150105000000013'
    """
    first_14 = f"{place}{sequence:08d}"
    return first_14 + gbt17710(first_14)

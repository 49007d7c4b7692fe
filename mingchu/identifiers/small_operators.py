"""Small operators 三小一摊: workshops, small restaurants, small groceries, vendors.

The region numbers their registrations and filings by a rule of its own, which is not read yet: the
pattern comes from the rulebook. Without one only the shape every such number has is checked.
"""

from __future__ import annotations

import re
from enum import StrEnum

from mingchu.identifiers.clean import clean
from mingchu.identifiers.verdict import Reason, Result, Verdict, worst
from mingchu.identifiers.verdict import msgid as _

KIND = "small_operator_number"
LONGEST = 32
SHORTEST = 4


class Form(StrEnum):
    """What the region registers or files under 《食品小作坊小餐饮店小食杂店和食品摊贩管理条例》."""

    WORKSHOP = "workshop"
    RESTAURANT = "small_restaurant"
    GROCERY = "small_grocery"
    GROCERY_FILING = "small_grocery_filing"
    VENDOR = "vendor"


FORMS = {
    Form.WORKSHOP: "食品小作坊登记",
    Form.RESTAURANT: "小餐饮店登记",
    Form.GROCERY: "小食杂店登记",
    Form.GROCERY_FILING: "小食杂店备案",
    Form.VENDOR: "食品摊贩备案",
}

SHAPE = Reason(
    "small_operator_shape",
    _("“{found}”不是登记证或备案卡编号的样子"),
    _("编号为{shortest}至{longest}位数字、字母或汉字；请对照登记证或备案卡更正"),
    Result.WRONG,
)
PATTERN = Reason(
    "small_operator_pattern",
    _("编号“{found}”不符合本地的编号规则"),
    _("请对照登记证或备案卡核对；证上确实如此的，请留存照片作为依据"),
    Result.NEEDS_EVIDENCE,
)
# What every numbering seen so far has in common: no spaces, no punctuation but brackets.
_ANY = re.compile(rf"[0-9A-Z\u4e00-\u9fff()\[\]\u3014\u3015]{{{SHORTEST},{LONGEST}}}")


def check(typed: str, pattern: str | None = None) -> Verdict:
    """The verdict on a registration or filing number; `pattern` is the rulebook's, if it has one.

    >>> check("td 1501050010000010").value
    'TD1501050010000010'
    >>> check("TD150105", pattern="TD[0-9]{16}").code
    'small_operator_pattern'
    """
    text, mended = clean(typed)
    reasons: tuple[Reason, ...] = ()
    if not _ANY.fullmatch(text) or not any(map(str.isdigit, text)):
        reasons = (SHAPE.given(found=typed, shortest=SHORTEST, longest=LONGEST),)
    elif pattern is not None and not re.fullmatch(pattern, text):
        reasons = (PATTERN.given(found=text),)
    return Verdict(KIND, typed, text, worst(reasons), reasons, mended)


# Letters of ours, for invented numbers only.
_INITIALS = {
    Form.WORKSHOP: "ZF",
    Form.RESTAURANT: "CY",
    Form.GROCERY: "SZ",
    Form.GROCERY_FILING: "SB",
    Form.VENDOR: "TF",
}


def synthetic(form: Form, place: str, sequence: int) -> str:
    """An invented number, `演示` first, so that nobody takes it for a real one.

    >>> synthetic(Form.VENDOR, "150105", 12)
    '演示TF150105000012'
    """
    return f"演示{_INITIALS[form]}{place}{sequence:06d}"

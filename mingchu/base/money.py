"""Money: whole fen 分, never a float; shown in yuan, published in units of 10,000 yuan 万元."""

from __future__ import annotations

import re
from decimal import Decimal

from mingchu.base.errors import Refusal

FEN_PER_YUAN = 100
FEN_PER_WAN = 1_000_000
AMOUNT = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,2})?")


def fen(yuan: str) -> int:
    """Fen of an amount typed in yuan.

    >>> fen("1,234.50"), fen("￥0.2"), fen("15")
    (123450, 20, 1500)

    Raises Refusal `bad_amount` for anything that is not yuan with at most two decimals.
    """
    bare = yuan.strip().lstrip("¥￥").replace(",", "").replace("，", "")
    if not AMOUNT.fullmatch(bare):
        raise Refusal("bad_amount", "“{typed}”不是金额", fix="请按元填写，最多两位小数", typed=yuan)
    return int(Decimal(bare) * FEN_PER_YUAN)


def yuan(amount: int) -> str:
    """Fen as yuan with separators.

    >>> yuan(123450), yuan(-5)
    ('1,234.50', '-0.05')
    """
    return f"{Decimal(amount) / FEN_PER_YUAN:,.2f}"


def wan(amount: int) -> str:
    """Fen in units of 10,000 yuan with six decimals, the unit of 双公示 sheets.

    >>> wan(200_000)
    '0.200000'
    """
    return f"{Decimal(amount) / FEN_PER_WAN:.6f}"

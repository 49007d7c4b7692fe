"""Licence numbers 许可证编号: food production SC, food operation JY, filing of sellers YB.

Fourteen digits after the letters, the last a check digit (GB/T 17710, MOD 11,10). The division
digits are those of the day of issue: zones and some provinces put codes of their own there, so an
unknown county is a warning. The structure of YB is recalled, not read: no real number was found.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from mingchu.identifiers.checksums import gbt17710
from mingchu.identifiers.clean import clean
from mingchu.identifiers.divisions import HOHHOT, PROVINCES, division
from mingchu.identifiers.verdict import Reason, Result, Verdict, worst
from mingchu.identifiers.verdict import msgid as _


class Series(StrEnum):
    """The letters a number begins with."""

    PRODUCTION = "SC"
    OPERATION = "JY"
    FILING = "YB"


# First digit 1 food, 2 additive; then the kind. A maker of several is numbered by the main one.
PRODUCTS = {
    "101": "粮食加工品",
    "102": "食用油、油脂及其制品",
    "103": "调味品",
    "104": "肉制品",
    "105": "乳制品",
    "106": "饮料",
    "107": "方便食品",
    "108": "饼干",
    "109": "罐头",
    "110": "冷冻饮品",
    "111": "速冻食品",
    "112": "薯类和膨化食品",
    "113": "糖果制品",
    "114": "茶叶及相关制品",
    "115": "酒类",
    "116": "蔬菜制品",
    "117": "水果制品",
    "118": "炒货食品及坚果制品",
    "119": "蛋制品",
    "120": "可可及焙烤咖啡产品",
    "121": "食糖",
    "122": "水产制品",
    "123": "淀粉及淀粉制品",
    "124": "糕点",
    "125": "豆制品",
    "126": "蜂产品",
    "127": "保健食品",
    "128": "特殊医学用途配方食品",
    "129": "婴幼儿配方食品",
    "130": "特殊膳食食品",
    "131": "其他食品",
    "201": "食品添加剂",
    "202": "食品用香精",
    "203": "复配食品添加剂",
}
FORMS = {"1": "食品销售经营者", "2": "餐饮服务经营者", "3": "集中用餐单位食堂"}
FILINGS = {"1": "批发", "2": "零售", "3": "批发兼零售"}


@dataclass(frozen=True, slots=True)
class Structure:
    """How the fourteen digits of a series are cut: item, division, sequence, check."""

    item_digits: int
    sequence_digits: int
    items: Mapping[str, str]


STRUCTURES = {
    Series.PRODUCTION: Structure(3, 4, PRODUCTS),
    Series.OPERATION: Structure(1, 6, FORMS),
    Series.FILING: Structure(1, 6, FILINGS),
}
_NUMBER = re.compile(r"(SC|JY|YB)[0-9]{14}")
_LABEL = re.compile(r"^(?:食品生产许可证|食品经营许可证|许可证|备案)?(?:编号|号)?[::]")

SHAPE = Reason(
    "licence_shape",
    _("“{found}”不是{series}加14位数字"),
    _("请对照许可证或备案凭证，填写字母和全部14位数字"),
    Result.WRONG,
)
OTHER_SERIES = Reason(
    "licence_other_series",
    _("这是{found}编号，这里应填{series}编号"),
    _("SC是食品生产许可，JY是食品经营许可，YB是仅销售预包装食品备案；请填到对应的栏"),
    Result.WRONG,
)
CHECK = Reason(
    "licence_check",
    _("编号末位应为{expected}，填的是{found}"),
    _("请对照证件核对；证件上确实如此的，请留存证件照片作为依据"),
    Result.NEEDS_EVIDENCE,
)
ITEM = Reason(
    "licence_item",
    _("编号里的类别“{found}”在{series}编号中不存在"),
    _("请对照证件核对字母后的第一组数字"),
    Result.WRONG,
)
DIVISION = Reason(
    "licence_division",
    _("编号里的区划{found}不在现行区划表内"),
    _("区划可能已经调整，或是开发区自编的代码；请对照证件核对"),
    Result.WARNING,
)


@dataclass(frozen=True, slots=True)
class LicenceNumber:
    series: Series
    item: str
    division: str
    sequence: str
    check: str

    def __str__(self) -> str:
        return self.series + self.item + self.division + self.sequence + self.check

    @property
    def item_zh(self) -> str:
        return STRUCTURES[self.series].items.get(self.item, "")


def parse(number: str) -> LicenceNumber:
    """Its parts; the text is that of a verdict's `value`.

    >>> parse("SC10515012300014").item_zh, parse("JY31501050000011").item_zh
    ('乳制品', '集中用餐单位食堂')
    """
    series = Series(number[:2])
    cut = 2 + STRUCTURES[series].item_digits
    return LicenceNumber(
        series, number[2:cut], number[cut : cut + 6], number[cut + 6 : -1], number[-1]
    )


def valid(number: str) -> bool:
    """Whether a normalised number is well formed and its check digit holds.

    >>> valid("SC11464010500015"), valid("SC10600000000000")
    (True, False)
    """
    return bool(_NUMBER.fullmatch(number)) and gbt17710(number[2:15]) == number[15]


def check(typed: str, series: Series | None = None) -> Verdict:
    """The verdict on a text given as a licence number, of one series or of any.

    >>> check("sc 105 150123 00014").value
    'SC10515012300014'
    >>> check("JY15101000000000", Series.OPERATION).code
    'licence_check'
    """
    text, mended = clean(typed)
    bare = _LABEL.sub("", text)
    if bare != text:
        text, mended = bare, (*mended, "label")
    kind = series.name.lower() if series else "licence"
    reasons = _reasons(text, series)
    return Verdict(f"{kind}_number", typed, text, worst(reasons), reasons, mended)


def _reasons(text: str, series: Series | None) -> tuple[Reason, ...]:
    if not _NUMBER.fullmatch(text):
        return (SHAPE.given(found=text, series=series or "SC/JY/YB"),)
    number = parse(text)
    if series and number.series != series:
        return (OTHER_SERIES.given(found=number.series, series=series),)
    found = []
    expected = gbt17710(text[2:15])
    if number.check != expected:
        found.append(CHECK.given(expected=expected, found=number.check))
    if not number.item_zh:
        found.append(ITEM.given(found=number.item, series=number.series))
    place = number.division
    if place[:2] not in PROVINCES or (place[:4] == HOHHOT[:4] and not division(place)):
        found.append(DIVISION.given(found=place))
    return tuple(found)


def build(series: Series, item: str, place: str, sequence: int) -> str:
    """The number of an item, a division and a running number.

    >>> build(Series.PRODUCTION, "105", "150123", 1), build(Series.OPERATION, "2", "150105", 1)
    ('SC10515012300014', 'JY21501050000016')
    """
    digits = f"{item}{place}{sequence:0{STRUCTURES[series].sequence_digits}d}"
    if len(digits) != 13:
        raise ValueError(f"{series} has no room for {digits}")
    return series + digits + gbt17710(digits)

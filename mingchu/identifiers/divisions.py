"""Divisions 行政区划 (GB/T 2260): provinces, the region's leagues, Hohhot with its functional zone.

The development zone has a code of the statistics office, not of GB/T 2260: it is its own kind and
reports to the city. Licences outlive boundary changes and zones use codes of their own, so an
unknown county is never by itself a reason to call a number wrong.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from mingchu.identifiers.clean import clean
from mingchu.identifiers.verdict import Reason, Result, Verdict, worst
from mingchu.identifiers.verdict import msgid as _

KIND = "division"
SHAPE = Reason(
    "division_shape",
    _("“{found}”不是6位区划代码"),
    _("请填写6位数字的区划代码，或从名单里选择"),
    Result.WRONG,
)
UNKNOWN = Reason(
    "division_unknown",
    _("区划表里没有{found}"),
    _("请从名单里选择；区划已经调整的，请填现行代码"),
    Result.WRONG,
)


class Level(StrEnum):
    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    ZONE = "zone"


class Division(NamedTuple):
    code: str
    zh: str
    en: str
    level: Level
    parent: str
    former: tuple[str, ...] = ()

    @property
    def is_zone(self) -> bool:
        """A functional zone 功能区: administers, but is no division of GB/T 2260."""
        return self.level is Level.ZONE


NATION = "100000"
REGION = "150000"
HOHHOT = "150100"
ZONE = "150172"

_PROVINCES = """
11 北京市 Beijing|12 天津市 Tianjin|13 河北省 Hebei|14 山西省 Shanxi
15 内蒙古自治区 Inner Mongolia|21 辽宁省 Liaoning|22 吉林省 Jilin|23 黑龙江省 Heilongjiang
31 上海市 Shanghai|32 江苏省 Jiangsu|33 浙江省 Zhejiang|34 安徽省 Anhui|35 福建省 Fujian
36 江西省 Jiangxi|37 山东省 Shandong|41 河南省 Henan|42 湖北省 Hubei|43 湖南省 Hunan
44 广东省 Guangdong|45 广西壮族自治区 Guangxi|46 海南省 Hainan|50 重庆市 Chongqing
51 四川省 Sichuan|52 贵州省 Guizhou|53 云南省 Yunnan|54 西藏自治区 Xizang|61 陕西省 Shaanxi
62 甘肃省 Gansu|63 青海省 Qinghai|64 宁夏回族自治区 Ningxia|65 新疆维吾尔自治区 Xinjiang
71 台湾省 Taiwan|81 香港特别行政区 Hong Kong|82 澳门特别行政区 Macao
"""
_LEAGUES = """
1501 呼和浩特市 Hohhot|1502 包头市 Baotou|1503 乌海市 Wuhai|1504 赤峰市 Chifeng
1505 通辽市 Tongliao|1506 鄂尔多斯市 Ordos|1507 呼伦贝尔市 Hulunbuir|1508 巴彦淖尔市 Bayannur
1509 乌兰察布市 Ulanqab|1522 兴安盟 Hinggan League|1525 锡林郭勒盟 Xilingol League
1529 阿拉善盟 Alxa League
"""
_COUNTIES = """
150102 新城区 Xincheng District|150103 回民区 Huimin District|150104 玉泉区 Yuquan District
150105 赛罕区 Saihan District|150121 土默特左旗 Tumed Left Banner|150122 托克托县 Togtoh County
150123 和林格尔县 Horinger County|150124 清水河县 Qingshuihe County|150125 武川县 Wuchuan County
"""
_FORMER = {"150105": ("郊区",)}  # called so until 1999


def _rows(table: str) -> list[tuple[str, str, str]]:
    lines = (row for line in table.split("\n") for row in line.split("|") if row)
    return [(code, zh, en) for code, zh, en in (row.split(" ", 2) for row in lines)]


def _build() -> dict[str, Division]:
    rows = [
        *(
            Division(f"{code}0000", zh, en, Level.PROVINCE, NATION)
            for code, zh, en in _rows(_PROVINCES)
        ),
        *(Division(f"{code}00", zh, en, Level.CITY, REGION) for code, zh, en in _rows(_LEAGUES)),
        *(
            Division(code, zh, en, Level.COUNTY, HOHHOT, _FORMER.get(code, ()))
            for code, zh, en in _rows(_COUNTIES)
        ),
        Division(
            ZONE,
            "呼和浩特经济技术开发区",
            "Hohhot Economic and Technological Development Zone",
            Level.ZONE,
            HOHHOT,
        ),
    ]
    return {row.code: row for row in rows}


DIVISIONS = _build()
PROVINCES = frozenset(code[:2] for code, row in DIVISIONS.items() if row.level is Level.PROVINCE)
COUNTIES = tuple(row for row in DIVISIONS.values() if row.level is Level.COUNTY)
# What the city reports by: nine banners, counties and districts, and the zone.
REPORTING = (*COUNTIES, DIVISIONS[ZONE])
_BY_NAME = {
    name: row for row in DIVISIONS.values() for name in (row.zh, row.en.casefold(), *row.former)
}


def division(code: str) -> Division | None:
    """The division of a code of two, four or six digits, or of a township inside it.

    >>> division("150172").zh, division("15").en, division("150105001").zh
    ('呼和浩特经济技术开发区', 'Inner Mongolia', '赛罕区')
    """
    return DIVISIONS.get(code[:6].ljust(6, "0"))


def named(name: str) -> Division | None:
    """The division of an official, English or former name, or of its unmistakable short form.

    >>> named("赛罕").code, named("郊区").code, named("呼和浩特市和林格尔县").code
    ('150105', '150105', '150123')
    """
    inside = name.strip()
    for above in ("内蒙古自治区", "呼和浩特市"):
        inside = inside.removeprefix(above) or inside
    found = _BY_NAME.get(inside) or _BY_NAME.get(inside.casefold())
    if found or not inside:
        return found
    short = [row for row in REPORTING if len(inside) > 1 and inside in (row.zh[:-1], row.zh[-5:])]
    return short[0] if len(short) == 1 else None


def parents(code: str) -> tuple[Division, ...]:
    """From the next higher division up to the province.

    >>> [row.zh for row in parents("150172")]
    ['呼和浩特市', '内蒙古自治区']
    """
    row = division(code)
    above = []
    while row and row.parent in DIVISIONS:
        row = DIVISIONS[row.parent]
        above.append(row)
    return tuple(above)


def within(code: str, scope: str) -> bool:
    """Whether the place of `code` lies in the scope; both may be of any level, townships too.

    >>> within("150172", "150100"), within("150105", "15"), within("150105", "150102")
    (True, True, False)
    """
    if not code.isdigit() or not scope.isdigit():
        return False
    if scope == NATION:
        return True
    stem = scope[:6].ljust(6, "0")
    stem = stem[:2] if stem.endswith("0000") else stem[:4] if stem.endswith("00") else stem
    return code.startswith(stem + scope[6:])


def check(typed: str) -> Verdict:
    """The verdict on a text given as the code of a division we know.

    >>> check("150172").ok, check("150199").code
    (True, 'division_unknown')
    """
    text, mended = clean(typed)
    reasons: tuple[Reason, ...] = ()
    if len(text) != 6 or not (text.isascii() and text.isdigit()):
        reasons = (SHAPE.given(found=typed),)
    elif text not in DIVISIONS:
        reasons = (UNKNOWN.given(found=text),)
    return Verdict(KIND, typed, text, worst(reasons), reasons, mended)

"""Unified social credit code 统一社会信用代码 (GB 32100-2015): 18 characters.

Registering authority, kind of body, division, organisation code (GB 11714, with a check character
of its own) and check character. Schools and hospitals carry 12 or 52, most caterers 92, village
collectives N2: the registry must not assume 91. A real code exists whose last character does not
fit, so one failed check asks for the licence; two together are a mistyped code.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from mingchu.identifiers import old_codes
from mingchu.identifiers.checksums import ALPHABET, VALUES, gb11714, gb32100
from mingchu.identifiers.clean import clean, spoiled_by_a_spreadsheet
from mingchu.identifiers.divisions import HOHHOT, NATION, PROVINCES, division
from mingchu.identifiers.verdict import Reason, Result, Verdict, worst
from mingchu.identifiers.verdict import msgid as _

KIND = "credit_code"
SHAPE = re.compile(rf"[{ALPHABET}]{{2}}[0-9]{{6}}[{ALPHABET}]{{10}}")

AUTHORITIES = {
    "1": "机构编制",
    "2": "外交",
    "3": "司法行政",
    "4": "文化",
    "5": "民政",
    "6": "旅游",
    "7": "宗教",
    "8": "工会",
    "9": "市场监督管理",
    "A": "中央军委改革和编制办公室",
    "N": "农业农村",
    "Y": "其他",
}
CATEGORIES = {
    "11": "机关",
    "12": "事业单位",
    "13": "机构编制部门直接管理的群众团体",
    "19": "其他",
    "21": "外国常驻新闻机构",
    "29": "其他",
    "31": "律师执业机构",
    "32": "公证处",
    "33": "基层法律服务所",
    "34": "司法鉴定机构",
    "35": "仲裁委员会",
    "39": "其他",
    "41": "外国在华文化中心",
    "49": "其他",
    "51": "社会团体",
    "52": "民办非企业单位",
    "53": "基金会",
    "59": "其他",
    "61": "外国旅游部门常驻代表机构",
    "62": "港澳台地区旅游部门常驻内地代表机构",
    "69": "其他",
    "71": "宗教活动场所",
    "72": "宗教院校",
    "79": "其他",
    "81": "基层工会",
    "89": "其他",
    "91": "企业",
    "92": "个体工商户",
    "93": "农民专业合作社",
    "A1": "军队事业单位",
    "A9": "其他",
    "N1": "组级集体经济组织",
    "N2": "村级集体经济组织",
    "N3": "乡镇级集体经济组织",
    "N9": "其他",
    "Y1": "其他",
}

LENGTH = Reason(
    "credit_code_length",
    _("统一社会信用代码应为18位，填的是{found}位"),
    _("请对照营业执照补全或删去多出的字符"),
    Result.WRONG,
)
OLD_NUMBER = Reason(
    "credit_code_old_number",
    _("填的是旧的注册号或组织机构代码，不是统一社会信用代码"),
    _("请填换照后的18位统一社会信用代码"),
    Result.WRONG,
)
LETTER = Reason(
    "credit_code_letter",
    _("第{place}位的“{found}”不会出现在统一社会信用代码里"),
    _("代码不用字母I、O、S、V、Z，第3至8位是数字；请对照营业执照更正"),
    Result.WRONG,
)
SPREADSHEET = Reason(
    "credit_code_spreadsheet",
    _("代码被电子表格当成数字，末几位已经丢失"),
    _("请把该列设为文本格式，再从原件重新填写"),
    Result.WRONG,
)
MISTYPED = Reason(
    "credit_code_mistyped",
    _("代码的两个校验位（第17、18位）都不对，多半有一位填错"),
    _("请对照营业执照逐位核对"),
    Result.WRONG,
)
CHECK = Reason(
    "credit_code_check",
    _("代码末位应为{expected}，填的是{found}"),
    _("请对照营业执照核对；执照上确实如此的，请留存执照照片作为依据"),
    Result.NEEDS_EVIDENCE,
)
INNER_CHECK = Reason(
    "credit_code_inner_check",
    _("代码第17位（组织机构代码校验位）应为{expected}，填的是{found}"),
    _("请对照营业执照核对；执照上确实如此的，请留存执照照片作为依据"),
    Result.NEEDS_EVIDENCE,
)
AUTHORITY = Reason(
    "credit_code_authority",
    _("代码首位“{found}”不是已知的登记管理部门"),
    _("请对照证照核对；证照上确实如此的，请留存证照照片作为依据"),
    Result.NEEDS_EVIDENCE,
)
CATEGORY = Reason(
    "credit_code_category",
    _("代码前两位“{found}”不是已知的机构类别"),
    _("请对照证照核对"),
    Result.WARNING,
)
DIVISION = Reason(
    "credit_code_division",
    _("代码里的登记机关区划{found}不在现行区划表内"),
    _("区划可能已经调整；请对照证照核对"),
    Result.WARNING,
)


class CreditCode(NamedTuple):
    authority: str
    category: str
    division: str
    organisation: str
    check: str

    def __str__(self) -> str:
        return self.authority + self.category + self.division + self.organisation + self.check

    @property
    def category_zh(self) -> str:
        return CATEGORIES.get(self.authority + self.category, "")


def parse(code: str) -> CreditCode:
    """Its parts; the text is that of a verdict's `value`.

    >>> parse("N2150105MF0000013K").category_zh
    '村级集体经济组织'
    """
    return CreditCode(code[0], code[1], code[2:8], code[8:17], code[17])


def valid(code: str) -> bool:
    """Whether a normalised code is well formed and both its checks hold; the fast question.

    >>> valid("91150105MA00000150"), valid("91350203M0001QAY9B")
    (True, False)
    """
    return (
        SHAPE.fullmatch(code) is not None
        and gb32100(code[:17]) == code[17]
        and gb11714(code[8:16]) == code[16]
    )


def check(typed: str) -> Verdict:
    """The verdict on a text given as a credit code.

    >>> check("911501-05 ma00000150").value
    '91150105MA00000150'
    >>> check("91350203M0001QAY9B").result.value
    'needs_evidence'
    """
    text, mended = clean(typed)
    if not SHAPE.fullmatch(text):
        reasons: tuple[Reason, ...] = (_misshapen(text),)
    elif valid(text):
        reasons = _of_prefix(text[:2], text[2:8])
    else:
        reasons = (*_of_checks(text), *_of_prefix(text[:2], text[2:8]))
    if not reasons and not mended:
        return Verdict(KIND, typed, text)
    doubtful = worst(reasons) in (Result.WRONG, Result.NEEDS_EVIDENCE)
    meant = candidates(text) if doubtful else ()
    return Verdict(KIND, typed, text, worst(reasons), reasons, mended, meant)


def _misshapen(text: str) -> Reason:
    if spoiled_by_a_spreadsheet(text):
        return SPREADSHEET
    if old_codes.valid_registration(text) or old_codes.valid_organisation(text):
        return OLD_NUMBER
    if len(text) != 18:
        return LENGTH.given(found=len(text))
    place = next(
        at
        for at, one in enumerate(text)
        if one not in VALUES or (2 <= at < 8 and not one.isdecimal())
    )
    return LETTER.given(place=place + 1, found=text[place])


def _of_checks(code: str) -> tuple[Reason, ...]:
    if spoiled_by_a_spreadsheet(code):
        return (SPREADSHEET,)
    expected, inner = gb32100(code[:17]), gb11714(code[8:16])
    if expected != code[17] and inner != code[16]:
        return (MISTYPED,)
    if expected != code[17]:
        return (CHECK.given(expected=expected, found=code[17]),)
    return (INNER_CHECK.given(expected=inner, found=code[16]),)


@cache
def _of_prefix(prefix: str, place: str) -> tuple[Reason, ...]:
    """Doubts about authority, category and division; few combinations exist, so it is kept."""
    found = []
    if prefix[0] not in AUTHORITIES:
        found.append(AUTHORITY.given(found=prefix[0]))
    elif prefix not in CATEGORIES:
        found.append(CATEGORY.given(found=prefix))
    unknown = place[:2] not in PROVINCES and place != NATION
    if unknown or (place[:4] == HOHHOT[:4] and not division(place)):
        found.append(DIVISION.given(found=place))
    return tuple(found)


# What eyes and scanners take for one another.
LOOKS_LIKE = {
    "0": "DQ8", "O": "0DQ", "D": "0", "Q": "0", "1": "7L", "I": "1", "L": "1", "7": "1",
    "2": "Z7", "Z": "2", "5": "6", "S": "5", "8": "B3", "B": "8", "3": "8", "6": "5",
    "U": "J", "V": "UY", "W": "M", "M": "WN", "N": "M", "9": "4", "4": "9A", "A": "4",
}  # fmt: skip


def candidates(text: str) -> tuple[str, ...]:
    """Codes that fit and differ by one look-alike, or by two neighbours changed about.

    >>> candidates("9115O105MA00000150")
    ('91150105MA00000150',)
    """
    if len(text) != 18:
        return ()
    alike = (
        text[:at] + other + text[at + 1 :]
        for at, one in enumerate(text)
        for other in LOOKS_LIKE.get(one, "")
    )
    swapped = (text[:at] + text[at + 1] + text[at] + text[at + 2 :] for at in range(17))
    fitting = (code for code in (*alike, *swapped) if code != text and valid(code))
    return tuple(dict.fromkeys(code for code in fitting if not _of_prefix(code[:2], code[2:8])))


def build(prefix: str, place: str, body: str) -> str:
    """The code of two prefix characters, a division and eight characters of the body.

    >>> build("91", "150105", "MA000001")
    '91150105MA00000150'
    """
    first_17 = prefix + place + body + gb11714(body)
    return first_17 + gb32100(first_17)


# The body series MA0A to MA0F was allotted outside the region, so with a division of Hohhot it
# names nobody.
SYNTHETIC_SERIES = "ABCDEF"
SYNTHETIC = re.compile(rf"..1501[0-9]{{2}}M[AF]0[0{SYNTHETIC_SERIES}].*")
_PER_SERIES = 31**4
SYNTHETIC_COUNT = len(SYNTHETIC_SERIES) * _PER_SERIES


def synthetic(n: int, *, prefix: str = "91", place: str = "150105") -> str:
    """The n-th code of the pattern of invented businesses: valid, and nobody's.

    The body depends on `n` alone, so bodies never repeat across prefixes and divisions.

    >>> synthetic(0), synthetic(300_000, prefix="92", place="150102")
    ('91150105MA0A00006U', '92150102MA0AA25D4W')
    """
    series, rest = divmod(n, _PER_SERIES)
    tail = ""
    for _place in range(4):
        rest, digit = divmod(rest, 31)
        tail = ALPHABET[digit] + tail
    return build(prefix, place, f"MA0{SYNTHETIC_SERIES[series]}{tail}")


def is_synthetic(code: str) -> bool:
    """Whether a code is of the pattern of invented businesses.

    >>> is_synthetic("92150105MA0BBBB237"), is_synthetic("91350200MA2YJ1XR9G")
    (True, False)
    """
    return SYNTHETIC.fullmatch(code) is not None

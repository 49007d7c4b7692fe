"""The official list of businesses 经营者名单: its columns, their other names, their values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from mingchu.base.errors import Refusal
from mingchu.identifiers import divisions, licences, read
from mingchu.identifiers import small_operators as small
from mingchu.identifiers.verdict import Result, Verdict, refused
from mingchu.kit.sheets.layouts import Column, Kind, Layout
from mingchu.registry import models
from mingchu.registry.domain import LicenceKind
from mingchu.registry.places import DISTRICTS

NUMBERS = "、"
DINERS_TOP = 100_000
NATIONAL = tuple(str(series) for series in licences.Series)

KINDS = {
    "食品生产": "producer",
    "食品生产企业": "producer",
    "食品销售": "seller",
    "食品销售经营者": "seller",
    "餐饮服务": "caterer",
    "餐饮": "caterer",
    "餐饮服务经营者": "caterer",
    "单位食堂": "canteen",
    "食堂": "canteen",
    "小作坊": "workshop",
    "小餐饮": "small_restaurant",
    "小餐饮店": "small_restaurant",
    "小食杂店": "grocery",
    "食杂店": "grocery",
    "摊贩": "vendor",
    "食用农产品销售": "farm_stall",
    "市场": "market",
}
SCALES = {
    "大型企业": "large",
    "中型企业": "medium",
    "小型企业": "small",
    "微型企业": "micro",
    "小微": "micro",
}


LANGUAGES = ("zh-hans", "en")  # the official words first; they are what a refusal lists


def words_of(label: Any) -> list[str]:
    """A label in every language an export may have been made in."""
    said = []
    for language in LANGUAGES:
        with translation.override(language):
            said.append(str(label))
    return said


def options_of(labels: Any, more: Mapping[str, str]) -> dict[str, str]:
    own = {word: str(code) for code, label in labels.choices for word in words_of(label)}
    return {**own, **more}


def offers_of(labels: Any) -> tuple[str, ...]:
    return tuple(words_of(label)[0] for _code, label in labels.choices)


def _code(typed: str) -> str:
    return read("credit_code", typed)


def _identity(typed: str) -> str:
    return read("resident_id", typed)


def district_code(typed: str) -> str:
    """Its code; a name or code nobody knows stays as it is, for the row to come in flagged."""
    found = divisions.DIVISIONS.get(typed) or divisions.named(typed)
    return found.code if found in divisions.REPORTING else _districts().get(typed, typed)


@cache
def _districts() -> dict[str, str]:
    """By the names our own exports give them, in either language."""
    return {word: code for code, name in DISTRICTS.items() for word in words_of(name)}


def is_district(code: str) -> bool:
    return code in DISTRICTS


def _count(said: int) -> int:
    if not 0 < said <= DINERS_TOP:
        raise Refusal(
            "out_of_range",
            "{said}不在1到{top}之间",
            fix="请核对人数",
            status=422,
            said=said,
            top=DINERS_TOP,
        )
    return said


def licence_verdict(number: str) -> Verdict:
    """By the letters it begins with: the nation's licences, else what the region gives."""
    national = number.strip().upper().startswith(NATIONAL)
    return licences.check(number) if national else small.check(number)


def licence_kind(number: str, business_kind: str) -> str:
    """
    >>> licence_kind("JY21501050000016", "caterer"), licence_kind("TD12345", "vendor")
    ('JY', 'card')
    """
    if number.startswith(NATIONAL):
        return number[:2]
    kind = LicenceKind.CARD if business_kind == "vendor" else LicenceKind.REGISTRATION
    return kind.value


def _numbers(typed: str) -> str:
    """One number, or several of a business that has them all already."""
    parts = [part for part in typed.replace(",", NUMBERS).split(NUMBERS) if part.strip()]
    found = [licence_verdict(part) for part in parts]
    for verdict in found:
        if verdict.result is Result.WRONG:
            raise refused(verdict.gravest)
    return NUMBERS.join(verdict.value for verdict in found)


BUSINESS = (
    Column(
        key="name",
        title="名称",
        synonyms=(
            "经营者名称",
            "主体名称",
            "企业名称",
            "单位名称",
            "商户名称",
            "市场主体名称",
            "生产经营者名称",
        ),
        required=True,
        example="示例家常菜馆",
        most=120,
        group="主体",
    ),
    Column(
        key="sign",
        title="店招",
        synonyms=("招牌", "门头", "门店名称", "字号"),
        example="示例菜馆",
        most=120,
        group="主体",
    ),
    Column(
        key="code",
        title="统一社会信用代码",
        synonyms=("社会信用代码", "信用代码", "统一代码", "营业执照号", "注册号"),
        kind=Kind.CODE,
        check=_code,
        example="92150105MA0BBBB237",
        most=40,
        group="主体",
        note="18位；摊贩、农户等没有代码的留空",
    ),
    Column(
        key="kind",
        title="业态",
        synonyms=("主体业态", "经营业态", "主要业态", "食品业态"),
        required=True,
        offers=offers_of(models.Kind),
        options=options_of(models.Kind, KINDS),
        example="餐饮服务提供者",
        group="主体",
    ),
    Column(
        key="legal_form",
        title="主体类型",
        synonyms=("企业类型", "市场主体类型"),
        offers=offers_of(models.LegalForm),
        options=options_of(models.LegalForm, {}),
        example="个体工商户",
        group="主体",
        note="不填则按代码前两位判断",
    ),
    Column(
        key="state",
        title="经营状态",
        synonyms=("状态", "登记状态"),
        offers=offers_of(models.State),
        options=options_of(models.State, {"存续": "open", "正常": "open", "营业": "open"}),
        example="在营",
        group="主体",
        note="只用于新建档案",
    ),
    Column(
        key="scale",
        title="规模",
        synonyms=("企业规模", "经营规模", "企业划型"),
        offers=offers_of(models.Scale),
        options=options_of(models.Scale, SCALES),
        example="微型",
        group="主体",
        note="统计划型：大型、中型、小型、微型",
    ),
    Column(
        key="diners",
        title="用餐人数",
        synonyms=("就餐人数", "每餐用餐人数", "供餐人数"),
        kind=Kind.WHOLE,
        check=_count,
        example="40",
        group="主体",
        note="食堂和集体用餐配送单位填写每餐人数",
    ),
    Column(
        key="head",
        title="总部代码",
        synonyms=("总部统一社会信用代码", "总公司代码", "连锁总部代码"),
        kind=Kind.CODE,
        check=_code,
        example="",
        most=40,
        group="主体",
        note="连锁门店填写总部的统一社会信用代码；总部可在同一张表里",
    ),
    Column(
        key="opened",
        title="开业日期",
        synonyms=("成立日期", "开业时间"),
        kind=Kind.DAY,
        example="2022-03-01",
        group="主体",
    ),
)

PLACE = (
    Column(
        key="district",
        title="旗县区",
        synonyms=("区县", "所属旗县区", "辖区", "行政区划", "所在区", "区划代码"),
        required=True,
        check=district_code,
        offers=tuple(words_of(name)[0] for name in DISTRICTS.values()),
        example="赛罕区",
        group="地点",
        note="全称或6位代码",
    ),
    Column(
        key="station",
        title="监管所",
        synonyms=("监管所代码", "市场监管所", "所属监管所"),
        kind=Kind.CODE,
        example="150105001",
        most=12,
        group="地点",
        note="监管所代码，前六位与旗县区相同",
    ),
    Column(
        key="grid",
        title="网格",
        synonyms=("网格代码", "网格编码", "网格编号", "所属网格"),
        kind=Kind.CODE,
        example="150105001001",
        most=15,
        group="地点",
        note="网格代码，以监管所代码开头",
    ),
    Column(
        key="address",
        title="地址",
        synonyms=("经营地址", "住所", "经营场所", "生产经营地址", "详细地址", "营业地址"),
        example="示例街1号",
        most=200,
        group="地点",
    ),
    Column(
        key="phone",
        title="联系电话",
        synonyms=("电话", "手机", "手机号", "联系方式"),
        kind=Kind.CODE,
        example="13800000000",
        most=20,
        group="地点",
    ),
)

LICENCE = (
    Column(
        key="numbers",
        title="证件编号",
        synonyms=(
            "许可证编号",
            "许可证号",
            "许可证号码",
            "食品经营许可证编号",
            "食品生产许可证编号",
            "登记证编号",
            "备案编号",
            "备案卡编号",
        ),
        kind=Kind.CODE,
        check=_numbers,
        example="JY21501050000016",
        most=200,
        group="证件",
    ),
    Column(
        key="items",
        title="许可项目",
        synonyms=("经营项目", "许可范围", "食品类别"),
        example="热食类食品制售",
        most=500,
        group="证件",
        note="几项之间用“、”分开",
    ),
    Column(
        key="issued",
        title="发证日期",
        synonyms=("签发日期", "发证时间", "备案日期", "登记日期"),
        kind=Kind.DAY,
        example="2022-02-20",
        group="证件",
    ),
    Column(
        key="expires",
        title="有效期至",
        synonyms=("有效期", "有效期限至", "到期日期", "证件有效期至"),
        kind=Kind.DAY,
        example="2027-02-19",
        group="证件",
        note="留空按证件种类和发证日期推算",
    ),
    Column(
        key="evidence",
        title="凭证件确认",
        synonyms=("核验凭据",),
        example="",
        most=200,
        group="证件",
        note="号码核验不过、但证件上确实如此的，写明看过的证件",
    ),
)

PEOPLE = (
    Column(
        key="principal",
        title="负责人",
        synonyms=(
            "负责人姓名",
            "主要负责人",
            "法定代表人",
            "法定代表人（负责人）",
            "法人",
            "法人代表",
            "经营者姓名",
            "业主姓名",
        ),
        example="测试甲",
        most=60,
        group="人员",
    ),
    Column(
        key="principal_phone",
        title="负责人电话",
        synonyms=("负责人联系电话", "负责人手机", "负责人手机号", "法定代表人电话"),
        kind=Kind.CODE,
        example="13800000000",
        most=20,
        group="人员",
    ),
    Column(
        key="principal_identity",
        title="负责人身份证号",
        synonyms=("负责人证件号码", "负责人身份证号码", "身份证号", "身份证号码", "公民身份号码"),
        kind=Kind.CODE,
        check=_identity,
        example="150105199001010018",
        most=40,
        group="人员",
        note="只存加密摘要和后四位",
    ),
    Column(
        key="officer",
        title="食品安全员",
        synonyms=("食品安全管理员", "食品安全管理人员", "食品安全员姓名", "食安员"),
        example="测试乙",
        most=200,
        group="人员",
        note="几人之间用“、”分开",
    ),
    Column(
        key="health_until",
        title="健康证有效期",
        synonyms=("健康证有效期至", "健康证明有效期", "健康证明有效期至", "健康证到期日"),
        kind=Kind.DAY,
        example="2027-03-01",
        group="人员",
        note="食品安全员的；没有填食品安全员的，为负责人的",
    ),
)


def in_both(column: Column) -> Column:
    """Its heading is known in the other language too, so that our own exports come back."""
    other = words_of(_(column.title))[1]
    return column if other == column.title else replace(column, synonyms=(*column.synonyms, other))


# Several licences of one business are as many rows, as in official lists.
LIST = Layout(
    name="registry",
    title="经营者名单",
    columns=tuple(map(in_both, (*BUSINESS, *PLACE, *PEOPLE, *LICENCE))),
)

"""The official roster of duty cadres: its columns, their other names, what may stand in them."""

from __future__ import annotations

import re

from mingchu.base.errors import Refusal
from mingchu.kit.sheets.layouts import Column, Kind, Layout
from mingchu.registry.layout import district_code, in_both, offers_of, options_of, words_of
from mingchu.registry.places import DISTRICTS
from mingchu.territory.models import Rank

PHONE = re.compile(r"\+?[\d-]{5,20}")
RANKS = {
    "市": "city",
    "县": "county",
    "区级": "county",
    "旗县区级": "county",
    "区县级": "county",
    "乡": "township",
    "乡镇": "township",
    "乡镇级": "township",
    "镇级": "township",
    "街道": "township",
    "苏木乡镇级": "township",
    "村": "village",
    "嘎查村级": "village",
    "社区": "village",
    "社区级": "village",
}
APART = re.compile(r"[、，,;；\s]+")
RANGE_TOP = 8_000  # characters of one cell


def parts(typed: str) -> tuple[str, ...]:
    """Codes of a cell that holds several, each once.

    >>> parts("150105001、150105002, 150105001")
    ('150105001', '150105002')
    """
    return tuple(dict.fromkeys(part for part in APART.split(typed) if part))


def _phone(typed: str) -> str:
    if not PHONE.fullmatch(typed):
        raise Refusal("bad_phone", "“{typed}”不是电话号码", fix="请只填数字", typed=typed)
    return typed


COLUMNS = (
    Column(
        key="name",
        title="姓名",
        synonyms=("干部姓名", "包保干部", "包保干部姓名"),
        required=True,
        example="张三（示例）",
        most=80,
        group="干部",
    ),
    Column(
        key="unit",
        title="单位",
        synonyms=("所在单位", "工作单位", "单位及职务", "单位职务"),
        required=True,
        example="示例街道办事处",
        most=120,
        group="干部",
    ),
    Column(
        key="rank",
        title="职级",
        synonyms=("包保职级", "干部层级", "包保级别", "级别", "层级"),
        required=True,
        offers=offers_of(Rank),
        options=options_of(Rank, RANKS),
        example="乡级",
        group="干部",
        note="市级、县级、乡级、村级，与主体的A、B、C、D级对应",
    ),
    Column(
        key="district",
        title="旗县区",
        synonyms=("区县", "所属旗县区", "所在旗县区"),
        check=district_code,
        offers=tuple(words_of(name)[0] for name in DISTRICTS.values()),
        example="赛罕区",
        group="干部",
        note="不填则按包保范围判断；管全市的市级干部留空",
    ),
    Column(
        key="phone",
        title="手机号",
        synonyms=("电话", "联系电话", "手机", "手机号码", "联系方式"),
        kind=Kind.CODE,
        required=True,
        check=_phone,
        example="13800000000",
        most=20,
        group="干部",
        note="姓名和手机号一起认人",
    ),
    Column(
        key="username",
        title="登录账号",
        synonyms=("账号", "用户名"),
        example="",
        most=150,
        group="干部",
        note="开户以后填写，可不填；账号须有包保干部岗位",
    ),
    Column(
        key="areas",
        title="包保区域",
        synonyms=("责任区域", "包保区域代码", "区域代码"),
        example="150105001",
        most=RANGE_TOP,
        group="范围",
        note="旗县区、监管所或网格的代码，几个之间用“、”分开；区域内与职级对应的主体归他",
    ),
    Column(
        key="businesses",
        title="包保主体",
        synonyms=("包保对象", "点名包保主体", "包保企业", "包保主体代码"),
        example="",
        most=RANGE_TOP,
        group="范围",
        note="点名包保的主体：档案编号或统一社会信用代码，用“、”分开。两列都空则范围不变",
    ),
)

ROSTER = Layout(
    name="duty_roster",
    title="包保干部花名册",
    columns=tuple(map(in_both, COLUMNS)),
    unique=("phone", "name"),
)

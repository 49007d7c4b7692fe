"""The official list of stations and grid cells 监管所和网格: its columns, what may stand there."""

from __future__ import annotations

from mingchu.kit.sheets.layouts import Column, Kind, Layout
from mingchu.registry import models
from mingchu.registry.layout import district_code, in_both, offers_of, options_of, words_of
from mingchu.registry.places import DISTRICTS

KINDS = {"所": "station", "市场监管所": "station", "网格单元": "grid"}
# In a list of stations it is their own, in one of cells that of the station: a person says which.
EITHER = ("监管所代码", "监管所名称")
COLUMNS = (
    Column(
        key="kind",
        title="种类",
        synonyms=("类别", "区域种类", "区域类别"),
        required=True,
        offers=offers_of(models.AreaKind),
        options=options_of(models.AreaKind, KINDS),
        example="监管所",
    ),
    Column(
        key="code",
        title="代码",
        synonyms=("区域代码", "编码", "编号", "网格代码", "网格编码", "网格编号", EITHER[0]),
        kind=Kind.CODE,
        required=True,
        example="150105001",
        most=15,
        note="前六位是旗县区代码；网格代码以所属监管所的代码开头",
    ),
    Column(
        key="name",
        title="名称",
        synonyms=("区域名称", "网格名称", EITHER[1]),
        required=True,
        example="示例一所",
        most=60,
        note="已有的代码按新名称改名；同一上级之下不能重名",
    ),
    Column(
        key="district",
        title="旗县区",
        synonyms=("区县", "所属旗县区", "所在旗县区"),
        check=district_code,
        offers=tuple(words_of(name)[0] for name in DISTRICTS.values()),
        example="赛罕区",
        note="可不填；填了就与代码核对",
    ),
    Column(
        key="station",
        title="所属监管所",
        synonyms=("监管所", "上级监管所", "所属监管所名称", "所属监管所代码", "上级代码", *EITHER),
        kind=Kind.CODE,
        example="",
        most=60,
        note="网格所在监管所的名称或代码，可不填；填了就与代码核对。监管所自己留空",
    ),
)

AREAS = Layout(
    name="areas",
    title="监管所和网格",
    columns=tuple(map(in_both, COLUMNS)),
)

"""The sheet of the 12315 platform 投诉举报清单: its columns, their other names, their values.

The platform's own export was not at hand: headings are the words officials use, with what else
they may be called. Columns of the reply are ours to fill in, and not read.
"""

from __future__ import annotations

from datetime import date, datetime

from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.complaints import models
from mingchu.kit.sheets.cells import narrow
from mingchu.kit.sheets.layouts import Column, Kind, Layout
from mingchu.registry.layout import district_code, in_both, offers_of, options_of, words_of
from mingchu.registry.places import DISTRICTS

BOTH = "both"
KINDS = {"消费者投诉": "complaint", "消费投诉": "complaint", "投诉举报": BOTH, "投诉+举报": BOTH}
CATEGORIES = {
    "食品安全": "other",
    "食物中毒": "illness",
    "食品变质": "spoiled",
    "异物": "spoiled",
    "过期食品": "expired",
    "环境卫生": "hygiene",
    "无证经营": "licence",
    "标签标识": "label",
    "虚假宣传": "label",
    "价格": "price",
    "计量": "price",
    "售后服务": "service",
}
MOMENTS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M", "%Y年%m月%d日%H时%M分")
PEOPLE_TOP = 10_000
REPORTER = ("reporter", "phone")  # columns of the writer: blank in whatever goes back
REPLY = ("decision", "decided", "result", "reply", "replied")


def _moment(typed: str) -> date:
    """A day with its time, as the city's clock showed it."""
    said = narrow(typed).strip()
    for form in MOMENTS:
        try:
            return datetime.strptime(said, form).replace(tzinfo=clock.CITY_ZONE)
        except ValueError:
            continue
    raise Refusal(
        "bad_moment",
        "“{shown}”不是日期和时间",
        fix="请写成 2026-11-20 12:30 这样的年月日时分",
        shown=typed,
    )


def _people(said: int) -> int:
    if not 0 <= said <= PEOPLE_TOP:
        raise Refusal(
            "out_of_range",
            "{said}不在0到{top}之间",
            fix="请核对人数",
            status=422,
            said=said,
            top=PEOPLE_TOP,
        )
    return said


LETTER = (
    Column(
        key="number",
        title="登记编号",
        synonyms=("登记号", "工单编号", "投诉举报编号", "投诉编号", "举报编号", "信件编号", "编号"),
        kind=Kind.CODE,
        required=True,
        most=36,
        example="1150105002026112000001",
        note="平台的编号；同一编号再次导入只更新，不会重复",
    ),
    Column(
        key="kind",
        title="类型",
        synonyms=("类别", "登记类型", "业务类型", "投诉举报类型", "信件类型"),
        required=True,
        offers=offers_of(models.Kind),
        options=options_of(models.Kind, KINDS),
        example="投诉",
        note="同一封信里既投诉又举报的填“投诉举报”，会拆成两件",
    ),
    Column(
        key="received",
        title="接收日期",
        synonyms=("接收时间", "登记日期", "登记时间", "收到日期", "收到时间", "受理中心接收时间"),
        kind=Kind.DAY,
        required=True,
        example="2026-11-20",
        note="期限从这一天的次日起算",
    ),
    Column(
        key="category",
        title="问题类别",
        synonyms=("问题类型", "投诉类别", "举报类别", "问题性质", "客体类别"),
        offers=offers_of(models.Category),
        example="变质或异物",
        note="不认识的类别按“其他”登记",
    ),
    Column(
        key="what",
        title="内容",
        synonyms=("投诉内容", "举报内容", "投诉举报内容", "问题描述", "主要内容", "诉求内容"),
        required=True,
        most=5_000,
        example="11月18日在该店购买的包子有霉点",
    ),
    Column(
        key="wants",
        title="诉求",
        synonyms=("诉求事项", "投诉请求", "具体诉求", "诉求类型"),
        most=400,
        example="退赔",
    ),
    Column(
        key="happened",
        title="发生日期",
        synonyms=("事发日期", "消费日期", "事发时间", "消费时间", "争议发生时间"),
        kind=Kind.DAY,
        example="2026-11-18",
    ),
)
PLACE = (
    Column(
        key="name",
        title="被投诉举报方名称",
        synonyms=(
            "被投诉人名称",
            "被投诉人",
            "被举报人",
            "被举报方",
            "被投诉方",
            "涉事主体名称",
            "涉事主体",
            "企业名称",
            "经营者名称",
            "被投诉举报主体",
        ),
        required=True,
        most=120,
        example="某某包子铺",
    ),
    Column(
        key="code",
        title="统一社会信用代码",
        synonyms=("信用代码", "社会信用代码", "统一信用代码"),
        kind=Kind.CODE,
        most=30,
        example="",
    ),
    Column(
        key="address",
        title="地址",
        synonyms=("经营地址", "被投诉人地址", "事发地址", "涉事地址", "发生地址"),
        most=150,
        example="大学东街128号",
    ),
    Column(
        key="district",
        title="旗县区",
        synonyms=("区县", "所属区县", "所属旗县区", "所在旗县区", "事发地区县", "处理单位辖区"),
        check=district_code,
        offers=tuple(words_of(name)[0] for name in DISTRICTS.values()),
        example="赛罕区",
    ),
)
ILLNESS = (
    Column(
        key="ill",
        title="发病人数",
        synonyms=("不适人数", "患病人数"),
        kind=Kind.WHOLE,
        check=_people,
        example="",
    ),
    Column(
        key="households",
        title="发病户数",
        synonyms=("涉及家庭数", "涉及户数"),
        kind=Kind.WHOLE,
        check=_people,
        example="",
    ),
    Column(
        key="ate", title="就餐时间", synonyms=("进食时间", "用餐时间"), check=_moment, example=""
    ),
)
WRITER = (
    Column(
        key="reporter",
        title="投诉举报人",
        synonyms=("投诉人", "举报人", "投诉人姓名", "举报人姓名", "提供方姓名", "姓名", "来信人"),
        most=60,
        example="",
        note="密封保存，只有承办人可以查看；退回的表里留空",
    ),
    Column(
        key="phone",
        title="联系电话",
        synonyms=("投诉人电话", "举报人电话", "联系方式", "投诉人联系电话", "手机号码", "电话"),
        most=30,
        example="",
        note="密封保存，只有承办人可以查看；退回的表里留空",
    ),
)
ANSWER = tuple(
    Column(key=key, title=title, synonyms=synonyms, most=5_000, note="由本系统回填，导入时不读取")
    for key, title, synonyms in (
        ("decision", "是否受理", ("受理情况", "受理结果")),
        ("decided", "受理日期", ("受理时间", "决定日期", "是否受理日期")),
        ("result", "办理结果", ("处理结果", "办结结果", "办理状态")),
        ("reply", "答复内容", ("反馈内容", "回复内容", "处理意见")),
        ("replied", "办结日期", ("办结时间", "反馈时间", "答复时间")),
    )
)
SHEET = Layout(
    name="complaints",
    title="12315投诉举报清单",
    columns=tuple(map(in_both, (*LETTER, *PLACE, *ILLNESS, *WRITER, *ANSWER))),
    unique=("number",),
)

"""Labels 标签: the standard words of EPCIS and CBV in the reader's language.

A word that is none of the standard's is shown as it was sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext, pgettext_lazy

from mingchu.base import clock
from mingchu.trace.domain import times

STEPS = {
    "accepting": pgettext_lazy("biz step", "接受"),
    "arriving": pgettext_lazy("biz step", "运抵"),
    "assembling": pgettext_lazy("biz step", "组装"),
    "collecting": pgettext_lazy("biz step", "收集"),
    "commissioning": pgettext_lazy("biz step", "赋码启用"),
    "consigning": pgettext_lazy("biz step", "托运"),
    "creating_class_instance": pgettext_lazy("biz step", "生产成批"),
    "cycle_counting": pgettext_lazy("biz step", "循环盘点"),
    "decommissioning": pgettext_lazy("biz step", "停用"),
    "departing": pgettext_lazy("biz step", "发运离场"),
    "destroying": pgettext_lazy("biz step", "销毁"),
    "disassembling": pgettext_lazy("biz step", "拆解"),
    "dispensing": pgettext_lazy("biz step", "配发"),
    "encoding": pgettext_lazy("biz step", "写码"),
    "entering_exiting": pgettext_lazy("biz step", "进出"),
    "holding": pgettext_lazy("biz step", "暂存"),
    "inspecting": pgettext_lazy("biz step", "检验"),
    "installing": pgettext_lazy("biz step", "安装"),
    "killing": pgettext_lazy("biz step", "标签失效"),
    "loading": pgettext_lazy("biz step", "装载"),
    "other": pgettext_lazy("biz step", "其他"),
    "packing": pgettext_lazy("biz step", "包装"),
    "picking": pgettext_lazy("biz step", "拣货"),
    "receiving": pgettext_lazy("biz step", "收货"),
    "removing": pgettext_lazy("biz step", "移除"),
    "repackaging": pgettext_lazy("biz step", "重新包装"),
    "repairing": pgettext_lazy("biz step", "修理"),
    "replacing": pgettext_lazy("biz step", "更换"),
    "reserving": pgettext_lazy("biz step", "预留"),
    "retail_selling": pgettext_lazy("biz step", "零售"),
    "sampling": pgettext_lazy("biz step", "抽样"),
    "sensor_reporting": pgettext_lazy("biz step", "传感上报"),
    "shipping": pgettext_lazy("biz step", "发货"),
    "staging_outbound": pgettext_lazy("biz step", "待发"),
    "stock_taking": pgettext_lazy("biz step", "盘点"),
    "stocking": pgettext_lazy("biz step", "上架"),
    "storing": pgettext_lazy("biz step", "入库存放"),
    "transporting": pgettext_lazy("biz step", "运输"),
    "unloading": pgettext_lazy("biz step", "卸货"),
    "unpacking": pgettext_lazy("biz step", "拆包"),
    "void_shipping": pgettext_lazy("biz step", "撤销发货"),
}
VERBS = {
    "accepting": pgettext_lazy("biz step done", "接受"),
    "arriving": pgettext_lazy("biz step done", "运抵"),
    "assembling": pgettext_lazy("biz step done", "组装"),
    "collecting": pgettext_lazy("biz step done", "收集"),
    "commissioning": pgettext_lazy("biz step done", "赋码启用"),
    "consigning": pgettext_lazy("biz step done", "托运"),
    "creating_class_instance": pgettext_lazy("biz step done", "生产"),
    "cycle_counting": pgettext_lazy("biz step done", "盘点"),
    "decommissioning": pgettext_lazy("biz step done", "停用"),
    "departing": pgettext_lazy("biz step done", "运走"),
    "destroying": pgettext_lazy("biz step done", "销毁"),
    "disassembling": pgettext_lazy("biz step done", "拆解"),
    "dispensing": pgettext_lazy("biz step done", "配发"),
    "encoding": pgettext_lazy("biz step done", "写码"),
    "entering_exiting": pgettext_lazy("biz step done", "记录进出"),
    "holding": pgettext_lazy("biz step done", "暂存"),
    "inspecting": pgettext_lazy("biz step done", "检验"),
    "installing": pgettext_lazy("biz step done", "安装"),
    "killing": pgettext_lazy("biz step done", "使标签失效"),
    "loading": pgettext_lazy("biz step done", "装载"),
    "other": pgettext_lazy("biz step done", "处理"),
    "packing": pgettext_lazy("biz step done", "包装"),
    "picking": pgettext_lazy("biz step done", "拣出"),
    "receiving": pgettext_lazy("biz step done", "收到"),
    "removing": pgettext_lazy("biz step done", "移除"),
    "repackaging": pgettext_lazy("biz step done", "重新包装"),
    "repairing": pgettext_lazy("biz step done", "修理"),
    "replacing": pgettext_lazy("biz step done", "更换"),
    "reserving": pgettext_lazy("biz step done", "预留"),
    "retail_selling": pgettext_lazy("biz step done", "售出"),
    "sampling": pgettext_lazy("biz step done", "抽取样品"),
    "sensor_reporting": pgettext_lazy("biz step done", "监测"),
    "shipping": pgettext_lazy("biz step done", "发出"),
    "staging_outbound": pgettext_lazy("biz step done", "备货待发"),
    "stock_taking": pgettext_lazy("biz step done", "清点"),
    "stocking": pgettext_lazy("biz step done", "上架"),
    "storing": pgettext_lazy("biz step done", "存放"),
    "transporting": pgettext_lazy("biz step done", "运输"),
    "unloading": pgettext_lazy("biz step done", "卸下"),
    "unpacking": pgettext_lazy("biz step done", "拆包"),
    "void_shipping": pgettext_lazy("biz step done", "撤销发出"),
}
DISPOSITIONS = {
    "active": pgettext_lazy("disposition", "流通中"),
    "available": pgettext_lazy("disposition", "可供"),
    "completeness_inferred": pgettext_lazy("disposition", "推定齐全"),
    "completeness_verified": pgettext_lazy("disposition", "已核齐全"),
    "conformant": pgettext_lazy("disposition", "符合要求"),
    "container_closed": pgettext_lazy("disposition", "容器已封闭"),
    "container_open": pgettext_lazy("disposition", "容器已打开"),
    "damaged": pgettext_lazy("disposition", "已损坏"),
    "destroyed": pgettext_lazy("disposition", "已销毁"),
    "dispensed": pgettext_lazy("disposition", "已配发"),
    "disposed": pgettext_lazy("disposition", "已处置"),
    "encoded": pgettext_lazy("disposition", "已写码"),
    "expired": pgettext_lazy("disposition", "已过期"),
    "in_progress": pgettext_lazy("disposition", "处理中"),
    "in_transit": pgettext_lazy("disposition", "在途"),
    "inactive": pgettext_lazy("disposition", "未流通"),
    "mismatch_class": pgettext_lazy("disposition", "品种不符"),
    "mismatch_instance": pgettext_lazy("disposition", "单品不符"),
    "mismatch_quantity": pgettext_lazy("disposition", "数量不符"),
    "needs_replacement": pgettext_lazy("disposition", "需更换"),
    "no_pedigree_match": pgettext_lazy("disposition", "来源不符"),
    "non_conformant": pgettext_lazy("disposition", "不符合要求"),
    "non_sellable_other": pgettext_lazy("disposition", "不可售（其他）"),
    "partially_dispensed": pgettext_lazy("disposition", "部分配发"),
    "recalled": pgettext_lazy("disposition", "已召回"),
    "reserved": pgettext_lazy("disposition", "已预留"),
    "retail_sold": pgettext_lazy("disposition", "已零售"),
    "returned": pgettext_lazy("disposition", "已退回"),
    "sellable_accessible": pgettext_lazy("disposition", "可售可取"),
    "sellable_not_accessible": pgettext_lazy("disposition", "可售不可取"),
    "stolen": pgettext_lazy("disposition", "被盗"),
    "unavailable": pgettext_lazy("disposition", "不可供"),
    "unknown": pgettext_lazy("disposition", "不明"),
}
DOCUMENTS = {
    "po": pgettext_lazy("business document", "采购订单"),
    "bol": pgettext_lazy("business document", "提单"),
    "cert": pgettext_lazy("business document", "证书"),
    "desadv": pgettext_lazy("business document", "发货通知"),
    "inv": pgettext_lazy("business document", "发票"),
    "pedigree": pgettext_lazy("business document", "来源证明"),
    "poc": pgettext_lazy("business document", "订单确认"),
    "prodorder": pgettext_lazy("business document", "生产单"),
    "recadv": pgettext_lazy("business document", "收货通知"),
    "rma": pgettext_lazy("business document", "退货授权"),
    "testprd": pgettext_lazy("business document", "检验规程"),
    "testres": pgettext_lazy("business document", "检验结果"),
    "upevt": pgettext_lazy("business document", "上游事件"),
}
PARTIES = {
    "possessing_party": pgettext_lazy("source or destination", "持货方"),
    "location": pgettext_lazy("source or destination", "地点"),
    "owning_party": pgettext_lazy("source or destination", "货主"),
}
REASONS = {
    "did_not_occur": pgettext_lazy("error reason", "事件没有发生"),
    "incorrect_data": pgettext_lazy("error reason", "数据有误"),
}
TYPES = {
    "ObjectEvent": pgettext_lazy("event type", "物品事件"),
    "AggregationEvent": pgettext_lazy("event type", "装载事件"),
    "TransactionEvent": pgettext_lazy("event type", "单据事件"),
    "TransformationEvent": pgettext_lazy("event type", "转化事件"),
    "AssociationEvent": pgettext_lazy("event type", "绑定事件"),
}
ACTIONS = {
    "ADD": pgettext_lazy("event action", "建立"),
    "OBSERVE": pgettext_lazy("event action", "观察"),
    "DELETE": pgettext_lazy("event action", "解除"),
}
MEASURES = {
    "Temperature": pgettext_lazy("measurement", "温度"),
    "RelativeHumidity": pgettext_lazy("measurement", "相对湿度"),
    "AbsoluteHumidity": pgettext_lazy("measurement", "绝对湿度"),
    "Mass": pgettext_lazy("measurement", "质量"),
    "Pressure": pgettext_lazy("measurement", "压强"),
    "Illuminance": pgettext_lazy("measurement", "照度"),
    "Speed": pgettext_lazy("measurement", "速度"),
    "Acceleration": pgettext_lazy("measurement", "加速度"),
    "Angle": pgettext_lazy("measurement", "角度"),
    "Length": pgettext_lazy("measurement", "长度"),
    "Volume": pgettext_lazy("measurement", "体积"),
    "Time": pgettext_lazy("measurement", "时长"),
    "Count": pgettext_lazy("measurement", "计数"),
    "Dimensionless": pgettext_lazy("measurement", "无量纲值"),
    "Altitude": pgettext_lazy("measurement", "海拔"),
    "Radioactivity": pgettext_lazy("measurement", "放射性"),
    "MassConcentration": pgettext_lazy("measurement", "质量浓度"),
    "VolumeFraction": pgettext_lazy("measurement", "体积分数"),
}
UNITS = {
    "KGM": pgettext_lazy("unit", "千克"),
    "GRM": pgettext_lazy("unit", "克"),
    "TNE": pgettext_lazy("unit", "吨"),
    "LTR": pgettext_lazy("unit", "升"),
    "MLT": pgettext_lazy("unit", "毫升"),
    "EA": pgettext_lazy("unit", "件"),
    "C62": pgettext_lazy("unit", "件"),
    "NMP": pgettext_lazy("unit", "包"),
    "XBX": pgettext_lazy("unit", "箱"),
    "XCT": pgettext_lazy("unit", "纸箱"),
    "CEL": pgettext_lazy("unit", "℃"),
    "FAH": pgettext_lazy("unit", "℉"),
    "P1": "%",
    "A93": "g/m³",
    "BAR": "bar",
    "PAL": "Pa",
}


class Language:
    """The words of sentences in the language in force."""

    text = staticmethod(gettext)

    def verb(self, step: str) -> str:
        return str(VERBS.get(step, ""))

    def step(self, word: str) -> str:
        return said(STEPS, word)

    def disposition(self, word: str) -> str:
        return said(DISPOSITIONS, word)

    def document(self, kind: str) -> str:
        return said(DOCUMENTS, kind)

    def party(self, kind: str) -> str:
        return said(PARTIES, kind)

    def reason(self, word: str) -> str:
        return said(REASONS, word) or gettext("没有说明原因")

    def measure(self, kind: str) -> str:
        return said(MEASURES, kind)

    def unit(self, code: str) -> str:
        return said(UNITS, code)

    def moment(self, text: str) -> str:
        return city_time(text)


LANGUAGE = Language()


def said(table: Mapping[str, Any], word: str) -> str:
    return str(table.get(word, word))


def city_time(text: str) -> str:
    """A time of an event by the city's clock, to the minute."""
    return minute(times.read(text))


def minute(moment: datetime) -> str:
    """By the city's clock; at the very ends of the calendar, where that has no such day, in UTC."""
    try:
        there = clock.city(moment)
    except OverflowError:
        return f"{moment.isoformat(sep=' ', timespec='minutes')[:16]} UTC"
    return there.isoformat(sep=" ", timespec="minutes")[:16]

"""Sentences: every type of event says who did what with which goods, in both languages."""

from __future__ import annotations

import pytest
from django.utils import translation
from epcis import Events
from hypothesis import given

from mingchu.trace.domain import sentences
from mingchu.trace.labels import LANGUAGE

LOT = "urn:epc:class:lgtin:9521234.000001.L7"
CASE = "urn:epc:id:sscc:9521234.1261119100"
SERIAL = "urn:epc:id:sgtin:9521234.000011.{}"
PLACE = {"id": "urn:epc:id:sgln:9521234.00002.0"}


def event(kind="ObjectEvent", **more):
    return {
        "type": kind,
        "eventTime": "2026-11-20T00:30:00Z",
        "eventTimeZoneOffset": "+08:00",
        "action": "OBSERVE",
        **more,
    }


def both(one, who=""):
    """Chinese and English."""
    said = []
    for language in ("zh-hans", "en"):
        with translation.override(language):
            said.append(sentences.say(one, LANGUAGE, who))
    return said


def paper(kind, number):
    return [{"type": kind, "bizTransaction": f"urn:epcglobal:cbv:bt:9521234000013:{number}"}]


def test_an_object_event_says_when_where_what_why_and_who():
    one = event(
        bizStep="receiving",
        disposition="in_progress",
        readPoint=PLACE,
        epcList=[CASE, CASE[:-1] + "1"],
        bizTransactionList=paper("desadv", "D7"),
        sourceList=[{"type": "owning_party", "source": "urn:epc:id:pgln:9521234.00001"}],
    )

    zh, en = both(one, "演示冷库")
    assert zh == (
        "2026-11-20 08:30 在地点 9521234000020，收到 2 个物流单元，凭发货通知 D7，"
        "来自单位 9521234000013（货主），之后为“处理中”（演示冷库上报）。"
    )
    assert en == (
        "On 2026-11-20 08:30 at place 9521234000020, received 2 logistic units, under dispatch "
        "advice D7, from party 9521234000013 (owner), then in progress (sent by 演示冷库)."
    )


def test_quantities_lots_and_serials_are_counted():
    one = event(
        action="ADD",
        quantityList=[{"epcClass": LOT, "quantity": 1250.5, "uom": "KGM"}, {"epcClass": LOT}],
        epcList=[SERIAL.format(n) for n in range(3)],
    )

    zh, en = both(one)
    assert zh == (
        "2026-11-20 08:30，登记了 3 件商品 9521234000112、1,250.5 千克商品 9521234000013 批次 L7、"
        "商品 9521234000013 批次 L7。"
    )
    assert en == (
        "On 2026-11-20 08:30, registered 3 pieces of product 9521234000112, 1,250.5 kg of product "
        "9521234000013 lot L7, product 9521234000013 lot L7."
    )


@pytest.mark.parametrize(
    ("action", "zh", "en"),
    [
        ("ADD", "把 10 件商品 9521234000112 装入物流单元 195212342611191002", "put 10 pieces of"),
        ("OBSERVE", "看到 10 件商品 9521234000112 在物流单元", "saw 10 pieces of"),
        ("DELETE", "把 10 件商品 9521234000112 从物流单元", "took 10 pieces of"),
    ],
)
def test_an_aggregation_says_what_went_into_or_out_of_what(action, zh, en):
    children = [SERIAL.format(n) for n in range(10)]
    said = both(event("AggregationEvent", action=action, parentID=CASE, childEPCs=children))

    assert zh in said[0]
    assert en in said[1]


def test_what_is_emptied_needs_no_children():
    one = event("AggregationEvent", action="DELETE", parentID=CASE)

    assert "把物流单元 195212342611191002 里的全部取出" in both(one)[0]
    assert "took everything out of logistic unit 195212342611191002" in both(one)[1]


def test_a_transformation_says_what_was_made_from_what():
    one = event(
        "TransformationEvent",
        bizStep="repackaging",
        inputQuantityList=[{"epcClass": LOT, "quantity": 50, "uom": "KGM"}],
        outputEPCList=[SERIAL.format(1)],
    )

    assert "用 50 千克商品 9521234000013 批次 L7 制成 商品 9521234000112 序列号 1" in both(one)[0]
    assert "made product 9521234000112 serial 1 from 50 kg of product" in both(one)[1]
    assert "step: repackaging" in both(one)[1]


def test_transactions_and_associations_are_said_too():
    transaction = event(
        "TransactionEvent", action="ADD", epcList=[CASE], bizTransactionList=paper("po", "P1")
    )
    association = event(
        "AssociationEvent", action="ADD", parentID="urn:epc:id:grai:9521234.00010.1",
        childEPCs=["urn:epc:id:giai:9521234.0T7"],
    )  # fmt: skip

    assert "记入采购订单 P1" in both(transaction)[0]
    assert "under purchase order P1" in both(transaction)[1]
    assert "绑定到周转物" in both(association)[0]
    assert "bound asset 95212340T7 to returnable asset" in both(association)[1]


def test_readings_are_said_with_their_unit():
    reports = [
        {"type": "Temperature", "value": -18.5, "uom": "CEL"},
        {"type": "gs1:RelativeHumidity", "minValue": 40, "maxValue": 60, "uom": "P1"},
        {"type": "Illuminance"},
    ]
    one = event(readPoint=PLACE, sensorElementList=[{"sensorReport": reports}])

    assert "做了测量" in both(one)[0]
    assert "测得温度 -18.5 ℃" in both(one)[0]
    assert "temperature -18.5 °C" in both(one)[1]
    assert "40 – 60 %" in both(one)[1]


def test_a_declaration_says_that_the_event_was_wrong():
    one = event(
        epcList=[CASE],
        errorDeclaration={
            "declarationTime": "2026-11-21T00:00:00Z",
            "reason": "incorrect_data",
        },
    )

    assert both(one)[0].startswith("声明有误（数据有误）：")
    assert both(one)[1].startswith("Declared wrong (the data were wrong): ")


def test_a_list_of_very_many_things_stays_a_sentence():
    one = event(epcList=[SERIAL.format(n) for n in range(100_000)])

    assert "100,000 件物品（其中有 500 件商品 9521234000112）" in both(one)[0]
    assert len(both(one)[1]) < 200


@given(Events().any)
def test_every_event_has_its_sentence(one):
    for said in both(one):
        assert said.endswith((".", "。"))
        assert "{" not in said.replace(str(one), "")

"""The table 对照表 of XML: in which order a member of an event stands, and wrapped in what.

EPCIS 1.2 kept what later editions added in nested `extension` elements, so that older programs
pass over it; 2.0 unwraps all of them and adds two of its own. Names are those of JSON.
"""

from __future__ import annotations

from enum import IntEnum

EPCIS = {"1.2": "urn:epcglobal:epcis:xsd:1", "2.0": "urn:epcglobal:epcis:xsd:2"}
QUERY = {"1.2": "urn:epcglobal:epcis-query:xsd:1", "2.0": "urn:epcglobal:epcis-query:xsd:2"}
SBDH = "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"
XSD = "http://www.w3.org/2001/XMLSchema"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
XML = "http://www.w3.org/XML/1998/namespace"
# Namespaces of the standard itself: no extension is named in them.
FRAME = frozenset({*EPCIS.values(), *QUERY.values(), SBDH, XSD, XSI, XML})


class Form(IntEnum):
    """How an event was sent."""

    JSON = 0
    XML_1_2 = 12
    XML_2_0 = 20


FORMS = {"1.2": Form.XML_1_2, "2.0": Form.XML_2_0}
HEAD = ("eventTime", "recordTime", "eventTimeZoneOffset")
BASE = ("eventID", "errorDeclaration")
CERTIFIED = ("certificationInfo",)
_WHY = "bizStep disposition readPoint bizLocation"
_PARTIES = "sourceList destinationList"
_NEW = "sensorElementList persistentDisposition"
ORDER = {
    kind: tuple(members.split())
    for kind, members in {
        "ObjectEvent": (
            f"epcList action {_WHY} bizTransactionList quantityList {_PARTIES} {_NEW} ilmd"
        ),
        "AggregationEvent": (
            f"parentID childEPCs action {_WHY} bizTransactionList childQuantityList"
            f" {_PARTIES} {_NEW}"
        ),
        "TransactionEvent": (
            f"bizTransactionList parentID epcList action {_WHY} quantityList {_PARTIES} {_NEW}"
        ),
        "TransformationEvent": (
            "inputEPCList inputQuantityList outputEPCList outputQuantityList transformationID"
            f" {_WHY} bizTransactionList {_PARTIES} {_NEW} ilmd"
        ),
        "AssociationEvent": (
            f"parentID childEPCs childQuantityList action {_WHY} bizTransactionList"
            f" {_PARTIES} {_NEW}"
        ),
    }.items()
}
# In 1.2: how many `extension` elements are around a member, and around an event in its list.
_SINCE_1_1 = dict.fromkeys(
    ("quantityList", "childQuantityList", "sourceList", "destinationList", "ilmd"), 1
)
_SINCE_2_0 = ("sensorElementList", "persistentDisposition")
DEPTH = {
    **dict.fromkeys(
        ("ObjectEvent", "AggregationEvent", "TransactionEvent"),
        _SINCE_1_1 | dict.fromkeys(_SINCE_2_0, 2),
    ),
    "TransformationEvent": dict.fromkeys(_SINCE_2_0, 1),
    "AssociationEvent": {},
}
EVENT_DEPTH = {"TransformationEvent": 1, "AssociationEvent": 2}
# Lists that 1.2 wants to see even when nothing is in them.
ALWAYS_IN_1_2 = {
    "ObjectEvent": "epcList",
    "AggregationEvent": "childEPCs",
    "TransactionEvent": "epcList",
}
# The element that stands once for each item of a list.
ITEM = {
    **dict.fromkeys(("epcList", "childEPCs", "inputEPCList", "outputEPCList"), "epc"),
    **dict.fromkeys(
        ("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList"),
        "quantityElement",
    ),
    "bizTransactionList": "bizTransaction",
    "sourceList": "source",
    "destinationList": "destination",
    "sensorElementList": "sensorElement",
    "correctiveEventIDs": "correctiveEventID",
}
EPCS = frozenset(name for name, item in ITEM.items() if item == "epc")
QUANTITIES = frozenset(name for name, item in ITEM.items() if item == "quantityElement")
# Lists that have to have something in them.
NEVER_EMPTY = frozenset(
    {"bizTransactionList", "sourceList", "destinationList", "sensorElementList"}
)
NUMBERS = frozenset({"value", "minValue", "maxValue", "meanValue", "sDev", "percRank", "percValue"})
TRUTHS = frozenset({"booleanValue"})

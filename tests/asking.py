"""Three events that say everything; what each parameter of a query finds and leaves of THING."""

from __future__ import annotations

from datetime import UTC, datetime

from capturing import an_event

RECORDED = datetime(2026, 11, 28, 1, 0, tzinfo=UTC)
SGTIN, LGTIN = "urn:epc:id:sgtin:4012345.011111.987", "urn:epc:class:lgtin:4012345.011111.L1"
LINK = "https://id.gs1.org/01/04012345111118/21/987"
SGLN, SSCC = "urn:epc:id:sgln:4012345.00001.0", "urn:epc:id:sscc:4012345.1111111111"
INSIDE, OTHER_PLACE = SGLN[:-1] + "A-7", "urn:epc:id:sgln:4012345.00002.0"
PO = "urn:epcglobal:cbv:bt:4012345000115:1152"
ID = "urn:uuid:11111111-1111-4111-8111-111111111111"
OTHER_ID = "urn:uuid:22222222-2222-4222-8222-222222222222"
AT, LATER = "2026-11-28T08:00:00+08:00", "2026-11-28T09:00:00+08:00"

# Where fields of one's own may stand, and the number that `example:size` says there; the number
# within `example:box` is larger by one half.
LEVELS = {
    "": 10, "ILMD_": 20, "ERROR_DECLARATION_": 30, "SENSORELEMENT_": 40, "SENSORMETADATA_": 50,
    "SENSORREPORT_": 60, "readPoint_": 70, "bizLocation_": 80,
}  # fmt: skip


def _own(level):
    return {"example:size": LEVELS[level],
            "example:box": [{"example:inner": f"{LEVELS[level]}.50"}]}  # fmt: skip


THING = an_event(
    eventID=ID,
    action="ADD",
    epcList=[SGTIN],
    quantityList=[{"epcClass": LGTIN, "quantity": 12.5, "uom": "KGM"}, {"epcClass": LGTIN}],
    bizStep="https://ref.gs1.org/cbv/BizStep-shipping",
    disposition="in_transit",
    persistentDisposition={"set": ["completeness_verified"], "unset": ["damaged"]},
    readPoint={"id": SGLN, "example:dock": 4, **_own("readPoint_")},
    bizLocation={
        "id": "https://example.org/414/4012345000016",
        "example:shelf": {"example:row": 7},
        **_own("bizLocation_"),
    },
    bizTransactionList=[{"type": "po", "bizTransaction": PO}],
    sourceList=[{"type": "owning_party", "source": "urn:epc:id:pgln:4012345.00001"}],
    destinationList=[{"type": "location", "destination": SGLN}],
    ilmd={"example:lot": "A1", "example:made": {"example:on": AT}, **_own("ILMD_")},
    errorDeclaration={
        "declarationTime": LATER,
        "reason": "incorrect_data",
        "correctiveEventIDs": [OTHER_ID],
        "example:who": "me",
        **_own("ERROR_DECLARATION_"),
    },
    sensorElementList=[
        {
            "sensorMetadata": {
                "time": AT,
                "startTime": AT,
                "endTime": LATER,
                "deviceID": "urn:epc:id:giai:4000001.111",
                "dataProcessingMethod": "https://example.com/253/4012345000054987",
                "bizRules": "https://example.com/253/4012345000054988",
                "example:site": "north",
                **_own("SENSORMETADATA_"),
            },
            "sensorReport": [
                {"type": "Temperature", "value": -18.5, "uom": "CEL", "minValue": -20,
                 "maxValue": -17, "meanValue": -18, "sDev": 0.5, "percRank": 50, "percValue": -18.2,
                 "microorganism": "https://www.ncbi.nlm.nih.gov/taxonomy/1126011",
                 "chemicalSubstance": "https://identifiers.org/inchikey:X",
                 "example:battery": 80, **_own("SENSORREPORT_")},
                {"type": "Illuminance", "stringValue": "dim", "booleanValue": True,
                 "hexBinaryValue": "F0f0", "uriValue": "https://id.gs1.org/414/4012345000016"},
            ],
            "example:door": "open",
            **_own("SENSORELEMENT_"),
        }
    ],
    **_own(""),
    **{"example:note": "023.50", "example:list": [1, {"example:deep": LINK}],
       "other:flag": {"#text": "yes", "other:kind": "k"}},
)  # fmt: skip
BOX = {
    "type": "AggregationEvent", "eventTime": AT, "eventTimeZoneOffset": "+08:00",
    "action": "OBSERVE", "parentID": SSCC, "childEPCs": [SGTIN],
    "childQuantityList": [{"epcClass": LGTIN, "quantity": 3}],
}  # fmt: skip
MADE = {
    "type": "TransformationEvent", "eventTime": AT, "eventTimeZoneOffset": "+08:00",
    "transformationID": PO, "inputEPCList": [SGTIN], "outputEPCList": [SSCC],
    "inputQuantityList": [{"epcClass": LGTIN, "quantity": 1}],
    "outputQuantityList": [{"epcClass": "urn:epc:idpat:sgtin:4012345.022222.*", "quantity": 2}],
}  # fmt: skip
HEADER = "ex=http://ns.example.com/epcis/"

# parameter, values that find THING (or the event named), values that do not.
CASES = [
    ("eventType", ["ObjectEvent", "AggregationEvent|ObjectEvent"], ["AssociationEvent"]),
    ("GE_eventTime", [AT, "2026-11-28T00:00:00Z"], [LATER]),
    ("LT_eventTime", [LATER], [AT]),
    ("GE_recordTime", ["2026-11-28T01:00:00Z"], ["2026-11-28T01:00:00.001Z"]),
    ("LT_recordTime", ["2026-11-28T01:00:01Z"], ["2026-11-28T01:00:00Z"]),
    ("EQ_action", ["ADD", "DELETE|ADD"], ["OBSERVE"]),
    ("EQ_bizStep", ["shipping", "urn:epcglobal:cbv:bizstep:shipping"], ["receiving", "own:step"]),
    ("EQ_disposition", ["in_transit|active"], ["active"]),
    ("EQ_persistentDisposition_set", ["completeness_verified"], ["damaged"]),
    ("EQ_persistentDisposition_unset", ["damaged|active"], ["completeness_verified"]),
    ("EQ_readPoint", [SGLN, "https://id.gs1.org/414/4012345000016"], [SSCC]),
    ("EQ_bizLocation", [SGLN, "urn:a:b|" + SGLN], [SSCC]),
    ("WD_readPoint", [SGLN, "urn:a:b|" + SGLN], [SSCC, INSIDE]),
    ("WD_bizLocation", ["https://id.gs1.org/414/4012345000016"], [OTHER_PLACE]),
    ("MATCH_epc", [SGTIN, LINK, "urn:epc:idpat:sgtin:4012345.*.*"], [SSCC, LGTIN]),
    ("MATCH_anyEPC", [SGTIN, "https://x.example/01/04012345111118/21/*"], [SSCC]),
    ("MATCH_epcClass", [LGTIN, "urn:epc:class:lgtin:4012345.011111.*"], [SGTIN]),
    ("MATCH_anyEPCClass", [LGTIN], ["urn:epc:idpat:sgtin:4012345.011111.*"]),
    ("MATCH_parentID", [], [SSCC]),
    ("EQ_quantity", ["12.5", "3|12.50"], ["12"]),
    ("GT_quantity", ["12"], ["12.5"]),
    ("GE_quantity", ["12.5"], ["12.6"]),
    ("LT_quantity", ["12.6"], ["12.5"]),
    ("LE_quantity", ["12.5"], ["12.4"]),
    ("EQ_quantity_KGM", ["12.5"], ["1"]),
    ("GE_quantity_LTR", [], ["1"]),
    ("EQ_eventID", [ID, OTHER_ID + "|" + ID], [OTHER_ID]),
    ("EXISTS_errorDeclaration", ["true", "", "false"], []),
    ("GE_errorDeclarationTime", [LATER], ["2026-11-28T09:00:01+08:00"]),
    ("LT_errorDeclarationTime", ["2026-11-28T09:00:01+08:00"], [LATER]),
    ("GE_errorDeclaration_Time", [LATER], ["2027-01-01T00:00:00Z"]),
    ("LT_errorDeclaration_Time", ["2027-01-01T00:00:00Z"], [LATER]),
    ("EQ_errorReason", ["incorrect_data"], ["did_not_occur"]),
    ("EQ_correctiveEventID", [OTHER_ID], [ID]),
    ("EXISTS_sensorElementList", ["true"], []),
    ("GE_time", [AT], [LATER]),
    ("LT_time", [LATER], [AT]),
    ("GE_startTime", [AT], [LATER]),
    ("LT_startTime", [LATER], [AT]),
    ("GE_endTime", [LATER], ["2026-11-28T02:00:00Z"]),
    ("LT_endTime", ["2026-11-28T02:00:00Z"], [LATER]),
    ("EQ_type", ["Temperature", "Speed|Illuminance"], ["Speed"]),
    ("EQ_deviceID", ["https://id.gs1.org/8004/4000001111"], ["urn:epc:id:giai:4000001.112"]),
    ("EQ_dataProcessingMethod", ["https://id.gs1.org/253/4012345000054987"], ["urn:a:b"]),
    ("EQ_bizRules", ["https://example.com/253/4012345000054988"], ["urn:a:b"]),
    ("EQ_microorganism", ["https://www.ncbi.nlm.nih.gov/taxonomy/1126011"], ["urn:a:b"]),
    ("EQ_chemicalSubstance", ["https://identifiers.org/inchikey:X"], ["urn:a:b"]),
    ("EQ_stringValue", ["dim"], ["bright"]),
    ("EQ_booleanValue", ["true"], ["false"]),
    ("EQ_hexBinaryValue", ["f0f0", "00|F0F0"], ["f0"]),
    ("EQ_uriValue", ["urn:epc:id:sgln:4012345.00001.0"], ["urn:a:b"]),
    ("EQ_value_CEL", ["-18.5"], ["-18"]),
    ("GT_value_CEL", ["-19"], ["-18.5"]),
    ("GE_value_KEL", [], ["-19"]),
    ("LE_minValue_CEL", ["-20"], ["-21"]),
    ("GE_maxValue_CEL", ["-17"], ["-16"]),
    ("LT_meanValue_CEL", ["-17"], ["-18"]),
    ("EQ_sDev_CEL", ["0.5"], ["0.6"]),
    ("GE_percValue_CEL", ["-18.2"], ["-18"]),
    ("GT_percRank", ["49"], ["50"]),
    ("EQ_bizTransaction_po", [PO], ["urn:a:b"]),
    ("EQ_bizTransaction_inv", [], [PO]),
    ("EQ_source_owning_party", ["https://id.gs1.org/417/4012345000016"], [SGLN]),
    ("EQ_destination_location", [SGLN], [SSCC]),
    ("EQ_destination_owning_party", [], [SGLN]),
    ("EQ_example:note", ["023.50", "23.5"], ["23"]),
    ("EQ_http://ns.example.com/epcis/note", ["23.5"], ["24"]),
    ("GT_example:note", ["23"], ["24"]),
    ("EQ_example:list", ["1"], ["2"]),
    ("EQ_INNER_example:deep", [LINK, SGTIN], [SSCC]),
    ("EQ_example:deep", [], [LINK]),
    ("EXISTS_example:note", [""], []),
    ("EXISTS_INNER_example:deep", ["true"], []),
    ("EXISTS_example:none", ["false"], ["true"]),
    ("EQ_ILMD_example:lot", ["A1"], ["A2"]),
    ("EQ_example:lot", [], ["A1"]),
    ("GE_INNER_ILMD_example:on", [AT], [LATER]),
    ("EXISTS_ILMD_example:lot", ["true"], []),
    ("EQ_ERROR_DECLARATION_example:who", ["me"], ["you"]),
    ("EQ_readPoint_example:dock", ["4"], ["5"]),
    ("EQ_INNER_bizLocation_example:row", ["7"], ["8"]),
    ("EQ_SENSORELEMENT_example:door", ["open"], ["shut"]),
    ("EQ_SENSORMETADATA_example:site", ["north"], ["south"]),
    ("LE_SENSORREPORT_example:battery", ["80"], ["79"]),
    ("EQ_other:flag", ["yes"], ["no"]),
    ("HASATTR_other:flag", ["other:kind"], ["other:size"]),
    ("EQ_ATTR_other:flag_other:kind", ["k"], ["l"]),
    ("EQATTR_other:flag_other:kind", ["k"], ["l"]),
]


def _compared(name, value, *, others=()):
    """The five ways to ask for a number; `others` are numbers that stand elsewhere."""
    more, less = str(value + 0.25), str(value - 0.25)
    yield f"EQ_{name}", [str(value), f"{more}|{value}"], [more, *map(str, others)]
    yield f"GT_{name}", [less], [str(value), more]
    yield f"GE_{name}", [less, str(value)], [more]
    yield f"LT_{name}", [more], [str(value), less]
    yield f"LE_{name}", [more, str(value)], [less]


def _of_levels():
    numbers = [*LEVELS.values(), *(number + 0.5 for number in LEVELS.values())]
    for level, number in LEVELS.items():
        for inner, field, value in (("", "size", number), ("INNER_", "inner", number + 0.5)):
            name, others = f"{inner}{level}example:{field}", {*numbers} - {value}
            yield from _compared(name, value, others=sorted(others))
            yield f"EXISTS_{name}", ["", "true", "1"], []
            yield f"EXISTS_{inner}{level}example:nothing", ["0"], ["true"]


MEASURED = {"value": -18.5, "minValue": -20, "maxValue": -17, "meanValue": -18, "sDev": 0.5,
            "percValue": -18.2}  # fmt: skip


def _of_numbers():
    for member, value in MEASURED.items():
        others = sorted({*MEASURED.values()} - {value})
        yield from _compared(f"{member}_CEL", value, others=others)
        yield f"GT_{member}_KEL", [], ["-1000"]
    yield from _compared("percRank", 50, others=MEASURED.values())
    yield from _compared("quantity", 12.5)
    yield from _compared("quantity_KGM", 12.5)
    yield "GT_quantity_LTR", [], ["-1000"]


CASES += [*_of_levels(), *_of_numbers()]

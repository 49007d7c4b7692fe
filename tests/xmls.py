"""EPCIS in XML as tests send it, and an event that says everything, in both forms."""

from __future__ import annotations

from epcis import Json, document, sent

from mingchu.trace.domain import reading
from mingchu.trace.domain.reading import Judged
from mingchu.trace.domain.xml import table

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<epcis:EPCISDocument xmlns:epcis="{space}" xmlns:example="http://ns.example.com/epcis/"
  schemaVersion="{version}" creationDate="2026-11-28T08:00:00.000+08:00">"""


def in_xml(*events: bytes | str, version: str = "2.0", header: str = "") -> bytes:
    """A document in XML of events that are XML."""
    head = HEAD.format(space=table.EPCIS[version], version=version)
    listed = "".join(one if isinstance(one, str) else one.decode() for one in events)
    body = f"{header}<EPCISBody><EventList>{listed}</EventList></EPCISBody>"
    return f"{head}{body}</epcis:EPCISDocument>".encode()


def in_list(event: bytes, kind: str, version: str) -> bytes:
    depth = table.EVENT_DEPTH.get(kind, 0) if version == "1.2" else 0
    return b"<extension>" * depth + event + b"</extension>" * depth


def judged(tree: Json) -> Judged:
    return reading.read(sent(document(tree))).judge(0)


EVENT_1_2 = """<ObjectEvent>
  <eventTime>2005-04-03T20:33:31.116-06:00</eventTime>
  <eventTimeZoneOffset>-06:00</eventTimeZoneOffset>
  <baseExtension>
    <eventID>urn:uuid:374d95fc-9457-4a51-bd6a-0bba133845a8</eventID>
    <errorDeclaration>
      <declarationTime>2020-01-15T00:00:00+01:00</declarationTime>
      <reason>urn:epcglobal:cbv:er:incorrect_data</reason>
      <correctiveEventIDs><correctiveEventID>urn:uuid:2</correctiveEventID></correctiveEventIDs>
      <example:why>typo</example:why>
    </errorDeclaration>
    <extension><certificationInfo>https://c.example.org/1</certificationInfo></extension>
  </baseExtension>
  <epcList><epc>urn:epc:id:sgtin:0614141.107346.2017</epc></epcList>
  <action>ADD</action>
  <bizStep>urn:epcglobal:cbv:bizstep:commissioning</bizStep>
  <disposition>urn:epcglobal:cbv:disp:active</disposition>
  <readPoint><id>urn:epc:id:sgln:0614141.07346.1234</id><example:bay>7</example:bay></readPoint>
  <bizTransactionList>
    <bizTransaction type="urn:epcglobal:cbv:btt:po">http://transaction.acme.com/po/1</bizTransaction>
    <bizTransaction>urn:x:untyped</bizTransaction>
  </bizTransactionList>
  <extension>
    <quantityList>
      <quantityElement>
        <epcClass>urn:epc:class:lgtin:4012345.012345.998877</epcClass>
        <quantity>200.50</quantity><uom>KGM</uom>
      </quantityElement>
      <quantityElement><epcClass>urn:epc:idpat:sgtin:4012345.066666.*</epcClass></quantityElement>
    </quantityList>
    <sourceList>
      <source type="urn:epcglobal:cbv:sdt:possessing_party">urn:epc:id:pgln:4012345.00225</source>
    </sourceList>
    <ilmd>
      <m:lotNumber xmlns:m="urn:epcglobal:cbv:mda">ABC123</m:lotNumber>
      <m:netWeight xmlns:m="urn:epcglobal:cbv:mda" measurementUnitCode="KGM">3.50</m:netWeight>
    </ilmd>
    <extension>
      <sensorElementList><sensorElement>
        <sensorMetadata time="2019-04-02T14:05:00.000+01:00" deviceID="urn:epc:id:giai:4000001.111"
          example:rack="3"/>
        <sensorReport type="gs1:Temperature" value="26.0" uom="CEL" booleanValue="true"
          component="cbv:Comp-x" exception="gs1:ALARM_CONDITION"/>
        <sensorReport type="https://gs1.org/voc/Speed" value="12" uom="KMH"/>
      </sensorElement></sensorElementList>
      <persistentDisposition>
        <unset>urn:epcglobal:cbv:disp:completeness_inferred</unset>
        <set>https://ref.gs1.org/cbv/Disp-completeness_verified</set>
      </persistentDisposition>
    </extension>
  </extension>
  <example:shift lead="Bo"><a>1</a><a>2</a><example:b>3</example:b></example:shift>
  <own:zone xmlns:own="https://own.example/x#">N</own:zone>
</ObjectEvent>"""
EVENT_JSON = {
    "@context": [{"own": "https://own.example/x#"}],
    "type": "ObjectEvent",
    "eventTime": "2005-04-03T20:33:31.116-06:00",
    "eventTimeZoneOffset": "-06:00",
    "eventID": "urn:uuid:374d95fc-9457-4a51-bd6a-0bba133845a8",
    "errorDeclaration": {
        "declarationTime": "2020-01-15T00:00:00+01:00",
        "reason": "incorrect_data",
        "correctiveEventIDs": ["urn:uuid:2"],
        "example:why": "typo",
    },
    "certificationInfo": "https://c.example.org/1",
    "epcList": ["urn:epc:id:sgtin:0614141.107346.2017"],
    "action": "ADD",
    "bizStep": "commissioning",
    "disposition": "active",
    "readPoint": {"id": "urn:epc:id:sgln:0614141.07346.1234", "example:bay": "7"},
    "bizTransactionList": [
        {"type": "po", "bizTransaction": "http://transaction.acme.com/po/1"},
        {"bizTransaction": "urn:x:untyped"},
    ],
    "quantityList": [
        {"epcClass": "urn:epc:class:lgtin:4012345.012345.998877", "quantity": 200.5, "uom": "KGM"},
        {"epcClass": "urn:epc:idpat:sgtin:4012345.066666.*"},
    ],
    "sourceList": [{"type": "possessing_party", "source": "urn:epc:id:pgln:4012345.00225"}],
    "ilmd": {
        "cbvmda:lotNumber": "ABC123",
        "cbvmda:netWeight": {"measurementUnitCode": "KGM", "#text": "3.50"},
    },
    "sensorElementList": [
        {
            "sensorReport": [
                {
                    "type": "Temperature",
                    "value": 26.0,
                    "uom": "CEL",
                    "booleanValue": True,
                    "component": "x",
                    "exception": "ALARM_CONDITION",
                },
                {"type": "Speed", "value": 12, "uom": "KMH"},
            ],
            "sensorMetadata": {
                "time": "2019-04-02T14:05:00.000+01:00",
                "deviceID": "urn:epc:id:giai:4000001.111",
                "example:rack": "3",
            },
        }
    ],
    "persistentDisposition": {
        "unset": ["completeness_inferred"],
        "set": ["completeness_verified"],
    },
    "example:shift": {"lead": "Bo", "a": ["1", "2"], "example:b": "3"},
    "own:zone": "N",
}

"""Describing 接口说明: what the interface offers, for people and as OpenAPI 3.1 for programs.

Written by hand beside the addresses; a test holds it equal to what the house answers: every
address, and the methods that each of them names itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from django.utils.translation import gettext_lazy as _

from mingchu import __version__
from mingchu.trace import problems
from mingchu.trace.domain import asking, extending, times, types, words
from mingchu.trace.services import limits

CAPTURE, READ, SUBSCRIBE = "trace.capture", "trace.read", "trace.subscribe"
JSON, PROBLEM = "application/json", "application/problem+json"
MEDIA = (JSON, "application/ld+json")
KINDS = tuple(extending.EVENTS)


@dataclass(frozen=True)
class Operation:
    """One method of an address: who may, what it does, what is sent and what comes back.

    `answers` are statuses with the name of their schema, "" for no body; `asks` names parameters
    of `PARAMETERS`, and "query" stands for all those of queries."""

    method: str
    action: str
    summary: Any
    answers: Mapping[int, str] = field(default_factory=dict)
    body: str = ""
    asks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Resource:
    """An address with what can be done there, besides OPTIONS."""

    path: str
    title: Any
    operations: tuple[Operation, ...]

    @property
    def name(self) -> str:
        """Its place on the page."""
        return self.path.strip("/").replace("/", "-").replace("{", "").replace("}", "")


@dataclass(frozen=True)
class Parameter:
    """`where` is query, header or path."""

    name: str
    where: str
    said: Any
    values: tuple[str, ...] = ()


PARAMETERS = {
    one.name: one
    for one in (
        Parameter("nextPageToken", "query", _("上一页的应答头 Link 给出的翻页标记，一小时内有效")),
        Parameter("perPage", "query", _("每页条数，不填为 30")),
        Parameter(
            "GS1-Capture-Error-Behaviour",
            "header",
            _("有一条错误就整份不采集，或跳过错误的"),
            ("rollback", "proceed"),
        ),
        Parameter(
            "GS1-EPC-Format",
            "header",
            _("应答里标识的写法"),
            ("No_Preference", "Never_Translates", "Always_GS1_Digital_Link", "Always_EPC_URN"),
        ),
        Parameter("GS1-Extensions", "header", _("扩展字段的前缀，如 ex=https://example.org/ext/")),
    )
}
PAGED = ("nextPageToken", "perPage")
ASKED = ("query", *PAGED, "GS1-EPC-Format", "GS1-Extensions")
EVENTS_FOUND = Operation(
    "GET",
    READ,
    _("按标准的查询参数查找事件，一次一页"),
    {200: "EPCISQueryDocument"},
    asks=ASKED,
)


def _group(path: str, listed: Any) -> tuple[Resource, ...]:
    """A resource that groups events: its members, one of them, the events of one."""
    title = _("按标准的分组取事件")
    members = Operation("GET", READ, listed, {200: "Collection"})
    return (
        Resource(f"/epcis/{path}", title, (members,)),
        Resource(
            f"/epcis/{path}/{{name}}",
            title,
            (Operation("GET", READ, _("其下有什么可看"), {200: "Collection"}),),
        ),
        Resource(f"/epcis/{path}/{{name}}/events", title, (EVENTS_FOUND,)),
    )


RESOURCES = (
    Resource(
        "/epcis",
        _("资源"),
        (Operation("GET", READ, _("列出可用的资源"), {200: "Collection"}),),
    ),
    Resource(
        "/epcis/capture",
        _("采集任务"),
        (
            Operation(
                "POST",
                CAPTURE,
                _("采集一份 EPCIS 文件；Location 指向任务"),
                {202: ""},
                "EPCISDocument",
                ("GS1-Capture-Error-Behaviour",),
            ),
            Operation("GET", READ, _("列出采集任务，新的在前"), {200: "Jobs"}, asks=PAGED),
        ),
    ),
    Resource(
        "/epcis/capture/{number}",
        _("采集任务"),
        (Operation("GET", READ, _("一个采集任务和它的全部错误"), {200: "Job"}),),
    ),
    Resource(
        "/epcis/events",
        _("事件"),
        (
            Operation(
                "POST",
                CAPTURE,
                _("采集一个事件：新的 201，重发的 200"),
                {201: "Event", 200: "Event"},
                "Event",
            ),
            EVENTS_FOUND,
        ),
    ),
    Resource(
        "/epcis/events/{name}",
        _("事件"),
        (
            Operation(
                "GET",
                READ,
                _("一个事件（编号；没有编号的用哈希），连同它的错误声明"),
                {200: "EPCISQueryDocument"},
                asks=("GS1-EPC-Format",),
            ),
        ),
    ),
    Resource(
        "/epcis/nextPageToken/{token}",
        _("翻页标记"),
        (Operation("DELETE", READ, _("作废一个翻页标记"), {204: ""}),),
    ),
    Resource(
        "/epcis/queries",
        _("命名查询与订阅"),
        (
            Operation("GET", READ, _("列出命名查询"), {200: "Queries"}, asks=PAGED),
            Operation("POST", SUBSCRIBE, _("给一个查询起名"), {201: ""}, "Query"),
        ),
    ),
    Resource(
        "/epcis/queries/{name}",
        _("命名查询与订阅"),
        (
            Operation("GET", READ, _("一个命名查询，按原样"), {200: "Query"}),
            Operation("DELETE", SUBSCRIBE, _("删去一个命名查询和它的订阅"), {204: ""}),
        ),
    ),
    Resource(
        "/epcis/queries/{name}/events",
        _("命名查询与订阅"),
        (
            Operation(
                "GET", READ, _("命名查询的事件，一次一页"), {200: "EPCISQueryDocument"}, asks=PAGED
            ),
        ),
    ),
    Resource(
        "/epcis/queries/{name}/following",
        _("命名查询与订阅"),
        (Operation("GET", READ, _("命名查询里新来的事件，随到随取"), {200: "EPCISQueryDocument"}),),
    ),
    Resource(
        "/epcis/queries/{name}/subscriptions",
        _("命名查询与订阅"),
        (
            Operation("GET", READ, _("列出订阅和送达情况"), {200: "Subscriptions"}, asks=PAGED),
            Operation(
                "POST", SUBSCRIBE, _("订阅：一有事件就送，或按时间表送"), {201: ""}, "Subscription"
            ),
        ),
    ),
    Resource(
        "/epcis/queries/{name}/subscriptions/{number}",
        _("命名查询与订阅"),
        (
            Operation("GET", READ, _("一个订阅和它的送达情况"), {200: "Subscription"}),
            Operation("DELETE", SUBSCRIBE, _("取消一个订阅"), {204: ""}),
        ),
    ),
    *_group("eventTypes", _("列出五种事件")),
    *_group("epcs", _("列出您看得到的物品标识，一次一页")),
    *_group("bizSteps", _("列出标准的业务环节")),
    *_group("bizLocations", _("列出您看得到的存放地点，一次一页")),
    *_group("readPoints", _("列出您看得到的操作地点，一次一页")),
    *_group("dispositions", _("列出标准的物品状态")),
)

# Parameters whose names are made by a rule, each as an example and what it asks.
FAMILIES = (
    ("EQ_bizTransaction_po", _("属于一张单据：末尾是单据种类")),
    ("EQ_source_owning_party · EQ_destination_possessing_party", _("来自谁、交给谁")),
    ("GT_quantity_KGM", _("数量比较：EQ、GT、GE、LT、LE，末尾是计量单位")),
    ("LE_value_CEL · GE_meanValue_CEL", _("传感器读数比较")),
    ("EQ_ILMD_cbvmda:lotNumber", _("主数据 ilmd 里的字段")),
    ("EQ_ex:field · EXISTS_ex:field · EQ_INNER_ex:field", _("扩展字段：比较、有没有、嵌在里面的")),
    ("EQ_readPoint_ex:field · EQ_SENSORREPORT_ex:field", _("嵌在标准成员里的扩展字段")),
)
HEADERS = (
    ("Authorization: Bearer …", _("接口令牌，在“我的账号”里签发；范围含 epcis 即可")),
    ("GS1-EPCIS-Version · GS1-EPCIS-Min · GS1-EPCIS-Max", _("版本协商：2.0.0，XML 还有 1.2.0")),
    ("GS1-CBV-Version · GS1-CBV-Min · GS1-CBV-Max", _("词汇版本协商：2.0.0，XML 还有 1.2.0")),
    ("GS1-Capture-Error-Behaviour: rollback | proceed", _("采集遇到错误时怎么办")),
    ("GS1-EPC-Format", _("应答里标识的写法：Digital Link（默认）、URN 或按原样")),
    (
        "Accept · Content-Type: application/json | application/xml",
        _("JSON 或 XML；单个事件只收 JSON"),
    ),
    ("GS1-CBV-XML-Format", _("XML 应答里词语的写法，网址或 URN")),
    ("Content-Encoding: gzip", _("送来的内容可以用 gzip 压缩")),
    ("GS1-EPCIS-Capture-Limit · GS1-EPCIS-Capture-File-Size-Limit", _("OPTIONS 应答里公布的上限")),
)


def openapi(server: str) -> dict[str, Any]:
    """The whole description as OpenAPI 3.1, in the language in force."""
    top = limits()
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "mingchu 明厨 · EPCIS 2.0",
            "version": __version__,
            "description": str(
                _("EPCIS 2.0 的 REST 接口：采集与查询追溯事件。错误按标准的问题类型应答。")
            ),
        },
        "servers": [{"url": server}],
        "security": [{"token": []}],
        "paths": {one.path: _path(one) for one in RESOURCES},
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {**_frames(top.events), **_schemas()},
        },
    }


def _path(resource: Resource) -> dict[str, Any]:
    names = [part[1:-1] for part in resource.path.split("/") if part.startswith("{")]
    given = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in names
    ]
    return {
        "parameters": given,
        **{one.method.lower(): _operation(one, resource) for one in resource.operations},
        "options": {
            "summary": str(_("可用的方法、版本和上限")),
            "responses": {"204": {"description": "No Content"}},
        },
    }


def _operation(one: Operation, resource: Resource) -> dict[str, Any]:
    name = "".join(map(str.capitalize, resource.name.removeprefix("epcis-").split("-")))
    said: dict[str, Any] = {
        "operationId": one.method.lower() + name,
        "summary": str(one.summary),
        "tags": [str(resource.title)],
        "x-action": one.action,
        "parameters": list(_parameters(one.asks)),
        "responses": {
            **{str(status): _answer(schema) for status, schema in one.answers.items()},
            "default": {"description": "Problem", "content": {PROBLEM: _of("Problem")}},
        },
    }
    if one.body:
        said["requestBody"] = {
            "required": True,
            "content": {media: _of(one.body) for media in MEDIA},
        }
    return said


def _parameters(asked: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    for name in asked:
        if name == "query":
            yield from (
                {"name": fixed, "in": "query", "schema": {"type": "string"}}
                for fixed in asking.FIXED
            )
            continue
        one = PARAMETERS[name]
        schema: dict[str, Any] = {"type": "string"}
        if one.values:
            schema["enum"] = list(one.values)
        yield {"name": one.name, "in": one.where, "description": str(one.said), "schema": schema}


def _answer(schema: str) -> dict[str, Any]:
    return {"description": schema or "—", **({"content": {JSON: _of(schema)}} if schema else {})}


def _of(name: str) -> dict[str, Any]:
    return {"schema": {"$ref": f"#/components/schemas/{name}"}}


def _object(required: str, **members: Any) -> dict[str, Any]:
    return {"type": "object", "required": required.split(), "properties": members}


_TEXT, _NUMBER = {"type": "string"}, {"type": "integer"}
_MOMENT = {**_TEXT, "format": "date-time"}
_CONTEXT = {"type": ["string", "array", "object"]}


def _frames(most: int) -> dict[str, Any]:
    """What stands around events: documents, lists of names, jobs, queries, problems."""
    events = {"type": "array", "items": _of("Event")["schema"]}
    body = _object("eventList", eventList={**events, "maxItems": most})
    results = _object("eventList", eventList=events)
    answer = _object("queryName resultsBody", queryName=_TEXT, resultsBody=results)
    frame = {"@context": _CONTEXT, "schemaVersion": _TEXT, "creationDate": _MOMENT}
    return {
        "Event": {"oneOf": [_of(kind)["schema"] for kind in KINDS]},
        "EPCISDocument": _object(
            "@context type schemaVersion creationDate epcisBody",
            **frame,
            type={"const": "EPCISDocument"},
            epcisBody=body,
        ),
        "EPCISQueryDocument": _object(
            "@context type epcisBody",
            **frame,
            type={"const": "EPCISQueryDocument"},
            epcisBody=_object("queryResults", queryResults=answer),
        ),
        "Collection": _object(
            "@context type member",
            **{"@context": _CONTEXT},
            type={"const": "Collection"},
            member={"type": "array", "items": _TEXT},
        ),
        **_jobs(),
        **_standing(),
    }


def _jobs() -> dict[str, Any]:
    """How a capture ended, and what a refusal says."""
    kinds = sorted({*problems.TYPES.values(), *problems.TYPES_OF_QUERIES.values()})
    wrong = {"type": "string", "enum": [f"epcisException:{one}" for one in kinds]}
    problem = {
        "type": wrong, "title": _TEXT, "status": _NUMBER, "detail": _TEXT, "code": _TEXT,
        "why": _TEXT, "fix": _TEXT,
    }  # fmt: skip
    place = {"index": _NUMBER, "path": _TEXT, "byte": {"type": ["integer", "null"]}}
    job = {
        "captureID": {**_TEXT, "format": "uuid"}, "createdAt": _MOMENT, "finishedAt": _MOMENT,
        "running": {"const": False}, "success": {"type": "boolean"},
        "captureErrorBehaviour": {"enum": ["rollback", "proceed"]},
        "errors": {"type": "array", "items": _object("type title index", **problem, **place)},
        "events": _NUMBER, "captured": _NUMBER, "duplicate": _NUMBER, "rejected": _NUMBER,
    }  # fmt: skip
    return {
        "Job": _object("captureID running success errors", **job),
        "Jobs": {"type": "array", "items": _of("Job")["schema"]},
        "Problem": _object("type title status", **problem, request_id=_TEXT),
    }


def _standing() -> dict[str, Any]:
    """Named queries and subscriptions."""
    return {
        "Query": _object("name query", name=_TEXT, query={"type": "object"}),
        "Queries": {"type": "array", "items": _of("Query")["schema"]},
        "Subscription": _object(
            "dest",
            dest={**_TEXT, "format": "uri"},
            signatureToken=_TEXT,
            stream={"type": "boolean"},
            schedule={"type": "object"},
            reportIfEmpty={"type": "boolean"},
            initialRecordTime=_MOMENT,
            subscriptionID=_TEXT,
            queryName=_TEXT,
            health={"type": "object"},
        ),
        "Subscriptions": {"type": "array", "items": _of("Subscription")["schema"]},
    }


def _schemas() -> dict[str, Any]:
    """The five types, from what judges them; extensions are allowed where the standard has room."""
    kinds = [getattr(types, name) for name in KINDS]
    _refs, found = msgspec.json.schema_components(kinds, ref_template="#/components/schemas/{name}")
    plain: dict[str, Any] = _plain(found)
    return plain


# Patterns as programs of other languages know them.
FORMATS = {words.URI: {"format": "uri"}, times.DATE_TIME: {"format": "date-time"}}


def _plain(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_plain(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {name: _plain(value) for name, value in schema.items() if name != "pattern"}
    pattern = schema.get("pattern")
    if not isinstance(pattern, str):
        return plain
    known = FORMATS.get(pattern)
    return plain | (known or {"pattern": pattern.replace(r"\A", "^").replace(r"\Z", "$")})

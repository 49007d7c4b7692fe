"""GS1's own description of the REST binding: each path and method is answered as it says."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

import pytest
from askers import Asker
from asking import ID, THING
from capturing import a_document, an_event, as_sent, sender
from django.test import Client
from epcis import reference
from jsonschema import Draft202012Validator

from mingchu.trace.services import Behaviour, capture_document

pytestmark = pytest.mark.django_db
LIMITS = Path(__file__).parents[2] / "docs" / "limits.md"
VERBS = ("get", "post", "delete", "options")
ANSWERED = {
    "GS1-EPCIS-Version": "2.0.0",
    "GS1-CBV-Version": "2.0.0",
}
# Whose answers are tested elsewhere: what to subscribe needs a receiver.
BY_OTHERS = "/queries"


class Step(NamedTuple):
    path: str
    verb: str
    said: dict[str, Any]
    address: str


@cache
def contract() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(reference("openapi.json").read_bytes())
    # As it is written no job can be: one with `errors` is also one that may have an `errorFile`.
    for branch in found["components"]["schemas"]["CaptureJob"]["allOf"][1]["oneOf"]:
        branch["required"] = [*branch["properties"]]
    # Its one type is another than the one of its own example.
    missing = found["components"]["responses"]["404ResourceNotFound"]["content"]
    schema = missing["application/problem+json"]["schema"]
    schema["allOf"][0]["properties"]["type"]["enum"].append(schema["example"]["type"])
    # Its example of one query is an object, its schema the list of all of them.
    one = found["paths"]["/queries/{queryName}"]["get"]["responses"]["200"]["content"]
    one["application/json"]["schema"] = one["application/json"]["schema"]["items"]
    return found


def resolved(one: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in one:
        found: Any = contract()
        for part in one["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        one = found
    return one


@pytest.fixture
def asker():
    return Asker()


@pytest.fixture
def known(asker) -> dict[str, str]:
    """What stands in the paths."""
    job = capture_document(a_document(THING, an_event()), Behaviour.ROLLBACK, sender())
    link = asker.get("/epcis/events", perPage=1)["Link"]
    return {
        "captureID": str(job.id), "eventID": ID, "eventType": "ObjectEvent",
        "epc": THING["epcList"][0], "bizStep": "shipping", "disposition": "in_transit",
        "bizLocation": THING["bizLocation"]["id"], "readPoint": THING["readPoint"]["id"],
        "queryName": "anyQuery", "subscriptionID": "1",
        "token": unquote(link.partition("nextPageToken=")[2].partition("&")[0]),
    }  # fmt: skip


def steps(known: dict[str, str]) -> list[Step]:
    """Whatever deletes comes last."""
    found = [
        Step(path, verb, item[verb],
             "/epcis" + re.sub(r"{(\w+)}", lambda m: quote(known[m[1]], safe=""), path))
        for path, item in contract()["paths"].items() for verb in VERBS if verb in item
    ]  # fmt: skip
    assert len(found) > 60
    return sorted(found, key=lambda step: step.verb == "delete")


BODIES = {
    "/capture": lambda: a_document(an_event()),
    "/events": lambda: as_sent(an_event()),
    "/queries": lambda: b'{"name": "anyQuery", "query": {"eventType": ["ObjectEvent"]}}',
    "/queries/{queryName}/subscriptions": lambda: (
        b'{"dest": "https://subscriber.example/hook", "stream": true}'
    ),
}


def asked(asker: Asker, step: Step, **headers: str):
    if step.verb != "post":
        return getattr(asker.client, step.verb)(step.address, headers=headers)
    body = BODIES.get(step.path, lambda: b"{}")()
    return asker.client.post(step.address, body, content_type="application/json", headers=headers)


def schema_of(response: dict[str, Any], media: str) -> dict[str, Any] | None:
    content = response.get("content", {})
    return content.get(media, {}).get("schema")


def faults(answer: Any, schema: dict[str, Any]) -> list[str]:
    whole = {**schema, "components": contract()["components"]}
    # Without formats an event of the standard would be one of somebody's own as well.
    validator = Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER)
    found = validator.iter_errors(json.loads(answer.content))
    return [f"{error.json_path}: {error.message[:200]}" for error in found]


def wrong_with(step: Step, answer: Any) -> list[str]:
    """What the contract says otherwise of an answer."""
    status = str(answer.status_code)
    if status == "501":
        is_listed = f"/epcis/{step.path.split('/')[1]}" in LIMITS.read_text(encoding="utf-8")
        return [] if is_listed else ["501, and docs/limits.md does not say so"]
    responses = step.said["responses"]
    if status not in responses or (not step.path.startswith(BY_OTHERS) and status[0] != "2"):
        return [f"{status} where {sorted(responses)}: {answer.content[:300]!r}"]
    response = resolved(responses[status])
    found = [f"no {name}" for name in ANSWERED if answer.get(name) != ANSWERED[name]]
    for name, header in response.get("headers", {}).items():
        if resolved(header).get("required") and name not in answer:
            found.append(f"no {name}")
    media = answer.get("Content-Type", "")
    schema = schema_of(response, media) if answer.content else None
    if response.get("content") and answer.content and schema is None:
        found.append(f"{media} is none of {sorted(response['content'])}")
    return found + (faults(answer, schema) if schema else [])


def test_each_path_and_method_is_answered_as_the_standard_says_or_named_as_missing(asker, known):
    wrong = {}
    for step in steps(known):
        found = wrong_with(step, asked(asker, step))
        if found:
            wrong[step.verb, step.path] = found
    assert wrong == {}


def test_options_name_the_methods_that_there_are_and_no_others_are_taken(asker, known):
    wrong = {}
    for path, item in contract()["paths"].items():
        if path.startswith(BY_OTHERS):
            continue
        [step, *_more] = [one for one in steps(known) if one.path == path]
        offered = asker.client.options(step.address).get("Allow", "").split(", ")
        if {verb.upper() for verb in VERBS if verb in item} - {*offered}:
            wrong[path] = offered
        for verb in {"get", "post", "put", "patch", "delete"} - {one.lower() for one in offered}:
            answer = getattr(asker.client, verb)(step.address)
            if (answer.status_code, answer.get("Allow")) != (405, ", ".join(offered)):
                wrong[verb, path] = (answer.status_code, answer.get("Allow"))
    assert wrong == {}


def test_a_head_is_answered_like_its_get(asker, known):
    for step in steps(known):
        if step.verb == "get" and not step.path.startswith(BY_OTHERS):
            got, head = asked(asker, step), asker.client.head(step.address)
            assert head.status_code == got.status_code, step.path
            assert head["Content-Type"] == got["Content-Type"], step.path


REFUSED = [
    ({"Accept": "image/png"}, "get"),
    ({"GS1-EPCIS-Min": "3.0"}, "get"),
    ({"GS1-EPCIS-Max": "1.2"}, "get"),
    ({"GS1-CBV-Min": "2.5.1"}, "get"),
    ({"GS1-CBV-Max": "x"}, "get"),
    ({"GS1-EPCIS-Version": "1.2"}, "post"),
    ({"GS1-CBV-Version": "3"}, "post"),
    ({"GS1-EPC-Format": "Sometimes"}, "get"),
    ({"GS1-CBV-XML-Format": "Sometimes"}, "get"),
]


@pytest.mark.parametrize(("headers", "verb"), REFUSED, ids=[f"{one}"[1:-1] for one, _ in REFUSED])
def test_what_is_not_spoken_is_refused_by_every_resource(asker, known, headers, verb):
    problem = resolved(contract()["components"]["responses"]["406NotAcceptable"])
    for step in steps(known):
        if step.verb == verb and not step.path.startswith(BY_OTHERS):
            answer = asked(asker, step, **headers)
            assert answer.status_code == 406, (step.path, answer.content)
            assert faults(answer, schema_of(problem, answer["Content-Type"])) == []


SPOKEN = [
    {"GS1-EPCIS-Min": "1.0", "GS1-EPCIS-Max": "2.0.0"},
    {"GS1-CBV-Min": "2.0.0", "GS1-CBV-Max": "2.1"},
    {"GS1-EPCIS-Version": "2.0", "GS1-CBV-Version": "2.0.0"},
    {"GS1-EPC-Format": "No_Preference", "GS1-CBV-XML-Format": "No_Preference"},
    {"GS1-EPC-Format": "Never_Translates", "GS1-CBV-XML-Format": "Never_Translates"},
    {"Accept": "text/html, application/ld+json;q=0.5"},
]


@pytest.mark.parametrize("headers", SPOKEN, ids=[f"{one}"[1:-1] for one in SPOKEN])
def test_what_is_spoken_is_taken_by_every_resource(asker, known, headers):
    for step in steps(known):
        if not step.path.startswith(BY_OTHERS):
            answer = asked(asker, step, **headers)
            assert answer.status_code < 300, (step.path, answer.content)


@pytest.mark.parametrize("verb", VERBS)
def test_nobody_is_let_in_without_a_token(known, verb):
    client, problem = Client(), resolved(
        contract()["components"]["responses"]["401UnauthorizedRequest"]
    )  # fmt: skip
    for step in steps(known):
        if step.verb == verb:
            answer = getattr(client, verb)(step.address)
            assert answer.status_code == 401, step.path
            assert faults(answer, schema_of(problem, answer["Content-Type"])) == []


def test_every_offered_sort_of_media_is_named_and_others_are_not_taken(asker):
    for path in ("/epcis/capture", "/epcis/events"):
        for media in ("text/csv", "application/x-www-form-urlencoded", ""):
            answer = asker.client.post(path, b"{}", content_type=media)
            assert answer.status_code == 415, (path, media)
            assert json.loads(answer.content)["type"] == (
                "epcisException:UnsupportedMediaTypeException"
            )

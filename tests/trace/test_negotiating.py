"""What both sides say they speak: versions, forms of identifiers and words, what errors do."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from askers import Asker, events_in, problem
from asking import BOX, HEADER, ID, LINK, MADE, SGTIN, THING
from capturing import a_document, an_event, as_sent, events_of, sender

from mingchu.trace.domain import keys, reading
from mingchu.trace.services import Behaviour, capture_document

pytestmark = pytest.mark.django_db
LINKS, URNS = "Always_GS1_Digital_Link", "Always_EPC_URN"
KEPT, ANY = "Never_Translates", "No_Preference"
EVENTS = (
    "/epcis/events",
    f"/epcis/events/{quote(ID)}",
    "/epcis/eventTypes/ObjectEvent/events",
    f"/epcis/epcs/{quote(SGTIN)}/events",
)
LISTS = ("/epcis/epcs", "/epcis/readPoints", "/epcis/bizLocations")


@pytest.fixture
def asker():
    capture_document(a_document(THING, BOX, MADE), Behaviour.ROLLBACK, sender())
    return Asker()


def events(answer):
    return list(reading.read(answer.content).judged())


@pytest.mark.parametrize("address", EVENTS)
@pytest.mark.parametrize(
    ("asked", "given", "spelled"),
    [(LINKS, LINKS, LINK), ("", LINKS, LINK), (URNS, URNS, SGTIN), (KEPT, KEPT, SGTIN),
     (ANY, KEPT, SGTIN)],
)  # fmt: skip
def test_events_are_spelled_in_the_form_that_is_asked_for(asker, address, asked, given, spelled):
    answer = asker.get(address, {"GS1-EPC-Format": asked} if asked else {})
    [thing] = [one for one in events_in(answer) if one.get("eventID") == ID]
    assert (answer["GS1-EPC-Format"], thing["epcList"]) == (given, [spelled])
    kept = asker.get(address, {"GS1-EPC-Format": KEPT})
    assert [keys.identity(one) for one in events(answer)] == [
        keys.identity(one) for one in events(kept)
    ]
    if given == KEPT:
        assert THING in events_in(answer)


@pytest.mark.parametrize("address", LISTS)
@pytest.mark.parametrize(
    ("asked", "given", "start"),
    [(LINKS, LINKS, "https://"), ("", LINKS, "https://"),
     (KEPT, KEPT, ""), (ANY, KEPT, "")],
)  # fmt: skip
def test_names_are_spelled_in_the_form_that_is_asked_for(asker, address, asked, given, start):
    answer = asker.get(address, {"GS1-EPC-Format": asked} if asked else {})
    members = json.loads(answer.content)["member"]
    assert answer["GS1-EPC-Format"] == given
    assert members
    assert all(one.startswith(start) for one in members)
    if given == KEPT:
        assert {*members} <= {*_texts(THING), *_texts(BOX), *_texts(MADE)}


def _texts(tree):
    if isinstance(tree, str):
        yield tree
    for one in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ():
        yield from _texts(one)


def test_options_announce_the_forms(asker):
    for address in (*EVENTS, *LISTS):
        assert asker.client.options(address)["GS1-EPC-Format"] == ANY
    for address in ("/epcis/capture", "/epcis/"):
        assert asker.client.options(address)["GS1-EPC-Format"] == KEPT
    for address in (*EVENTS, *LISTS, "/epcis/capture"):
        assert asker.client.options(address)["GS1-CBV-XML-Format"] == KEPT


VERSIONS = [
    ("Version", "2.0.0", True), ("Version", "2.0", True), ("Version", "2", True),
    ("Version", "1.2.0", False), ("Version", "2.1", False), ("Version", "3.0.0", False),
    ("Version", "two", False), ("Version", "-2", False), ("Version", "2.", False),
    ("Min", "1.0", True), ("Min", "2.0.0", True), ("Min", "2.1", False), ("Min", "-1", False),
    ("Max", "2.0.0", True), ("Max", "3.1", True), ("Max", "1.2", False), ("Max", "2;0", False),
]  # fmt: skip


@pytest.mark.parametrize("what", ["EPCIS", "CBV"])
@pytest.mark.parametrize(("which", "said", "is_spoken"), VERSIONS)
def test_versions(asker, what, which, said, is_spoken):
    headers = {f"GS1-{what}-{which}": said}
    sent = as_sent(an_event())
    answers = [
        asker.get("/epcis/events", headers),
        asker.get("/epcis/bizSteps", headers),
        asker.client.post("/epcis/events", sent, content_type="application/json", headers=headers),
    ]
    for answer in answers:
        assert answer["GS1-EPCIS-Version"] == answer["GS1-CBV-Version"] == "2.0.0"
        assert (answer.status_code == 406) != is_spoken
        if not is_spoken:
            assert problem(answer) == (406, "NotAcceptableException", "unsupported_version")


@pytest.mark.parametrize(
    ("said", "status"),
    [(ANY, 200), (KEPT, 200), ("Always_Web_URI", 406), ("Always_URN", 406), ("Often", 406)],
)
def test_the_form_of_words_is_a_matter_of_xml(asker, said, status):
    assert asker.get("/epcis/events", {"GS1-CBV-XML-Format": said}).status_code == status


@pytest.mark.parametrize(
    ("said", "status", "captured"),
    [("", 202, 0), ("rollback", 202, 0), ("proceed", 202, 1), ("all", 400, 0), ("x", 400, 0)],
)
def test_what_an_error_does_to_a_document(asker, said, status, captured):
    before = events_of()
    answer = asker.client.post(
        "/epcis/capture",
        a_document(an_event(), an_event(action="LOOK")),
        content_type="application/json",
        headers={"GS1-Capture-Error-Behaviour": said} if said else {},
    )
    assert answer.status_code == status
    assert events_of() - before == captured
    if status == 202:
        job = json.loads(asker.get(answer["Location"]).content)
        assert job["captureErrorBehaviour"] == (said or "rollback")
        assert (job["success"], job["captured"], len(job["errors"])) == (False, captured, 1)
    else:
        assert problem(answer)[1:] == ("ValidationException", "bad_error_behaviour")


def test_capture_announces_both_behaviours(asker):
    assert asker.client.options("/epcis/capture")["GS1-Capture-Error-Behaviour"] == "all"


def test_prefixes_are_declared_by_a_header_that_belongs_to_the_pages(asker):
    headers = {"GS1-Extensions": HEADER}
    answer = asker.get("/epcis/events", headers, **{"EXISTS_ex:note": "true"})
    assert [one["eventID"] for one in events_in(answer)] == [ID]
    assert events_in(asker.get("/epcis/events", **{"EXISTS_ex:note": "true"})) == []
    following = asker.get("/epcis/events", headers, perPage=1)["Link"]
    following = following.removeprefix("<").partition(">")[0]
    assert problem(asker.get(following))[2] == "bad_page"
    assert len(events_in(asker.get(following, headers))) == 1

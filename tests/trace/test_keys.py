"""Who an event is: sent again it is the same, of one name with other content it is not."""

from __future__ import annotations

from epcis import Json, an_object_event, document, sent

from mingchu.trace.domain import keys, reading
from mingchu.trace.domain.keys import Identity

NAME = "urn:uuid:374d95fc-9457-4a51-bd6a-0bba133845a8"
DECLARED = {"declarationTime": "2026-11-29T08:00:00Z", "reason": "incorrect_data"}


def identity(**more: object) -> Identity:
    event: Json = an_object_event(**more)
    return keys.identity(reading.read(sent(document(event))).judge(0))


def test_an_event_sent_again_is_the_same() -> None:
    assert identity(eventID=NAME) == identity(eventID=NAME, recordTime="2026-11-30T00:00:00Z")


def test_without_an_id_the_hash_is_its_name() -> None:
    bare = identity()

    assert identity(eventID=bare.hash) == bare
    assert len(bare.key) == len(bare.content) == 16


def test_one_name_with_other_content_is_a_conflict() -> None:
    one, another = identity(eventID=NAME), identity(eventID=NAME, disposition="active")

    assert one.key == another.key
    assert one.content != another.content


def test_an_error_declaration_is_no_duplicate_of_what_it_declares() -> None:
    event, declaration = identity(eventID=NAME), identity(eventID=NAME, errorDeclaration=DECLARED)

    assert event.hash == declaration.hash
    assert event.key != declaration.key


def test_another_reason_or_correction_is_another_declaration() -> None:
    reasons = [
        DECLARED,
        {"declarationTime": DECLARED["declarationTime"]},
        {**DECLARED, "correctiveEventIDs": [NAME]},
        {**DECLARED, "example:by": "QA"},
    ]

    found = [identity(eventID=NAME, errorDeclaration=reason) for reason in reasons]

    assert len({one.key for one in found}) == 1
    assert len({one.content for one in found}) == len(reasons)


def test_certificates_are_no_part_of_the_hash_but_of_the_content() -> None:
    one = identity(certificationInfo="https://certificates.example.org/1")
    listed = identity(certificationInfo=["https://certificates.example.org/1"])

    assert one == listed
    assert one.key == identity().key
    assert one.content != identity().content

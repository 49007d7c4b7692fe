"""A fault 差错: what is wrong with a document, and where.

The edge turns it into a refusal in the reader's language and into a problem type of the standard;
here it is only a kind, a place and the facts, so that the core stays free of both.
"""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """Every way a document can be wrong; the part before the dot says who refuses."""

    TOO_LARGE = "document.too_large"
    TOO_MANY_EVENTS = "document.too_many_events"
    NOT_EPCIS = "document.not_epcis"
    BAD_UTF8 = "json.bad_utf8"
    MALFORMED = "json.malformed"
    DUPLICATE_KEY = "json.duplicate_key"
    NULL_CHARACTER = "json.null_character"
    LONE_SURROGATE = "json.lone_surrogate"
    NUMBER_RANGE = "json.number_range"
    TOO_DEEP = "json.too_deep"
    XML_MALFORMED = "xml.malformed"
    XML_DTD = "xml.dtd"
    XML_ENCODING = "xml.encoding"
    XML_TOO_MANY = "xml.too_many"
    MISSING = "event.missing"
    WRONG_TYPE = "event.wrong_type"
    UNKNOWN_MEMBER = "event.unknown_member"
    UNDECLARED_PREFIX = "event.undeclared_prefix"
    BAD_VALUE = "event.bad_value"
    NOT_IN_VOCABULARY = "event.not_in_vocabulary"
    REPEATED = "event.repeated"
    EMPTY = "event.empty"
    NOTHING_OBSERVED = "event.nothing_observed"
    PARENT_NEEDED = "event.parent_needed"
    ILMD_NOT_ALLOWED = "event.ilmd_not_allowed"
    NOT_ALLOTTED_TO_YOU = "event.not_allotted_to_you"
    NOT_ALLOTTED = "event.not_allotted"
    NOT_YOUR_EVENT = "event.not_your_event"


class Fault(ValueError):
    """`path` is a JSON path from the start of what was read, `byte` the offset where it begins.

    >>> print(Fault(Kind.MISSING, path="$.epcisBody.eventList[2]", byte=900, detail="action"))
    event.missing at $.epcisBody.eventList[2], byte 900: action
    """

    def __init__(self, kind: Kind, *, path: str = "", byte: int | None = None, detail: str = ""):
        super().__init__(kind)
        self.kind = kind
        self.path = path
        self.byte = byte
        self.detail = detail

    def __str__(self) -> str:
        place = ", ".join(
            filter(None, (self.path, "" if self.byte is None else f"byte {self.byte}"))
        )
        return f"{self.kind} at {place or 'start'}: {self.detail}"

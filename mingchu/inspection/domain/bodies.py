"""Bodies 记录内容: what a phone sends, read strictly; no framework.

`mingchu.inspection/1`. Times carry their offset; digests are SHA-256 in lower-case hex.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal

import msgspec

from mingchu.base.errors import Refusal
from mingchu.base.event import canonical
from mingchu.base.ids import digest

FORMAT = "mingchu.inspection/1"
TEXT, SHORT, ITEMS, BLOBS = 2_000, 200, 400, 400
Text = Annotated[str, msgspec.Meta(max_length=TEXT)]
Short = Annotated[str, msgspec.Meta(max_length=SHORT)]
Item = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
Sha = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class Struct(msgspec.Struct, forbid_unknown_fields=True):
    """A part of a record; what it does not know it refuses."""


class Measured(Struct):
    value: float
    unit: Short
    instrument: Short = ""


class Fix(Struct):
    way: Literal["on_spot", "by", "order", "case"] = "order"
    due: date | None = None


class Answer(Struct):
    verdict: Literal["met", "unmet", "na"]
    affects: Literal["yes", "no", "slight"] | None = None
    text: Text = ""
    photos: Annotated[list[Sha], msgspec.Meta(max_length=40)] = []
    measure: Measured | None = None
    fix: Fix | None = None
    at: Moment | None = None


class Earlier(Struct):
    """An open defect of an earlier visit, as it was found now."""

    finding: int
    mended: bool
    text: Text = ""


class Examined(Struct, kw_only=True):
    person: int | None = None
    name: Short = ""
    asked: Annotated[int, msgspec.Meta(ge=1, le=200)]
    right: Annotated[int, msgspec.Meta(ge=0, le=200)]


class Clock(Struct):
    """How far the phone's clock was ahead of the house's, when they last met."""

    offset_ms: int = 0
    measured_at: Moment | None = None


class Presence(Struct):
    way: Literal["scan", "stated"]
    code: Short = ""
    reason: Text = ""
    at: Moment | None = None


class Shown(Struct):
    lead: bool = False
    second: bool = False


class Party(Struct):
    name: Short = ""
    role: Short = ""


class Signatures(Struct):
    lead: Sha | None = None
    second: Sha | None = None
    party: Sha | None = None


class Refused(Struct):
    """A signature that was refused: why, and who saw it."""

    reason: Text
    witness: Short


class Second(Struct):
    """The second officer's PIN, sealed with the house's key."""

    id: int
    kid: Short
    seal: Annotated[str, msgspec.Meta(max_length=2_000)]


class File(Struct):
    sha256: Sha
    size: Annotated[int, msgspec.Meta(ge=1)]
    type: Short = ""
    role: Literal["photo", "signature"] = "photo"
    item: Short = ""


class Body(Struct, kw_only=True):
    """A record: of a draft most may still be missing, of a sealed one nothing that its outcome
    asks for."""

    format: Literal["mingchu.inspection/1"]
    visit: int
    checklist: Sha
    person: int
    sealed: bool
    outcome: Literal["inspected", "unreachable", "closed", "moved", "no_activity", "refused"] = (
        "inspected"
    )
    device: Short = ""
    sent_at: Moment | None = None
    clock: Clock = msgspec.field(default_factory=Clock)
    presence: Presence | None = None
    shown: Shown = msgspec.field(default_factory=Shown)
    started_at: Moment
    ended_at: Moment | None = None
    answers: Annotated[dict[Item, Answer], msgspec.Meta(max_length=ITEMS)] = {}
    earlier: Annotated[list[Earlier], msgspec.Meta(max_length=ITEMS)] = []
    exam: Annotated[list[Examined], msgspec.Meta(max_length=40)] = []
    results: Annotated[list[Short], msgspec.Meta(max_length=20)] = []
    danger: bool = False
    note: Text = ""
    statement: Text = ""
    party: Party = msgspec.field(default_factory=Party)
    signatures: Signatures = msgspec.field(default_factory=Signatures)
    refusal: Refused | None = None
    second: Second | None = None
    blobs: Annotated[list[File], msgspec.Meta(max_length=BLOBS)] = []

    @property
    def files(self) -> dict[str, File]:
        return {one.sha256: one for one in self.blobs}


def read(content: bytes) -> tuple[Body, dict[str, Any]]:
    """A record and its plain form; Refusal `bad_record` says where it does not fit."""
    try:
        body = msgspec.json.decode(content, type=Body)
        plain = json.loads(content)
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError) as wrong:
        raise Refusal(
            "bad_record",
            "检查记录读不懂：{place}",
            fix="请更新手机上的检查应用后重新发送；记录仍在手机里",
            status=422,
            place=_place(str(wrong)),
        ) from None
    if b"\\u0000" in content:  # what JSON can say and no column can hold
        raise Refusal(
            "bad_record",
            "检查记录读不懂：{place}",
            fix="请更新手机上的检查应用后重新发送；记录仍在手机里",
            status=422,
            place="NUL",
        )
    _check_files(body)
    return body, plain


def _place(said: str) -> str:
    """Where msgspec found something, without what it found: that may be a person's."""
    found = re.search(r"`(\$[^`]*)`", said)
    return found[1] if found else said[:SHORT]


def _check_files(body: Body) -> None:
    """Every picture that is named is among the files, so that its bytes are waited for."""
    named = {one for answer in body.answers.values() for one in answer.photos}
    signed = body.signatures
    named |= {one for one in (signed.lead, signed.second, signed.party) if one}
    if lost := named - body.files.keys():
        raise Refusal(
            "file_not_listed",
            "记录提到的文件不在文件清单里：{digests}",
            fix="请更新手机上的检查应用后重新发送；记录仍在手机里",
            status=422,
            digests=sorted(lost)[:3],
        )


def digest_of(plain: Mapping[str, Any]) -> str:
    """What tells a record from another: all it says, but when it was sent."""
    said = {key: value for key, value in plain.items() if key != "sent_at"}
    return digest(canonical(_without_floats(said)))


def _without_floats(value: Any) -> Any:
    """Measures as text: a canonical form has no floats."""
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, dict):
        return {key: _without_floats(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_without_floats(one) for one in value]
    return value

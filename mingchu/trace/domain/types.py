"""The five event types of EPCIS 2.0 as typed values: the only validator there is.

Form and presence are msgspec's work; what one member demands of another stands in `__post_init__`.
Names that are not the standard's (extensions) are judged in `extending`, which knows the context.
Where the standard is stricter than the published JSON schema, the standard holds; the test that
compares the two names each such place.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from mingchu.trace.domain import times, vocabulary
from mingchu.trace.domain.faults import Kind
from mingchu.trace.domain.vocabulary import Vocabulary
from mingchu.trace.domain.words import URI, Broken, check_word, is_uri

Uri = Annotated[str, Meta(pattern=URI)]
Time = Annotated[str, Meta(pattern=times.DATE_TIME)]
Unit = Annotated[str, Meta(pattern=r"\A[A-Z0-9]{2,3}\Z")]
Hex = Annotated[str, Meta(pattern=r"\A[A-Fa-f0-9]+\Z")]
Number = int | float
Action = Literal["ADD", "OBSERVE", "DELETE"]

_SPELLED = {
    "event_id": "eventID",
    "parent_id": "parentID",
    "epc_list": "epcList",
    "child_epcs": "childEPCs",
    "input_epc_list": "inputEPCList",
    "output_epc_list": "outputEPCList",
    "transformation_id": "transformationID",
    "corrective_event_ids": "correctiveEventIDs",
    "device_id": "deviceID",
    "unset_": "unset",
    "set_": "set",
}


def _spelled(name: str) -> str:
    head, *rest = name.split("_")
    return _SPELLED.get(name) or head + "".join(map(str.capitalize, rest))


class Part(Struct, frozen=True, kw_only=True, gc=False, rename=_spelled):
    """Anything that may hold extensions: further names are looked at by `extending`."""


class Closed(
    Struct, frozen=True, kw_only=True, gc=False, rename=_spelled, forbid_unknown_fields=True
):
    """What the standard leaves no room in."""


def _check_time(text: str | UnsetType, member: str) -> None:
    if text is not UNSET:
        try:
            times.read(text)
        except ValueError:
            raise Broken(Kind.BAD_VALUE, member, text) from None


def _check_unique(items: list[str] | UnsetType, member: str) -> None:
    if items is not UNSET and len(set(items)) != len(items):
        raise Broken(Kind.REPEATED, member)


def _optional_word(text: str | UnsetType, words: Vocabulary, member: str) -> None:
    if text is not UNSET and text not in words.words:
        check_word(text, words, member)


class Quantity(Closed, frozen=True, kw_only=True):
    """How much of a class or lot; without a unit it counts pieces."""

    epc_class: Uri
    quantity: Number | UnsetType = UNSET
    uom: Unit | UnsetType = UNSET


class BizTransaction(Closed, frozen=True, kw_only=True):
    biz_transaction: Uri
    type: str | UnsetType = UNSET

    def __post_init__(self) -> None:
        _optional_word(self.type, vocabulary.BIZ_TRANSACTIONS, ".type")


class Source(Closed, frozen=True, kw_only=True):
    type: str
    source: Uri

    def __post_init__(self) -> None:
        _optional_word(self.type, vocabulary.SOURCE_DESTINATIONS, ".type")


class Destination(Closed, frozen=True, kw_only=True):
    type: str
    destination: Uri

    def __post_init__(self) -> None:
        _optional_word(self.type, vocabulary.SOURCE_DESTINATIONS, ".type")


class Place(Part, frozen=True, kw_only=True):
    """A read point or business location."""

    id: Uri


class PersistentDisposition(Closed, frozen=True, kw_only=True):
    set_: list[str] | UnsetType = UNSET
    unset_: list[str] | UnsetType = UNSET

    def __post_init__(self) -> None:
        if self.set_ is UNSET and self.unset_ is UNSET:
            raise Broken(Kind.MISSING, "", "set")
        for items, member in ((self.set_, ".set"), (self.unset_, ".unset")):
            if items is not UNSET:
                self._check(items, member)

    def _check(self, items: list[str], member: str) -> None:
        if not items:
            raise Broken(Kind.EMPTY, member)
        _check_unique(items, member)
        for at, item in enumerate(items):
            _optional_word(item, vocabulary.DISPOSITIONS, f"{member}[{at}]")


class ErrorDeclaration(Part, frozen=True, kw_only=True):
    """Says that the event before it, of the same id, was wrong."""

    declaration_time: Time
    reason: str | UnsetType = UNSET
    corrective_event_ids: list[Uri] | UnsetType = UNSET

    def __post_init__(self) -> None:
        _check_time(self.declaration_time, ".declarationTime")
        _optional_word(self.reason, vocabulary.ERROR_REASONS, ".reason")


class SensorMetadata(Part, frozen=True, kw_only=True):
    time: Time | UnsetType = UNSET
    start_time: Time | UnsetType = UNSET
    end_time: Time | UnsetType = UNSET
    device_id: Uri | UnsetType = UNSET
    device_metadata: Uri | UnsetType = UNSET
    raw_data: Uri | UnsetType = UNSET
    data_processing_method: Uri | UnsetType = UNSET
    biz_rules: Uri | UnsetType = UNSET

    def __post_init__(self) -> None:
        _check_time(self.time, ".time")
        _check_time(self.start_time, ".startTime")
        _check_time(self.end_time, ".endTime")


class SensorReport(Part, frozen=True, kw_only=True):
    """One reading: what was measured, by what, and the value in one of seven forms."""

    type: str
    exception: str | UnsetType = UNSET
    device_id: Uri | UnsetType = UNSET
    device_metadata: Uri | UnsetType = UNSET
    raw_data: Uri | UnsetType = UNSET
    data_processing_method: Uri | UnsetType = UNSET
    biz_rules: Uri | UnsetType = UNSET
    time: Time | UnsetType = UNSET
    microorganism: Uri | UnsetType = UNSET
    chemical_substance: Uri | UnsetType = UNSET
    coordinate_reference_system: Uri | UnsetType = UNSET
    value: Number | UnsetType = UNSET
    component: str | UnsetType = UNSET
    string_value: str | UnsetType = UNSET
    boolean_value: bool | UnsetType = UNSET
    hex_binary_value: Hex | UnsetType = UNSET
    uri_value: Uri | UnsetType = UNSET
    min_value: Number | UnsetType = UNSET
    max_value: Number | UnsetType = UNSET
    mean_value: Number | UnsetType = UNSET
    s_dev: Number | UnsetType = UNSET
    perc_rank: Number | UnsetType = UNSET
    perc_value: Number | UnsetType = UNSET
    uom: str | UnsetType = UNSET

    def __post_init__(self) -> None:
        _optional_word(self.type, vocabulary.MEASUREMENTS, ".type")
        _optional_word(self.exception, vocabulary.ALERTS, ".exception")
        _optional_word(self.component, vocabulary.COMPONENTS, ".component")
        _check_time(self.time, ".time")


class SensorElement(Part, frozen=True, kw_only=True):
    sensor_report: Annotated[list[SensorReport], Meta(min_length=1)]
    sensor_metadata: SensorMetadata | UnsetType = UNSET


class Event(Part, frozen=True, kw_only=True, tag_field="type"):
    """What every event may say: when, where, why, and how it was sensed.

    `record_time` is the sender's word and is not kept as ours.
    """

    event_time: Time
    event_time_zone_offset: Annotated[str, Meta(pattern=times.ZONE_OFFSET)]
    record_time: Time | UnsetType = UNSET
    event_id: Uri | UnsetType = UNSET
    # Not `Uri | list[Uri]`: msgspec 0.22 frees the pattern of a text twice where it stands beside
    # a list in a union. The single text is checked below.
    certification_info: str | list[Uri] | UnsetType = UNSET
    error_declaration: ErrorDeclaration | UnsetType = UNSET
    biz_step: str | UnsetType = UNSET
    disposition: str | UnsetType = UNSET
    read_point: Place | UnsetType = UNSET
    biz_location: Place | UnsetType = UNSET
    biz_transaction_list: list[BizTransaction] | UnsetType = UNSET
    source_list: list[Source] | UnsetType = UNSET
    destination_list: list[Destination] | UnsetType = UNSET
    sensor_element_list: list[SensorElement] | UnsetType = UNSET

    def __post_init__(self) -> None:
        _check_time(self.event_time, ".eventTime")
        _check_time(self.record_time, ".recordTime")
        if isinstance(self.certification_info, str) and not is_uri(self.certification_info):
            raise Broken(Kind.BAD_VALUE, ".certificationInfo", self.certification_info)
        _optional_word(self.biz_step, vocabulary.BIZ_STEPS, ".bizStep")
        _optional_word(self.disposition, vocabulary.DISPOSITIONS, ".disposition")
        self.judge()

    def judge(self) -> None:
        """What this type asks beyond its form."""


def _any(*lists: list[Any] | UnsetType) -> bool:
    return any(lists)


class ObjectEvent(Event, frozen=True, kw_only=True, tag="ObjectEvent"):
    """Something happened to these objects."""

    action: Action
    epc_list: list[Uri] | UnsetType = UNSET
    quantity_list: list[Quantity] | UnsetType = UNSET
    persistent_disposition: PersistentDisposition | UnsetType = UNSET
    ilmd: dict[str, Any] | UnsetType = UNSET

    def judge(self) -> None:
        _check_unique(self.epc_list, ".epcList")
        sensed = self.read_point is not UNSET and _any(self.sensor_element_list)
        if self.epc_list is UNSET and not _any(self.quantity_list) and not sensed:
            raise Broken(Kind.NOTHING_OBSERVED, "", "epcList")
        if self.ilmd is not UNSET and self.action != "ADD":
            raise Broken(Kind.ILMD_NOT_ALLOWED, ".ilmd", self.action)


class _Parented(Event, frozen=True, kw_only=True):
    """A parent and its children: bound for a while (aggregation) or lastingly (association)."""

    action: Action
    parent_id: Uri | UnsetType = UNSET
    child_epcs: list[Uri] | UnsetType = UNSET
    child_quantity_list: list[Quantity] | UnsetType = UNSET
    always_parented: ClassVar[bool] = False

    def judge(self) -> None:
        # Without a parent nothing can be put in or taken out (EPCIS 2.0 §7.4.3).
        if self.parent_id is UNSET and (self.always_parented or self.action != "OBSERVE"):
            raise Broken(Kind.PARENT_NEEDED, "", "parentID")
        if self.action != "DELETE" and not _any(self.child_epcs, self.child_quantity_list):
            raise Broken(Kind.NOTHING_OBSERVED, "", "childEPCs")


class AggregationEvent(_Parented, frozen=True, kw_only=True, tag="AggregationEvent"):
    """Things put into, seen in, or taken out of a container."""


class AssociationEvent(_Parented, frozen=True, kw_only=True, tag="AssociationEvent"):
    """A part, sensor or thing bound to an asset or place."""

    always_parented: ClassVar[bool] = True


class TransactionEvent(Event, frozen=True, kw_only=True, tag="TransactionEvent"):
    """Objects bound to business documents."""

    action: Action
    parent_id: Uri | UnsetType = UNSET
    epc_list: list[Uri] | UnsetType = UNSET
    quantity_list: list[Quantity] | UnsetType = UNSET

    def judge(self) -> None:
        if self.biz_transaction_list is UNSET:
            raise Broken(Kind.MISSING, "", "bizTransactionList")
        if not self.biz_transaction_list:
            raise Broken(Kind.EMPTY, ".bizTransactionList")
        named = self.epc_list is not UNSET or _any(self.quantity_list)
        if self.action != "DELETE" and not named:
            raise Broken(Kind.NOTHING_OBSERVED, "", "epcList")


class TransformationEvent(Event, frozen=True, kw_only=True, tag="TransformationEvent"):
    """Inputs consumed, outputs made; events of one transformation id are one transformation."""

    input_epc_list: list[Uri] | UnsetType = UNSET
    input_quantity_list: list[Quantity] | UnsetType = UNSET
    output_epc_list: list[Uri] | UnsetType = UNSET
    output_quantity_list: list[Quantity] | UnsetType = UNSET
    transformation_id: Uri | UnsetType = UNSET
    persistent_disposition: PersistentDisposition | UnsetType = UNSET
    ilmd: dict[str, Any] | UnsetType = UNSET

    def judge(self) -> None:
        _check_unique(self.input_epc_list, ".inputEPCList")
        _check_unique(self.output_epc_list, ".outputEPCList")
        eaten = _any(self.input_epc_list, self.input_quantity_list)
        made = _any(self.output_epc_list, self.output_quantity_list)
        several = self.transformation_id is not UNSET
        if not (eaten and made) and not (several and (eaten or made)):
            lacking = "outputEPCList" if eaten else "inputEPCList"
            raise Broken(Kind.NOTHING_OBSERVED, "", lacking)


AnyEvent = (
    ObjectEvent | AggregationEvent | TransactionEvent | TransformationEvent | AssociationEvent
)

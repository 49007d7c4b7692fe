"""Money, ids, tickets, slots, events, refusals: the small values everything else is made of."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingchu.base import ids, money, tickets
from mingchu.base.errors import Refusal
from mingchu.base.event import Event, canonical, plain
from mingchu.base.slots import Slot

KEY = b"k" * 32
NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True, kw_only=True)
class StallMoved(Event):
    to: str
    on: date
    colour: Colour = Colour.RED


@given(st.integers(-(10**12), 10**12))
def test_yuan_read_back_is_the_same_fen(amount):
    assert money.fen(money.yuan(amount)) == amount


@pytest.mark.parametrize("typed", ["", "abc", "1.234", "NaN", "Infinity", "1e400", "--3"])
def test_what_is_not_yuan_is_refused_with_the_way_out(typed):
    with pytest.raises(Refusal) as refused:
        money.fen(typed)

    assert refused.value.code == "bad_amount"
    assert "两位小数" in refused.value.fix


def test_ids_made_one_after_another_never_repeat_and_sort_by_time():
    made = [ids.new_id() for _ in range(2000)]

    assert len(set(made)) == len(made)
    assert [one.int >> 80 for one in made] == sorted(one.int >> 80 for one in made)
    assert {one.version for one in made} == {7}
    assert {one.variant for one in made} == {"specified in RFC 4122"}


@given(st.text(alphabet=ids.CODE_ALPHABET, min_size=1))
def test_a_code_survives_being_typed_by_hand(code):
    spaced = "-".join([code[:2], code[2:]]).lower()

    assert ids.read_code(spaced) == code


@given(st.dictionaries(st.text(), st.integers() | st.text() | st.none()))
def test_a_ticket_gives_back_its_claims_until_it_expires(claims):
    ticket = tickets.issue("live", claims, expires=NOON, key=KEY)

    assert tickets.read("live", ticket, now=NOON - timedelta(seconds=1), key=KEY) == claims
    with pytest.raises(Refusal, match="ticket_expired"):
        tickets.read("live", ticket, now=NOON, key=KEY)


@given(st.data())
def test_no_altered_ticket_is_accepted(data):
    ticket = tickets.issue("live", {"camera": 7}, expires=NOON, key=KEY)
    place = data.draw(st.integers(0, len(ticket) - 1))
    letter = data.draw(st.characters().filter(lambda c: c != ticket[place]))

    with pytest.raises(Refusal, match="bad_ticket"):
        tickets.read(
            "live",
            ticket[:place] + letter + ticket[place + 1 :],
            now=NOON - timedelta(hours=1),
            key=KEY,
        )


def test_a_ticket_is_good_for_its_own_purpose_only():
    ticket = tickets.issue("live", {}, expires=NOON, key=KEY)

    with pytest.raises(Refusal, match="bad_ticket"):
        tickets.read("login", ticket, now=NOON - timedelta(hours=1), key=KEY)


def test_an_event_is_named_by_its_class_and_holds_plain_values():
    moved = StallMoved(subject="business:7", to="150105", on=date(2026, 11, 20))

    assert StallMoved.kind.endswith(".stall_moved")
    assert moved.data() == {"to": "150105", "on": "2026-11-20", "colour": "red"}


def test_floats_have_no_place_in_an_event():
    with pytest.raises(TypeError, match="float"):
        plain({"weight": 0.1})
    assert plain(Decimal("0.10")) == "0.10"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_canonical_bytes_do_not_depend_on_the_order_of_keys(value):
    def turned(item):
        if isinstance(item, dict):
            return {key: turned(item[key]) for key in reversed(item)}
        return [turned(one) for one in item] if isinstance(item, list) else item

    assert canonical(turned(value)) == canonical(value)


def test_a_slot_reads_in_order_and_takes_a_key_once():
    slot: Slot[str] = Slot("navigation")
    slot.add("b", "second", order=2)
    slot.add("a", "first", order=1)

    assert list(slot) == ["first", "second"]
    assert slot.get("b") == "second"
    assert slot.get("c") is None
    with pytest.raises(ValueError, match="already has a"):
        slot.add("a", "again")


def test_a_refusal_is_translated_before_it_is_filled():
    no = Refusal("too_long", "名称有{n}个字", fix="最多{top}个字", n=90, top=80)

    said = no.said(
        {"名称有{n}个字": "{n} characters", "最多{top}个字": "at most {top}"}.__getitem__
    )

    assert said == ("90 characters", "at most 80")
    assert str(no) == "too_long: 名称有90个字 最多80个字"

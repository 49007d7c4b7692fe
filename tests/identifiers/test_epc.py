"""Identifiers of EPCIS: URN and Digital Link name one thing by one key, and nothing is lost."""

from __future__ import annotations

import json
import os
import re
import warnings
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mingchu.identifiers import epc
from mingchu.identifiers.epc import EpcError, Kind, elements, link, link_of, patterns, read, urn
from mingchu.identifiers.epc.schemes import SCHEMES, Scheme

with warnings.catch_warnings():  # its expressions are not raw strings
    warnings.simplefilter("ignore")
    from epcpy import epc_schemes as epcpy

# Examples of the EPC Tag Data Standard and of CBV 2.0, or made like them.
SAME = {
    "urn:epc:id:sgtin:0614141.112345.400": "01/10614141123459/21/400",
    "urn:epc:id:sgtin:0614141.107346.2018": "01/10614141073464/21/2018",
    "urn:epc:class:lgtin:4012345.012345.998877": "01/04012345123456/10/998877",
    "urn:epc:id:sscc:0614141.1234567890": "00/106141412345678908",
    "urn:epc:id:sgln:0614141.12345.400": "414/0614141123452/254/400",
    "urn:epc:id:sgln:0614141.12345.0": "414/0614141123452",
    "urn:epc:id:sgln:401234512345..0": "414/4012345123456",
    "urn:epc:id:pgln:1234567.89012": "417/1234567890128",
    "urn:epc:id:pgln:401234512345.": "417/4012345123456",
    "urn:epc:id:grai:0614141.12345.400": "8003/00614141123452400",
    "urn:epc:id:giai:0614141.12345400": "8004/061414112345400",
    "urn:epc:id:gsrn:0614141.1234567890": "8018/061414112345678902",
    "urn:epc:id:gsrnp:0614141.1234567890": "8017/061414112345678902",
    "urn:epc:id:gdti:0614141.06012.1234": "253/06141410601221234",
    "urn:epc:id:cpi:0614141.5PQ7%2FZ43.12345": "8010/06141415PQ7%2FZ43/8011/12345",
    "urn:epc:id:sgcn:4012345.67890.04711": "255/401234567890104711",
    "urn:epc:id:ginc:0614141.xyz47%2F11": "401/0614141xyz47%2F11",
    "urn:epc:id:gsin:0614141.123456789": "402/06141411234567890",
    "urn:epc:id:itip:4012345.012345.01.02.987": "8006/040123451234560102/21/987",
    "urn:epc:id:upui:1234567.098765.51qIgY)%3C%26Jp3*j7SDB": (
        "01/01234567987651/235/51qIgY%29%3C%26Jp3%2Aj7SDB"
    ),
    "urn:epc:idpat:sgtin:0614141.112345.*": "01/10614141123459",
    "urn:epc:idpat:upui:1234567.098765.*": "01/01234567987651",
    "urn:epc:idpat:grai:0614141.12345.*": "8003/00614141123452",
    "urn:epc:idpat:gdti:0614141.06012.*": "253/0614141060122",
    "urn:epc:idpat:sgcn:4012345.67890.*": "255/4012345678901",
    "urn:epc:idpat:cpi:0614141.5PQ7%2FZ43.*": "8010/06141415PQ7%2FZ43",
    "urn:epc:idpat:itip:4012345.012345.01.02.*": "8006/040123451234560102",
}
SET_82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
SET_39 = "#-/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SIZES = st.integers(6, 12)
HIDDEN_IN_URN = '"%&/<>?#'


def escaped(value: str, signs: str) -> str:
    return "".join(f"%{ord(sign):02X}" if sign in signs else sign for sign in value)


def digits(least: int, most: int | None = None) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=least, max_size=least if most is None else most)


LAST = {
    "sgtin": st.text(SET_82, min_size=1, max_size=20),
    "lgtin": st.text(SET_82, min_size=1, max_size=20),
    "itip": st.text(SET_82, min_size=1, max_size=20),
    "sgln": st.text(SET_82, min_size=1, max_size=20),
    "upui": st.text(SET_82, min_size=1, max_size=28),
    "grai": st.text(SET_82, min_size=1, max_size=16),
    "gdti": st.text(SET_82, min_size=1, max_size=17),
    "sgcn": digits(1, 12),
    "cpi": st.integers(1, 10**12 - 1).map(str),
}


@st.composite
def fields(draw, row: Scheme, sizes: st.SearchStrategy[int] = SIZES) -> list[str]:
    """The fields of a URN of a scheme, written by another hand than the code's."""
    size = draw(sizes)
    prefix = draw(digits(size))
    if row.name == "cpi":
        reference = draw(st.text(SET_39, min_size=1, max_size=30 - size))
    elif row.name in ("giai", "ginc"):
        reference = draw(st.text(SET_82, min_size=1, max_size=30 - size))
    else:
        reference = draw(digits(row.digits - size))
    found = [prefix, escaped(reference, HIDDEN_IN_URN)]
    if row.name == "itip":
        total = draw(st.integers(1, 99))
        found += [f"{draw(st.integers(1, total)):02d}", f"{total:02d}"]
    if row.kind is Kind.CLS:
        found.append("*")
    elif row.name in LAST:
        found.append(escaped(draw(LAST[row.name]), HIDDEN_IN_URN))
    return found


@st.composite
def urns(draw, row: Scheme | None = None) -> str:
    row = row or draw(st.sampled_from(SCHEMES))
    return f"urn:epc:{row.form}:{row.name}:{'.'.join(draw(fields(row)))}"


hosts = st.sampled_from(
    ["https://id.gs1.org", "http://example.org", "https://a.example:8443/x/y", "HTTPS://A.B/01/x"]
)
behind = st.sampled_from(["", "/", "?17=261231", "?linkType=all#top", "/?21=9", "#/01/2"])


@pytest.mark.parametrize(("text", "key"), SAME.items())
def test_examples_of_the_standards(text, key):
    found = read(text)

    assert found.key == key
    assert urn(found) == text
    assert link_of(text) == link(found) == f"https://id.gs1.org/{key}"
    assert read(link(found)).key == key


@given(urns(), hosts, behind)
def test_a_urn_and_its_link_under_any_domain_name_one_thing_and_are_written_back(text, host, tail):
    found = read(text)
    linked = read(link(found, host) + tail)

    assert urn(found) == text
    assert (linked.key, linked.prefix) == (found.key, None)
    assert link_of(text) == link_of(link(found, host) + tail) == link(found)
    if linked.scheme == found.scheme:
        assert urn(linked, found.prefix) == text
    else:
        assert found[:2] == ("upui", Kind.CLS)  # as a link it is the class of any GTIN


@given(urns(), st.data())
def test_a_link_may_be_escaped_more_than_it_must(text, data):
    key = read(text).key
    at = data.draw(st.integers(key.index("/") + 1, len(key) - 1))
    assume(key[at] not in "/%" and "%" not in key[max(0, at - 2) : at])
    more = f"{key[:at]}%{ord(key[at]):02x}{key[at + 1 :]}"
    lower = re.sub("%[0-9A-F]{2}", lambda two: two[0].lower(), key)

    assert read(f"https://a.example/{lower}").key == key
    if not key[at].isdigit():
        assert read(f"https://a.example/{more}").key == key


peers = [row for row in SCHEMES if row.kind is not Kind.CLS]


@pytest.mark.parametrize("row", peers, ids=lambda row: row.name)
@given(data=st.data())
def test_epcpy_reads_the_same_elements(row, data):
    """But escapes, colons and the extension that means none, which it takes for a real one."""
    text = data.draw(urns(row).filter(lambda text: text.count(":") == 4 and "%" not in text))
    assume(row.name != "sgln" or not text.endswith(".0"))

    said = "".join(f"({ai}){value}" for ai, value in elements(text).items())

    assert said == getattr(epcpy, row.name.upper()).from_epc_uri(text).gs1_element_string()


@given(urns())
def test_elements_build_the_identifier_again(text):
    assert epc.of(elements(text)).key == read(text).key


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("01/10614141123459/22/v/10/L1/21/400", "01/10614141123459/21/400"),
        ("01/10614141123459/10/L1", "01/10614141123459/10/L1"),
        ("01/10614141123459/22/v", "01/10614141123459"),
        ("gtin/10614141123459/lot/L1/ser/400", "01/10614141123459/21/400"),
        ("01/6901234567892", "01/06901234567892"),
        ("01/036000291452", "01/00036000291452"),
        ("01/96385074/10/a", "01/00000096385074/10/a"),
        ("414/0614141123452/254/0", "414/0614141123452"),
        ("414/0614141123452/7040/1ABC", "414/0614141123452/7040/1ABC"),
        ("8018/061414112345678902/8019/17", "8018/061414112345678902/8019/17"),
        ("8006/040123451234560102/10/L", "8006/040123451234560102/10/L"),
        ("01/10614141123459/21/414", "01/10614141123459/21/414"),
        ("00/01/10614141123459/21/00", "01/10614141123459/21/00"),
    ],
)
def test_a_link_is_kept_at_its_finest_level(path, key):
    text = f"https://example.org/{path}"

    assert read(text).key == key
    assert link_of(text) == f"https://id.gs1.org/{key}"


def test_a_label_that_tells_lot_and_serial_is_read_whole():
    assert elements("https://example.org/01/10614141123459/22/v/10/L%2F1/21/400?17=261231") == {
        "01": "10614141123459",
        "22": "v",
        "10": "L/1",
        "21": "400",
    }


KINDS = {
    "01/10614141123459": ("gtin", "class"),
    "01/10614141123459/10/L": ("lgtin", "lot"),
    "01/10614141123459/21/1": ("sgtin", "instance"),
    "01/10614141123459/235/1": ("upui", "instance"),
    "00/106141412345678908": ("sscc", "logistic"),
    "414/0614141123452": ("sgln", "place"),
    "417/0614141123452": ("pgln", "party"),
    "253/0614141060122": ("gdti", "class"),
    "253/06141410601221": ("gdti", "document"),
    "8003/006141411234521": ("grai", "asset"),
    "8006/040123451234560102/10/L": ("itip", "lot"),
}


@pytest.mark.parametrize(("key", "meaning"), KINDS.items())
def test_what_a_link_names(key, meaning):
    assert read(f"https://example.org/{key}")[:2] == meaning


WRONG = {
    "": "epc_not_gs1",
    "01/10614141123459": "epc_not_gs1",
    "https:/01/10614141123459": "epc_not_gs1",
    "ftp://example.org/01/10614141123459": "epc_not_gs1",
    "https://example.org/party": "epc_not_gs1",
    "urn:epc:id:gid:1.2.3": "epc_not_gs1",
    "urn:epc:id:lgtin:0614141.112345.1": "epc_not_gs1",
    "urn:epc:id:sgtin": "epc_not_gs1",
    "urn:epc:id:sgtin:0614141.112345": "epc_fields",
    "urn:epc:id:sscc:0614141.1.2": "epc_digits",
    "urn:epc:id:sgtin:0614141.11234.1": "epc_digits",
    "urn:epc:id:sgtin:0614141.11234x.1": "epc_digits",
    "urn:epc:id:sgtin:06141.11234567.1": "epc_prefix",
    "urn:epc:id:sgtin:0614141123456..1": "epc_prefix",
    "urn:epc:id:giai:061414\u0661.5": "epc_prefix",
    "https://example.org/8004/12x": "epc_prefix",
    "urn:epc:id:sgtin:0614141.112345.": "epc_empty",
    "https://example.org/01/10614141123459/21/": "epc_not_gs1",
    "urn:epc:id:sgtin:0614141.112345.123456789012345678901": "epc_length",
    "urn:epc:id:giai:061414112345.1234567890123456789": "epc_length",
    "urn:epc:id:sgtin:0614141.112345.a/b": "epc_character",
    "urn:epc:id:sgtin:0614141.112345.a%23": "epc_character",
    "urn:epc:id:sgtin:0614141.112345.批": "epc_character",
    "urn:epc:id:cpi:0614141.abc.1": "epc_character",
    "urn:epc:id:cpi:0614141.ABC.01": "epc_character",
    "https://example.org/01/10614141123459/10/%E6%89%B9": "epc_character",
    "https://example.org/8003/10614141123459": "epc_character",
    "urn:epc:id:sgtin:0614141.112345.a%2": "epc_escape",
    "urn:epc:idpat:sgtin:0614141.112345.400": "epc_pattern",
    "urn:epc:id:itip:4012345.012345.03.02.1": "epc_pieces",
    "urn:epc:id:itip:4012345.012345.1.02.1": "epc_pieces",
    "https://example.org/8006/040123451234560002": "epc_pieces",
    "https://example.org/01/10614141123450": "epc_check",
    "https://example.org/00/106141412345678900": "epc_check",
    "https://example.org/01/1061414112345": "epc_check",
    "https://example.org/01/106141411": "epc_digits",
    "https://example.org/00/10614141234567890": "epc_digits",
    "https://example.org/01/10614141123459/21/1/10/L": "epc_order",
    "https://example.org/01/10614141123459/10/L/235/1": "epc_order",
    "https://example.org/00/106141412345678908/21/1": "epc_order",
    "https://example.org/01/10614141123459/99/1": "epc_order",
}


@pytest.mark.parametrize(("text", "code"), WRONG.items())
def test_what_is_wrong_is_told(text, code):
    with pytest.raises(EpcError) as refused:
        read(text)

    assert refused.value.code == code
    assert not epc.is_gs1(text)


keys = st.sampled_from(sorted(SAME.values()))
texts = st.one_of(
    st.text(max_size=60),
    st.text("urnepc:idsgtlxa.*0123456789/%F?#", max_size=60),
    st.tuples(
        st.sampled_from([f"urn:epc:{row.form}:{row.name}:" for row in SCHEMES]),
        st.text("0123456789.*%AaF/批", max_size=40),
    ).map("".join),
    st.tuples(st.just("https://a.example/"), keys, st.text(max_size=20)).map("".join),
)


@given(texts)
def test_any_text_is_read_or_refused_in_words(text):
    if epc.is_gs1(text):
        found = read(text)
        assert read(link(found)).key == found.key
        return
    with pytest.raises(EpcError) as refused:
        read(text)
    said = refused.value.said(str)
    assert all(said)
    assert str(refused.value).startswith(refused.value.code)
    assert "{" not in "".join(said) or "{" in text


@given(texts)
def test_the_hash_sees_one_form_and_never_an_error(text):
    assert link_of(link_of(text)) == link_of(text)


@given(st.sampled_from([key for key in SAME.values() if key[:4] not in ("8004", "8010", "401/")]))
def test_any_single_changed_digit_is_caught(key):
    ai, value, *rest = key.split("/")
    many = {"01": 14, "00": 18, "402": 17, "8003": 14, "8006": 14, "8017": 18, "8018": 18}
    for at in range(many.get(ai, 13)):
        other = value[:at] + str((int(value[at]) + 1) % 10) + value[at + 1 :]

        assert not epc.is_gs1("/".join(["https://a.example", ai, other, *rest]))


def test_the_event_hash_does_not_judge_check_digits():
    assert link_of("https://example.org/01/10614141123450") == (
        "https://id.gs1.org/01/10614141123450"
    )


@pytest.mark.parametrize(
    ("path", "prefix", "code"),
    [
        ("01/10614141123459", None, "epc_prefix_unknown"),
        ("01/10614141123459", 5, "epc_prefix"),
        ("01/10614141123459", 13, "epc_prefix"),
        ("8004/061414112345400", 0, "epc_prefix"),
        ("8004/061414ABC", 7, "epc_prefix"),
        ("8004/0614141", 7, "epc_prefix"),
        ("414/0614141123452/7040/1ABC", 7, "epc_no_urn"),
        ("8018/061414112345678902/8019/17", 7, "epc_no_urn"),
        ("8006/040123451234560102/10/L", 7, "epc_no_urn"),
    ],
)
def test_what_cannot_be_said_as_a_urn_is_refused(path, prefix, code):
    with pytest.raises(EpcError) as refused:
        urn(read(f"https://example.org/{path}"), prefix)

    assert refused.value.code == code


@pytest.mark.parametrize(
    "parts",
    [{}, {"10": "L"}, {"01": "10614141123459", "00": "1"}, {"01": "10614141123459", "x": "1"}],
)
def test_elements_that_are_no_identifier_are_refused(parts):
    with pytest.raises(EpcError):
        epc.of(parts)


@st.composite
def starred(draw) -> tuple[str, list[str], str]:
    """A pattern, its known fields, and a URN that has some fields in common with it."""
    row = draw(st.sampled_from([row for row in peers if row.fields > 1]))
    shown = draw(fields(row))
    other = draw(fields(row, st.just(len(shown[0]))))
    same = draw(st.integers(0, row.fields))
    mixed = shown[:same] + other[same:]
    known = draw(st.integers(0, row.fields - 1))
    form = "class" if row.form == "class" else "idpat"
    pattern = f"urn:epc:{form}:{row.name}:{'.'.join(shown[:known] + ['*'] * (row.fields - known))}"
    return pattern, shown[:known], f"urn:epc:{row.form}:{row.name}:{'.'.join(mixed)}"


@given(starred())
def test_a_pattern_finds_what_its_fields_say(drawn):
    pattern, known, text = drawn
    try:
        key = read(text).key
    except EpcError:  # a piece beyond its total
        return

    expected = text.split(":", 4)[4].split(".")[: len(known)] == known

    assert patterns(pattern).matches(key) is expected


@pytest.mark.parametrize(
    ("pattern", "found", "left"),
    [
        (
            "urn:epc:idpat:sgtin:0614141.112345.*",
            ["01/10614141123459", "01/10614141123459/21/1"],
            ["01/10614141123459/10/1", "01/10614141123459/235/1"],
        ),
        (
            "urn:epc:idpat:sgtin:0614141.*.*",
            ["01/10614141123459", "01/90614141123459/21/1"],
            ["01/10614141123459/10/1", "01/10614142123459/21/1"],
        ),
        (
            "urn:epc:class:lgtin:0614141.112345.*",
            ["01/10614141123459/10/1"],
            ["01/10614141123459", "01/10614141123459/21/1"],
        ),
        (
            "urn:epc:idpat:sgln:0614141.12345.*",
            ["414/0614141123452", "414/0614141123452/254/1"],
            ["414/0614141123453"],
        ),
        (
            "urn:epc:idpat:grai:0614141.12345.*",
            ["8003/00614141123452", "8003/00614141123452400"],
            ["8003/00614141123462400"],
        ),
        (
            "https://example.org/01/10614141123459/21/*",
            ["01/10614141123459/21/1"],
            ["01/10614141123459"],
        ),
        (
            "https://example.org/01/10614141123459/*",
            ["01/10614141123459", "01/10614141123459/10/1"],
            ["01/20614141123459"],
        ),
        (
            "urn:epc:idpat:gid:95100000.12345.*",
            ["urn:epc:id:gid:95100000.12345.400"],
            ["urn:epc:id:gid:95100000.123456.1"],
        ),
        ("urn:epc:idpat:gid:*.*.*", ["urn:epc:id:gid:1.2.3"], ["urn:epc:id:bic:1"]),
        (
            "https://example.org/lots/*",
            ["https://example.org/lots/*"],
            ["https://example.org/lots/1"],
        ),
        (
            "urn:epc:id:sgtin:0614141.112345.*",
            ["01/10614141123459/21/%2A"],
            ["01/10614141123459/21/1"],
        ),
    ],
)
def test_patterns_as_ranges_of_keys(pattern, found, left):
    wanted = patterns(pattern)

    assert [key for key in found if not wanted.matches(key)] == []
    assert [key for key in left if wanted.matches(key)] == []


@pytest.mark.parametrize(
    "text",
    [
        "urn:epc:idpat:sgtin:*.112345.*",
        "urn:epc:idpat:sgtin:0614141.*.400.*",
        "urn:epc:idpat:sgtin:06141.*.*",
        "urn:epc:idpat:sgtin:0614141.*",
        "https://example.org/01/10614141123459/10/L/21/*",
        "https://example.org/00/106141412345678908/21/*",
    ],
)
def test_a_pattern_that_asks_for_no_range_is_refused(text):
    with pytest.raises(EpcError):
        patterns(text)


REFERENCE = Path(
    os.environ.get("MINGCHU_EPCIS_REFERENCE")
    or Path(__file__).parents[2] / "../shared/reference/epcis"
)


@pytest.mark.skipif(not REFERENCE.exists(), reason="no official EPCIS files beside the checkout")
def test_every_identifier_of_the_official_examples_is_read():
    said = {
        text
        for file in (REFERENCE / "examples").glob("*.jsonld")
        for text in _strings(json.loads(file.read_text(encoding="utf-8")))
        if text.startswith(("urn:epc:id", "urn:epc:class"))
        or re.search("/(01|8004|414)/[0-9]", text)
    }

    assert len(said) > 20
    assert [text for text in sorted(said) if not epc.is_gs1(text)] == []


def _strings(value: object):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)

"""What one value may be: addresses, standard words, and the rule that was broken."""

from __future__ import annotations

import re

from mingchu.trace.domain.faults import Kind
from mingchu.trace.domain.vocabulary import VOC, Vocabulary

_CHARS = "A-Za-z0-9._~!$&'()*+,;=@:"
_ESCAPE = "%[0-9A-Fa-f]{2}"


def _run(more: str) -> str:
    return rf"(?:[{_CHARS}{more}-]++|{_ESCAPE})*+"


def _ip_v6() -> str:
    """RFC 3986 §3.2.2: eight groups, one run of zeros left out, the last two perhaps IPv4."""
    group, byte = "[0-9A-Fa-f]{1,4}", "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
    last = rf"(?:{group}:{group}|{byte}(?:\.{byte}){{3}})"
    ways = [f"(?:{group}:){{6}}{last}", f"::(?:{group}:){{5}}{last}"]
    for before in range(7):
        head = f"(?:(?:{group}:){{0,{before}}}{group})?::"
        after = 4 - before
        ways.append(
            f"{head}(?:{group}:){{{after}}}{last}"
            if after >= 0
            else head + (group if after == -1 else "")
        )
    return "|".join(ways)


_FUTURE = rf"v[0-9A-Fa-f]+\.[{_CHARS}-]+".replace("@", "")
_HOST = rf"(?:\[(?:{_ip_v6()}|{_FUTURE})\]|(?:[A-Za-z0-9._~!$&'()*+,;=-]++|{_ESCAPE})*+)"
_AUTHORITY = rf"//(?:(?:[A-Za-z0-9._~!$&'()*+,;=:-]++|{_ESCAPE})*+@)?{_HOST}(?::[0-9]*+)?"
# RFC 3986: an absolute address with scheme; letters outside ASCII have to be escaped.
URI = (
    rf"\A[A-Za-z][A-Za-z0-9+.-]*+:(?:{_AUTHORITY}(?:/{_run('/')})?|(?!//){_run('/')})"
    rf"(?:\?{_run('/?')})?(?:#{_run('/?')})?\Z"
)
is_uri = re.compile(URI).match

# A standard word is said by its short name; an address is for words of one's own.
_CBV_ADDRESS = re.compile(r"urn:epcglobal:cbv|https?://ns\.gs1\.org/cbv/").match
_VOC_ADDRESS = re.compile(r"https?://(?:www\.)?gs1\.org/voc/").match


class Broken(ValueError):
    """A rule between members does not hold; `at` is the path from the object that was judged."""

    def __init__(self, kind: Kind, at: str, detail: str = ""):
        super().__init__(kind)
        self.kind = kind
        self.at = at
        self.detail = detail


def check_word(text: str, words: Vocabulary, at: str) -> None:
    """Raises Broken unless `text` is a word of the list or an address of somebody's own.

    The web spelling of a standard word is such an address, and has to be one of the list.
    """
    if text in words.words:
        return
    if not is_uri(text):
        raise Broken(Kind.NOT_IN_VOCABULARY, at, text)
    reserved = _VOC_ADDRESS if words.web == VOC else _CBV_ADDRESS
    unknown = text.startswith(words.web) and words.to_short(text) == text
    if reserved(text) or unknown:
        raise Broken(Kind.NOT_IN_VOCABULARY, at, text)

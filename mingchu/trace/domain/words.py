"""What one value may be: addresses, standard words, and the rule that was broken."""

from __future__ import annotations

import re

from mingchu.trace.domain.faults import Kind
from mingchu.trace.domain.vocabulary import VOC, Vocabulary

_CHARS = "A-Za-z0-9._~!$&'()*+,;=@:"
_ESCAPE = "%[0-9A-Fa-f]{2}"


def _run(more: str) -> str:
    return rf"(?:[{_CHARS}{more}-]++|{_ESCAPE})*+"


_HOST = rf"(?:\[[0-9A-Fa-f:.]+\]|(?:[A-Za-z0-9._~!$&'()*+,;=-]++|{_ESCAPE})*+)"
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

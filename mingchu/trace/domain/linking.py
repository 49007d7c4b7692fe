"""Digital Links for the event hash, fast: what `identifiers.epc.link_of` says, mostly at a glance.

Of an event's identifiers nearly all are serials of few products, cases with a number of their own,
or links that are canonical already. Whatever is not plainly one of these is asked of `link_of`.
"""

from __future__ import annotations

import re
from functools import lru_cache

from mingchu.identifiers.checksums import gs1
from mingchu.identifiers.epc import link_of

_HOST = "https://id.gs1.org/"
_PLAIN = "[A-Za-z0-9_-]"
# Serial or lot after a product or place; extension 0 of a place is no extension.
_serial = re.compile(
    rf"(urn:epc:(?:id:sgtin|class:lgtin|id:sgln):[0-9]+\.[0-9]*\.)(?!0\Z)({_PLAIN}{{1,20}})"
).fullmatch
_case = re.compile(r"urn:epc:id:sscc:([0-9]{6,12})\.([0-9])([0-9]{4,10})").fullmatch
_canonical = re.compile(
    rf"{_HOST}(?:01/[0-9]{{14}}(?:/(?:21|10)/{_PLAIN}{{1,20}})?|00/[0-9]{{18}}|41[47]/[0-9]{{13}})"
).fullmatch


def linked(text: str) -> str:
    """The canonical Digital Link of an EPC or link; other addresses unchanged.

    >>> linked("urn:epc:id:sgtin:0614141.112345.400"), linked("urn:epc:id:sscc:4012345.1234567890")
    ('https://id.gs1.org/01/10614141123459/21/400', 'https://id.gs1.org/00/140123452345678902')
    """
    if (serial := _serial(text)) is not None:
        return _before_serial(serial[1]) + serial[2]
    if (case := _case(text)) is not None:
        digits = case[2] + case[1] + case[3]
        if len(digits) == 17:
            return f"{_HOST}00/{digits}{gs1(digits)}"
    return text if _canonical(text) else _asked(text)


@lru_cache(maxsize=8192)
def _before_serial(head: str) -> str:
    """What stands before any serial of this product; of what is no product, the text itself."""
    return link_of(head + "1")[:-1]


# Places, parties and documents come again with every event.
_asked = lru_cache(maxsize=8192)(link_of)

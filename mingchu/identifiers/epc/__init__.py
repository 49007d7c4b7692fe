"""Identifiers of EPCIS 产品电子代码: every GS1 key it uses, as EPC URN and as GS1 Digital Link.

Both forms are read into one key, which no domain and no spelling changes, and written back.
"""

from mingchu.identifiers.epc.errors import EpcError
from mingchu.identifiers.epc.matching import (
    Pattern,
    class_of,
    company_digits,
    is_prefix,
    key_of,
    patterns,
)
from mingchu.identifiers.epc.reading import HOST, elements, is_gs1, link_of, of, read
from mingchu.identifiers.epc.schemes import Epc, Kind
from mingchu.identifiers.epc.writing import link, urn

__all__ = [
    "HOST",
    "Epc",
    "EpcError",
    "Kind",
    "Pattern",
    "class_of",
    "company_digits",
    "elements",
    "is_gs1",
    "is_prefix",
    "key_of",
    "link",
    "link_of",
    "of",
    "patterns",
    "read",
    "urn",
]

"""Times 时间 of EPCIS: RFC 3339 with an offset, and the one spelling the event hash knows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_DATE = "[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:\.[0-9]+)?"
_OFFSET = "(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
DATE_TIME = rf"\A{_DATE}[Tt]{_CLOCK}{_OFFSET}\Z"
ZONE_OFFSET = r"\A[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00)\Z"

_HALF = timedelta(microseconds=500)
_SECOND = timedelta(seconds=1)


def read(text: str) -> datetime:
    """The instant, to the microsecond; further digits are cut off. The form was checked before.

    A leap second is the second after. Raises ValueError on days no calendar has and on instants
    outside the years 1 to 9999.

    >>> read("2016-12-31T23:59:60Z").isoformat()
    '2017-01-01T00:00:00+00:00'
    """
    text = text.upper()
    leaps = text[17:19] == "60"
    if leaps:
        text = f"{text[:17]}59{text[19:]}"
    try:
        found = datetime.fromisoformat(text).astimezone(UTC)
        return found + _SECOND if leaps else found
    except OverflowError as error:
        raise ValueError(text) from error


def hashed(text: str) -> str:
    """UTC to the millisecond, the fourth decimal rounding half up (CBV 2.0 §8.9, rules 8 and 9).

    >>> hashed("2023-01-18T12:04:03.1415+01:00"), hashed("2020-12-31T23:59:59.9999Z")
    ('2023-01-18T11:04:03.142Z', '2021-01-01T00:00:00.000Z')
    """
    if len(text) == 24 and text[23] == "Z" and text[19] == "." and text[17] != "6":
        return text.upper()
    found = read(text)
    if found.microsecond % 1000 >= 500:
        found += _HALF
    return found.isoformat(timespec="milliseconds")[:-6] + "Z"

"""Words for codes, looked up once a page: a lazy label is translated anew each time it is said."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from mingchu.registry import models, terms
from mingchu.registry.domain import Standing
from mingchu.registry.places import DISTRICTS

STANDINGS = {
    Standing.VALID: _("有效"),
    Standing.EXPIRING: _("将到期"),
    Standing.EXPIRED: _("已过期"),
    Standing.SUSPENDED: _("暂扣"),
    Standing.REVOKED: _("吊销"),
    Standing.CANCELLED: _("注销"),
}


class Words(NamedTuple):
    """Labels by code in the reader's language."""

    kinds: dict[str, str]
    states: dict[str, str]
    districts: dict[str, str]
    licence_kinds: dict[str, str]
    standings: dict[str, str]


def words() -> Words:
    return Words(
        _said(models.Kind.choices),
        _said(models.State.choices),
        _said(DISTRICTS.items()),
        _said(models.LicenceKind.choices),
        _said(STANDINGS.items()),
    )


def _said(choices: Any) -> dict[str, str]:
    return {str(code): str(label) for code, label in choices}


class LicenceWords(NamedTuple):
    """A licence as a row shows it."""

    kind: str
    number: str
    items: str
    issued: str
    expires: str
    standing: str
    standing_name: str


def licence_words(licence: models.Licence, day: Any, said: Words) -> LicenceWords:
    standing = terms.standing(licence.state, licence.expires, day)
    return LicenceWords(
        said.licence_kinds[licence.kind],
        licence.number,
        "、".join(licence.items),
        licence.issued.isoformat(),
        licence.expires.isoformat() if licence.expires else "",
        standing.value,
        said.standings[standing.value],
    )

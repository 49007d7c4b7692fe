"""Words for codes, looked up once a page: a lazy label is translated anew each time it is said."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from mingchu.registry import models, rules
from mingchu.registry.domain import Standing
from mingchu.registry.places import DISTRICTS
from mingchu.registry.queries import LicenceRow

STANDINGS = {
    Standing.VALID: pgettext_lazy("licence", "有效"),
    Standing.EXPIRING: _("将到期"),
    Standing.EXPIRED: _("已过期"),
    Standing.SUSPENDED: pgettext_lazy("licence", "暂扣"),
    Standing.REVOKED: pgettext_lazy("licence", "吊销"),
    Standing.CANCELLED: pgettext_lazy("licence", "注销"),
}


# Fields of a file, its premises, licences and people, as pages and the timeline name them.
FIELD_NAMES: Mapping[str, Any] = {
    "name": _("名称"),
    "sign": _("店招"),
    "former_names": _("曾用名"),
    "code": _("统一社会信用代码"),
    "code_check": _("代码核验"),
    "code_evidence": _("代码凭据"),
    "legal_form": _("主体类型"),
    "kind": _("业态"),
    "scale": _("规模"),
    "serves": _("供餐对象"),
    "diners": _("每餐用餐人数"),
    "head": _("总部"),
    "head_id": _("总部"),
    "district": _("旗县区"),
    "station": _("监管所"),
    "grid": _("网格"),
    "address": _("住所"),
    "phone": _("联系电话"),
    "state": _("经营状态"),
    "state_since": _("状态起始日"),
    "opened": _("开业日期"),
    "closed": _("关闭日期"),
    "merged_into_id": _("并入"),
    "use": _("用途"),
    "site_id": _("场所"),
    "landlord_id": _("出租方"),
    "platform": _("网络平台"),
    "hours": _("经营时段"),
    "is_main": _("主要场所"),
    "since": _("启用日期"),
    "until": _("停用日期"),
    "items": _("许可项目"),
    "catalogue": _("项目目录版本"),
    "issued": _("发证日期"),
    "expires": _("有效期至"),
    "number": _("证件编号"),
    "number_check": _("编号核验"),
    "number_evidence": _("编号凭据"),
    "committed": _("告知承诺"),
    "follow_up_due": _("承诺后核查期限"),
    "followed_up": _("承诺后核查日期"),
    "places": _("经营场所"),
    "duties": _("职责"),
    "died": _("死亡日期"),
    "premises": _("经营场所"),
    "licences": _("许可与登记"),
    "people": _("从业人员"),
}


class Words(NamedTuple):
    """Labels by code in the reader's language."""

    kinds: dict[str, str]
    states: dict[str, str]
    districts: dict[str, str]
    licence_kinds: dict[str, str]
    standings: dict[str, str]


def words() -> Words:
    return _words(get_language() or "")


@cache
def _words(_language: str) -> Words:
    return Words(
        labels(models.Kind.choices),
        labels(models.State.choices),
        labels(DISTRICTS.items()),
        labels(models.LicenceKind.choices),
        labels(STANDINGS.items()),
    )


def labels(choices: Any) -> dict[str, str]:
    """Words by code, each said once."""
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


def licence_words(licence: models.Licence | LicenceRow, day: date, said: Words) -> LicenceWords:
    standing = rules.standing(licence.state, licence.expires, day)
    return LicenceWords(
        said.licence_kinds[licence.kind],
        licence.number,
        _("、").join(licence.items),
        licence.issued.isoformat(),
        licence.expires.isoformat() if licence.expires else "",
        standing.value,
        said.standings[standing.value],
    )

"""How a lack is said to people: at the desk to the business, in the file to the officer."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.translation import gettext as _

from mingchu.registry.duties import Lack, LackCode
from mingchu.registry.models import Person


class Said(NamedTuple):
    """A lack in words, with the rule it stands on and, where there is one, its day."""

    text: str
    rule: str
    day: str
    grave: bool


def said(lack: Lack, person: Person | None) -> Said:
    texts = {
        LackCode.PRINCIPAL: _("没有登记主要负责人"),
        LackCode.DIRECTOR: _("应当配备食品安全总监，还没有登记"),
        LackCode.OFFICER: _("应当配备食品安全员，还没有登记"),
        LackCode.HEALTH_MISSING: _("%(who)s没有登记健康证明"),
        LackCode.HEALTH_EXPIRED: _("%(who)s的健康证明已于%(day)s到期"),
        LackCode.HEALTH_ENDING: _("%(who)s的健康证明将于%(day)s到期"),
        LackCode.TRAINING: _("%(who)s本年培训%(have)s学时，%(day)s前应满%(need)s学时"),
        LackCode.EXAM: _("%(who)s最近一次考核不合格"),
    }
    known = {
        "who": person.name if person else "",
        "day": lack.day,
        "have": f"{lack.have.normalize():f}" if lack.have is not None else "",
        "need": lack.need,
    }
    grave = lack.code not in (LackCode.HEALTH_ENDING, LackCode.TRAINING)
    return Said(texts[lack.code] % known, lack.basis.rule, str(lack.day or ""), grave)

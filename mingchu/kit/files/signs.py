"""Signs of files for the health page."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from mingchu.base.slots import SIGNS, Reading, Sign
from mingchu.kit.files import queries


def files() -> Reading:
    """Damage that a check has found; the check itself reads every byte, so it runs elsewhere."""
    damaged = queries.damaged_count()
    said = _("有问题 %(damaged)d 份") % {"damaged": damaged}
    if damaged:
        return Reading(said, "bad", _("请运行 mingchu files verify，并从备份恢复"))
    return Reading(said)


def hang() -> None:
    SIGNS.add("kit.files", Sign(_("附件"), files), order=55)

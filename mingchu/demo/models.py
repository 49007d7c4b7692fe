"""How far the demo city of this home is built: one row, moved with every batch it counts."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from mingchu.base.retention import Retention


class Phase(models.TextChoices):
    STANDING = "standing", _("装入既有情况")
    PLAYING = "playing", _("补演近期日子")
    COMPLETE = "complete", _("已齐备")


class City(models.Model):
    """The demo city of a home: what it is made from, and the last batch or day that is in."""

    seed = models.BigIntegerField(_("种子"))
    businesses = models.PositiveIntegerField(_("户数"))
    today = models.DateField(_("演示日"))
    phase = models.CharField(
        _("阶段"), max_length=12, choices=Phase.choices, default=Phase.STANDING
    )
    done = models.PositiveIntegerField(_("已完成"), default=0)
    total = models.PositiveIntegerField(_("总数"))

    # `done` of `total`: rows of the census while standing facts come in, then days.

    RETENTION: ClassVar = Retention(why="one row, gone with the demo home")

    class Meta:
        verbose_name = _("演示城市")
        verbose_name_plural = _("演示城市")
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="demo_one_city"),
            models.CheckConstraint(
                condition=models.Q(done__lte=models.F("total")), name="demo_done_within_total"
            ),
        ]

    @property
    def is_complete(self) -> bool:
        return self.phase == Phase.COMPLETE

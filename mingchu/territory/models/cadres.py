"""Cadres 包保干部 and what they answer for: areas 责任区域, and businesses that are named."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mingchu.base import clock
from mingchu.base.retention import Retention

IN_OFFICE = Q(until__isnull=True)


class Rank(models.TextChoices):
    """The rank of a post; which level of businesses it visits is the rulebook's to say."""

    CITY = "city", _("市级")
    COUNTY = "county", _("县级")
    TOWNSHIP = "township", _("乡级")
    VILLAGE = "village", _("村级")


class Cadre(models.Model):
    """Somebody on the roster: a name before he has an account, its account afterwards.

    `district` is empty for a cadre of the whole city. On the day `leaves` names, all he has is the
    `heir`'s; `until` was then his last day on the roster.
    """

    name = models.CharField(_("姓名"), max_length=80)
    unit = models.CharField(_("单位"), max_length=120)
    rank = models.CharField(_("职级"), max_length=10, choices=Rank.choices)
    phone = models.CharField(_("手机号"), max_length=20)
    district = models.CharField(_("旗县区"), max_length=6, blank=True)
    user = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("账号"),
    )  # fmt: skip
    since = models.DateField(_("自"), default=clock.today)
    until = models.DateField(_("至"), null=True, blank=True)
    leaves = models.DateField(_("移交日期"), null=True, blank=True)
    heir = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("接手人"),
    )  # fmt: skip

    RETENTION: ClassVar = Retention(
        why="name and telephone go when he has long left the roster",
        rule="retention.people",
        counted_from="until",
    )

    class Meta:
        verbose_name = _("包保干部")
        verbose_name_plural = _("包保干部")
        constraints = [
            models.UniqueConstraint(
                fields=["phone", "name"], condition=IN_OFFICE, name="cadre_once"
            ),
            models.UniqueConstraint(
                fields=["user"], condition=IN_OFFICE, name="cadre_has_his_account"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                name="cadre_leaves_after_he_comes",
            ),
            models.CheckConstraint(condition=~Q(heir=F("id")), name="cadre_is_not_his_own_heir"),
        ]

    def __str__(self) -> str:
        return self.name


class Beat(models.Model):
    """A part of what a cadre answers for: an area by its code, or one business by name.

    Several may share an area; a business that is named has one cadre, whatever its area says.
    """

    cadre = models.ForeignKey(
        Cadre, on_delete=models.CASCADE, related_name="beats", verbose_name=_("包保干部")
    )
    area = models.CharField(_("区域代码"), max_length=15, blank=True)
    business = models.ForeignKey(
        "registry.Business", on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("主体"),
    )  # fmt: skip

    RETENTION: ClassVar = Retention(why="goes with the range of the cadre; holds no personal data")

    class Meta:
        verbose_name = _("包保范围")
        verbose_name_plural = _("包保范围")
        constraints = [
            models.CheckConstraint(
                condition=(Q(area="") & Q(business__isnull=False))
                | (~Q(area="") & Q(business__isnull=True)),
                name="beat_is_an_area_or_a_business",
            ),
            models.UniqueConstraint(
                fields=["area", "cadre"], condition=~Q(area=""), name="beat_area_once"
            ),
            models.UniqueConstraint(
                fields=["business"],
                condition=Q(business__isnull=False),
                name="beat_business_has_one",
            ),
        ]

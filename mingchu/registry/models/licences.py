"""Licences 许可, filings 备案 and registrations 登记 of a business."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mingchu.base import clock
from mingchu.base.retention import Retention
from mingchu.registry import domain, rules
from mingchu.registry.models.business import Business, Premises
from mingchu.registry.models.choices import Evidence, LicenceKind, LicenceState


class Licence(models.Model):
    """A licence, filing or registration; a renewal keeps its number.

    Without `places` it is for the main premises; with them, for exactly those (one licence, several
    kitchens). `catalogue` names the version of the official list its `items` come from.
    """

    business = models.ForeignKey(
        Business, on_delete=models.PROTECT, related_name="licences", verbose_name=_("经营者")
    )
    places = models.ManyToManyField(
        Premises, blank=True, related_name="licences", verbose_name=_("经营场所")
    )
    kind = models.CharField(_("证件种类"), max_length=12, choices=LicenceKind.choices)
    number = models.CharField(_("证件编号"), max_length=32)
    number_check = models.CharField(
        _("编号核验"), max_length=16, choices=Evidence.choices, default=Evidence.OK
    )
    number_evidence = models.CharField(_("编号凭据"), max_length=200, blank=True)
    items = ArrayField(models.CharField(max_length=60), verbose_name=_("许可项目"), default=list)
    catalogue = models.CharField(_("项目目录版本"), max_length=16, blank=True)
    issued = models.DateField(_("发证日期"))
    expires = models.DateField(_("有效期至"), null=True, blank=True)
    state = models.CharField(
        _("证件状态"), max_length=12, choices=LicenceState.choices, default=LicenceState.VALID
    )
    committed = models.BooleanField(_("告知承诺"), default=False)
    follow_up_due = models.DateField(_("承诺后核查期限"), null=True, blank=True)
    followed_up = models.DateField(_("承诺后核查日期"), null=True, blank=True)

    RETENTION: ClassVar = Retention(why="what was allowed when is asked for years later")

    class Meta:
        verbose_name = _("许可与登记")
        verbose_name_plural = _("许可与登记")
        indexes = [
            models.Index(fields=["expires", "business"], name="licence_by_end"),
            models.Index(
                fields=["follow_up_due"],
                condition=Q(follow_up_due__isnull=False, followed_up__isnull=True),
                name="licence_to_follow_up",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["number"], name="licence_number_once"),
            models.CheckConstraint(condition=~Q(number=""), name="licence_has_a_number"),
            models.CheckConstraint(
                condition=Q(expires__isnull=True) | Q(expires__gte=F("issued")),
                name="licence_expires_after_issue",
            ),
        ]

    def standing(self, day: date | None = None) -> domain.Standing:
        return rules.standing(self.state, self.expires, day or clock.today())

"""People who work in a business, and what shows that they may."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mingchu.base.retention import Retention
from mingchu.registry.models.business import Business
from mingchu.registry.models.choices import Duty

KEPT = Retention(
    why="a person's data goes when the post has long ended",
    rule="retention.people",
    counted_from="until",
)
WITH_PERSON = Retention(
    why="it goes with the person",
    rule="retention.people",
    counted_from="person.until",
)


class Person(models.Model):
    """Somebody who works in a business. The identity number is kept as a keyed digest and four
    last characters, enough to recognise and not to copy; `health_until` is the end of the newest
    certificate. `revision` counts what was done with the row and its papers, since a business's own
    does not."""

    business = models.ForeignKey(
        Business, on_delete=models.PROTECT, related_name="people", verbose_name=_("经营者")
    )
    name = models.CharField(_("姓名"), max_length=60)
    duties = ArrayField(
        models.CharField(max_length=12, choices=Duty.choices), verbose_name=_("职责"), default=list
    )
    identity_digest = models.CharField(_("身份证号摘要"), max_length=64, blank=True)
    identity_tail = models.CharField(_("身份证号后四位"), max_length=4, blank=True)
    phone = models.CharField(_("电话"), max_length=20, blank=True)
    health_number = models.CharField(_("健康证编号"), max_length=40, blank=True)
    health_until = models.DateField(_("健康证有效期至"), null=True, blank=True)
    since = models.DateField(_("到岗日期"), null=True, blank=True)
    until = models.DateField(_("离岗日期"), null=True, blank=True)
    died = models.DateField(_("死亡日期"), null=True, blank=True)
    revision = models.PositiveIntegerField(_("版本"), default=1, db_default=1)

    RETENTION: ClassVar = KEPT

    class Meta:
        verbose_name = _("从业人员")
        verbose_name_plural = _("从业人员")
        indexes = [
            models.Index(
                fields=["identity_digest"],
                condition=~Q(identity_digest=""),
                name="person_by_identity",
            ),
            models.Index(
                fields=["health_until", "business"],
                condition=Q(until__isnull=True, health_until__isnull=False),
                name="person_by_health_end",
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="person_has_a_name"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(since__isnull=True) | Q(until__gte=F("since")),
                name="person_leaves_after_coming",
            ),
        ]


class HealthCertificate(models.Model):
    """A health certificate 健康证明 that was shown; `file` names its photo in the house."""

    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="certificates", verbose_name=_("人员")
    )
    number = models.CharField(_("健康证编号"), max_length=40, blank=True)
    issued = models.DateField(_("发证日期"))
    until = models.DateField(_("有效期至"))
    file = models.CharField(_("照片"), max_length=140, blank=True)
    seen = models.BooleanField(_("已核对"), default=True)

    RETENTION: ClassVar = WITH_PERSON

    class Meta:
        verbose_name = _("健康证明")
        verbose_name_plural = _("健康证明")
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gte=F("issued")), name="certificate_ends_after_issue"
            )
        ]


class Training(models.Model):
    """Hours of food-safety training 培训 of a person."""

    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="trainings", verbose_name=_("人员")
    )
    day = models.DateField(_("培训日期"))
    hours = models.DecimalField(_("学时"), max_digits=4, decimal_places=1)
    topic = models.CharField(_("内容"), max_length=120)

    RETENTION: ClassVar = WITH_PERSON

    class Meta:
        verbose_name = _("培训")
        verbose_name_plural = _("培训")
        indexes = [models.Index(fields=["person", "day"], name="training_by_day")]
        constraints = [
            models.CheckConstraint(
                condition=Q(hours__gt=0, hours__lte=24), name="training_hours_fit_a_day"
            )
        ]


class Exam(models.Model):
    """A food-safety exam 考核 of a person; one that was not passed may be sat again."""

    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="exams", verbose_name=_("人员")
    )
    day = models.DateField(_("考核日期"))
    passed = models.BooleanField(_("合格"))
    score = models.PositiveSmallIntegerField(_("得分"), null=True, blank=True)

    RETENTION: ClassVar = WITH_PERSON

    class Meta:
        verbose_name = _("考核")
        verbose_name_plural = _("考核")
        indexes = [models.Index(fields=["person", "day"], name="exam_by_day")]

"""Early warning 早期预警: a day on which a number was out of the ordinary, with what it was
compared with; and which businesses are to be looked at again."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from mingchu.base.retention import Retention


class EarlyWarning(models.Model):
    """The numbers of one kind in one district stood out on a day. Internal, never published.

    `counts` are the days of the picture, the last of them `day`; the baseline lies `lag` days
    before it. Deviations and chance are kept as they were computed.
    """

    day = models.DateField(_("日期"))
    district = models.CharField(_("旗县区"), max_length=6)
    kind = models.CharField(_("预警种类"), max_length=40)
    count = models.PositiveIntegerField(_("当日数量"))
    mean = models.FloatField(_("基线均值"))
    deviation = models.FloatField(_("基线标准差"))
    deviations = models.FloatField(_("高出标准差数"))
    chance = models.FloatField(_("偶然出现的概率"))
    allowed = models.FloatField(_("允许的概率"))
    counts = ArrayField(models.PositiveIntegerField(), verbose_name=_("逐日数量"))
    rule_since = models.DateField(_("依据版本"))
    made_at = models.DateTimeField(_("生成时间"))

    RETENTION: ClassVar = Retention(why="numbers of districts; says why an alert was opened")

    class Meta:
        verbose_name = _("早期预警")
        verbose_name_plural = _("早期预警")
        constraints = [
            models.UniqueConstraint(fields=["day", "district", "kind"], name="warning_once_a_day")
        ]


class Touched(models.Model):
    """A business of which something changed: its facts are looked at again, then the row goes."""

    business_id = models.BigIntegerField(_("主体"))
    cause = models.UUIDField(_("起因"), null=True)

    RETENTION: ClassVar = Retention(why="goes within the minute, when the business was looked at")

    class Meta:
        verbose_name = _("待复看的主体")
        verbose_name_plural = _("待复看的主体")


class Tally(models.Model):
    """How many signals a source sent in a minute, as far as they are folded; kept for an hour."""

    source = models.CharField(_("来源"), max_length=60)
    minute = models.DateTimeField(_("分钟"))
    count = models.PositiveIntegerField(_("信号数"))

    RETENTION: ClassVar = Retention(why="goes after an hour; counts signals, not people")

    class Meta:
        verbose_name = _("信号计数")
        verbose_name_plural = _("信号计数")
        constraints = [
            models.UniqueConstraint(fields=["source", "minute"], name="tally_once_a_minute")
        ]
        indexes = [models.Index(fields=["minute"], name="tally_by_minute")]

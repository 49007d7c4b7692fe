"""What stands against a firm, the lists it is on, and its credit-risk class 信用风险类别.

Facts and entries are never changed: what was wrong is struck out with its reason and stays. The
class is internal; nothing in this file but the facts and lists themselves may reach a page that is
not an officer's.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mingchu.base import clock
from mingchu.base.retention import Retention
from mingchu.risk.domain.credit import Letter, Roll

STANDING = Q(until__isnull=True, struck_at__isnull=True)
VALID = Q(struck_at__isnull=True)
PRESENT = Q(until__isnull=True)


class FactKind(models.TextChoices):
    """What is held against a firm until a context of its own sends it."""

    PENALTY = "penalty", _("行政处罚")
    FAILED_SAMPLE = "failed_sample", _("抽检不合格")
    REPORT_MISSING = "report_missing", _("未按期公示年报")
    REPORT_ZERO = "report_zero", _("年报数据全部为零")
    CASE_REPORTED = "case_reported", _("举报查实立案")
    TALK = "talk", _("责任约谈")


class Origin(models.TextChoices):
    """By which door a fact came in."""

    HAND = "hand", _("监管人员录入")
    SHEET = "sheet", _("批量导入")
    HOUSE = "house", _("本平台业务产生")
    HISTORY = "history", _("历史数据")


class Followed(models.Model):
    """A row that goes with its business when two files become one, and back when they part.

    `came_from` are the files it came from, the last one last.
    """

    business = models.ForeignKey(
        "registry.Business", on_delete=models.PROTECT, related_name="+", verbose_name=_("主体")
    )
    came_from = ArrayField(
        models.BigIntegerField(), verbose_name=_("来自档案"), default=list, blank=True
    )
    entry = models.UUIDField(_("台账条目"), null=True, blank=True)
    user_id = models.BigIntegerField(_("经办人"), null=True, blank=True)
    at = models.DateTimeField(_("登记时间"), default=clock.now)
    struck_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)
    struck_why = models.CharField(_("撤销理由"), max_length=200, blank=True)

    class Meta:
        abstract = True


class Fact(Followed):
    """Something that happened on a day, with where it stands: a decision, a report, an order."""

    kind = models.CharField(_("种类"), max_length=16, choices=FactKind.choices)
    day = models.DateField(_("日期"))
    reference = models.CharField(_("文号"), max_length=80)
    source = models.CharField(_("出处"), max_length=120, blank=True)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    origin = models.CharField(
        _("录入方式"), max_length=8, choices=Origin.choices, default=Origin.HAND
    )

    RETENTION: ClassVar = Retention(why="a class of a day rests on the facts of that day")

    class Meta:
        verbose_name = _("信用记录")
        verbose_name_plural = _("信用记录")
        constraints = [
            models.UniqueConstraint(
                fields=["business", "kind", "reference"], condition=VALID, name="fact_once"
            ),
            models.CheckConstraint(condition=~Q(reference=""), name="fact_has_its_reference"),
        ]
        indexes = [models.Index(fields=["business", "-day"], name="fact_of_business")]


class RollName(models.TextChoices):
    ABNORMAL = Roll.ABNORMAL, _("经营异常名录")
    SERIOUS = Roll.SERIOUS, _("严重违法失信名单")


class Exit(models.TextChoices):
    """Why somebody is off a list again."""

    MET = "met", _("已履行义务")
    EARLY = "early", _("提前移出")
    EXPIRED = "expired", _("期满移出")
    ANNULLED = "annulled", _("列入决定被撤销")


class Listing(Followed):
    """An entry on a list 名录, from the day of the decision to the last day on it.

    `decide_by` is by when the decision had to follow what was found, `ends` when the term is over
    by itself, `early_from` from when an early exit may be asked for, `asked` that it was.
    """

    roll = models.CharField(_("名录"), max_length=10, choices=RollName.choices)
    ground = models.CharField(_("列入情形"), max_length=24)
    found = models.DateField(_("查实日期"))
    decide_by = models.DateField(_("决定期限"), null=True, blank=True)
    since = models.DateField(_("列入日期"))
    decision = models.CharField(_("列入决定文号"), max_length=80)
    rule_since = models.DateField(_("依据版本"))
    ends = models.DateField(_("期满日期"), null=True, blank=True)
    early_from = models.DateField(_("可申请提前移出"), null=True, blank=True)
    asked = models.DateField(_("申请移出日期"), null=True, blank=True)
    leave_by = models.DateField(_("移出期限"), null=True, blank=True)
    until = models.DateField(_("在列至"), null=True, blank=True)
    exit = models.CharField(_("移出情形"), max_length=10, choices=Exit.choices, blank=True)
    exit_decision = models.CharField(_("移出决定文号"), max_length=80, blank=True)

    RETENTION: ClassVar = Retention(why="who was on a list when is asked for years later")

    class Meta:
        verbose_name = _("名录记录")
        verbose_name_plural = _("名录记录")
        constraints = [
            models.UniqueConstraint(
                fields=["business", "roll", "ground"], condition=STANDING, name="listing_once"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True, exit="")
                | (Q(until__isnull=False, until__gte=F("since")) & ~Q(exit="")),
                name="listing_ends_with_its_ground",
            ),
        ]
        indexes = [
            models.Index(fields=["business", "-since"], name="listing_of_business"),
            models.Index(fields=["roll", "business"], condition=STANDING, name="listing_standing"),
        ]


class CreditRun(models.Model):
    """One reckoning of the classes of a city, or of a few firms: by what, of how many, what moved.

    `rules` are the ids and versions it stood on, `digest` the salted digest of every class it left
    standing: the journal keeps it, and nobody can read a class from it.
    """

    day = models.DateField(_("截止日"))
    at = models.DateTimeField(_("计算时间"), default=clock.now)
    whole = models.BooleanField(_("全市"), default=True)
    firms = models.PositiveIntegerField(_("企业数"))
    moved = models.PositiveIntegerField(_("类别变动"))
    counts = models.JSONField(_("各类企业数"), default=dict)
    rules = models.JSONField(_("依据"), default=dict)
    sheet_digest = models.CharField(_("指标表摘要"), max_length=64)
    salt = models.CharField(_("盐"), max_length=32)
    digest = models.CharField(_("结果摘要"), max_length=64)
    entry = models.UUIDField(_("台账条目"), null=True, blank=True)

    RETENTION: ClassVar = Retention(
        why="says by which rules a class was reckoned; no personal data"
    )

    class Meta:
        verbose_name = _("信用分类计算")
        verbose_name_plural = _("信用分类计算")
        indexes = [models.Index(fields=["-day", "-id"], name="credit_run_newest")]


class CreditLetter(models.TextChoices):
    """The letters of this scale alone; pages say 信用 beside them."""

    A = Letter.A, _("A类：信用风险低")
    B = Letter.B, _("B类：信用风险一般")
    C = Letter.C, _("C类：信用风险较高")
    D = Letter.D, _("D类：信用风险高")


class CreditClass(models.Model):
    """The class of a firm from a day to a day; at most one is present. Derived, never set by hand.

    `answers` are the indicators as they were measured, `reasons` what each gave, `lifted_by` the
    lists that lifted the class above what its points say.
    """

    business = models.ForeignKey(
        "registry.Business", on_delete=models.PROTECT, related_name="+", verbose_name=_("主体")
    )
    credit = models.CharField(_("信用风险类别"), max_length=1, choices=CreditLetter.choices)
    points = models.DecimalField(_("信用风险分值"), max_digits=6, decimal_places=2)
    lifted_by = ArrayField(
        models.CharField(max_length=10), verbose_name=_("从严依据"), default=list, blank=True
    )
    answers = models.JSONField(_("指标"), default=dict)
    reasons = models.JSONField(_("得分理由"), default=list)
    since = models.DateField(_("自"))
    until = models.DateField(_("至"), null=True, blank=True)
    run = models.ForeignKey(
        CreditRun, on_delete=models.PROTECT, related_name="classes", verbose_name=_("计算")
    )

    RETENTION: ClassVar = Retention(why="explains how closely a firm was supervised then; ids only")
    # Rows that hold nobody back from withdrawing a business: they follow from the registry.
    FOLLOWS: ClassVar = Q(pk__isnull=False)

    class Meta:
        verbose_name = _("企业信用风险类别")
        verbose_name_plural = _("企业信用风险类别")
        constraints = [
            models.UniqueConstraint(
                fields=["business"], condition=PRESENT, name="credit_one_present"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                name="credit_ends_after_it_begins",
            ),
        ]
        indexes = [
            models.Index(fields=["credit", "business"], condition=PRESENT, name="credit_by_letter"),
            models.Index(fields=["business", "-since"], name="credit_past"),
        ]

    @property
    def letter(self) -> Letter:
        return Letter(self.credit)

    def points_by_item(self) -> dict[str, Any]:
        return {one["item"]: one["points"] for one in self.reasons}

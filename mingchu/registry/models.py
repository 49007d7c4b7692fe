"""Businesses, where they work, what they may do, and with whom.

Outside the house a business goes by its `public_id`; `search_text` holds all it is found by and
is written by the services only.
"""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mingchu.base import clock
from mingchu.base.retention import Retention
from mingchu.registry import domain, terms


class Kind(models.TextChoices):
    PRODUCER = "producer", _("食品生产者")
    SELLER = "seller", _("食品销售者")
    CATERER = "caterer", _("餐饮服务提供者")
    CANTEEN = "canteen", _("集中用餐单位食堂")
    WORKSHOP = "workshop", _("食品小作坊")
    SMALL_RESTAURANT = "small_restaurant", _("小餐饮店")
    GROCERY = "grocery", _("小食杂店")
    VENDOR = "vendor", _("食品摊贩")
    FARM_STALL = "farm_stall", _("食用农产品销售者")
    COLD_STORE = "cold_store", _("冷库")
    MARKET = "market", _("市场开办者")
    SCHOOL = "school", _("学校")


class State(models.TextChoices):
    OPEN = "open", _("在营")
    SEASONAL = "seasonal", _("季节性停业")
    DORMANT = "dormant", _("歇业")
    SUSPENDED = "suspended", _("停业整顿")
    NOT_FOUND = "not_found", _("查无下落")
    GONE = "gone", _("人去证存")
    CLOSED = "closed", _("已关闭")


class LegalForm(models.TextChoices):
    COMPANY = "company", _("企业")
    HOUSEHOLD = "household", _("个体工商户")
    COOPERATIVE = "cooperative", _("农民专业合作社")
    PUBLIC = "public", _("事业单位")
    PRIVATE_SCHOOL = "private_school", _("民办非企业单位")
    VILLAGE = "village", _("村集体经济组织")
    PERSON = "person", _("自然人")
    OTHER = "other", _("其他")


class LicenceKind(models.TextChoices):
    SC = "SC", _("食品生产许可")
    JY = "JY", _("食品经营许可")
    YB = "YB", _("仅销售预包装食品备案")
    REGISTRATION = "registration", _("小作坊、小餐饮店登记")
    CARD = "card", _("摊贩备案卡")


class LicenceState(models.TextChoices):
    VALID = "valid", _("有效")
    SUSPENDED = "suspended", _("暂扣")
    REVOKED = "revoked", _("吊销")
    CANCELLED = "cancelled", _("注销")


class Use(models.TextChoices):
    SHOP = "shop", _("门店")
    FACTORY = "factory", _("厂房")
    KITCHEN = "kitchen", _("厨房")
    WAREHOUSE = "warehouse", _("仓库")
    COLD_STORE = "cold_store", _("冷库")
    STALL = "stall", _("摊位")
    MOBILE = "mobile", _("流动摊点")
    ONLINE = "online", _("网络经营")


class Duty(models.TextChoices):
    PRINCIPAL = "principal", _("主要负责人")
    DIRECTOR = "director", _("食品安全总监")
    OFFICER = "officer", _("食品安全员")
    HANDLER = "handler", _("从业人员")


class Evidence(models.TextChoices):
    """How an identifier was found, `identifiers.verdict`; what was seen instead stands beside."""

    OK = "ok", _("核验通过")
    WARNING = "warning", _("有提示")
    NEEDS_EVIDENCE = "needs_evidence", _("凭证件确认")


class Business(models.Model):
    """A subject of food supervision; a change of name, address or district makes no new one."""

    name = models.CharField(_("名称"), max_length=120)
    sign = models.CharField(_("店招"), max_length=120, blank=True)
    code = models.CharField(_("统一社会信用代码"), max_length=18, blank=True)
    code_check = models.CharField(
        _("代码核验"), max_length=16, choices=Evidence.choices, default=Evidence.OK
    )
    code_evidence = models.CharField(_("代码凭据"), max_length=200, blank=True)
    legal_form = models.CharField(
        _("主体类型"), max_length=16, choices=LegalForm.choices, default=LegalForm.COMPANY
    )
    kind = models.CharField(_("业态"), max_length=20, choices=Kind.choices)
    district = models.CharField(_("旗县区"), max_length=6)
    station = models.CharField(_("监管所"), max_length=12, blank=True)
    address = models.CharField(_("住所"), max_length=200, blank=True)
    phone = models.CharField(_("联系电话"), max_length=20, blank=True)
    state = models.CharField(
        _("经营状态"), max_length=12, choices=State.choices, default=State.OPEN
    )
    state_since = models.DateField(_("状态起始日"), null=True, blank=True)
    opened = models.DateField(_("开业日期"), null=True, blank=True)
    closed = models.DateField(_("关闭日期"), null=True, blank=True)
    expires = models.DateField(_("最早到期"), null=True, blank=True)
    enrolled_at = models.DateTimeField(_("建档时间"), default=clock.now)
    changed_at = models.DateTimeField(_("变更时间"), default=clock.now)
    revision = models.PositiveIntegerField(_("版本"), default=1)
    search_text = models.TextField(_("检索文本"), default="")

    # `expires`: the earliest end among valid licences, copied here so that lists sort by it.

    RETENTION: ClassVar = Retention(why="the ledger and every later act refer to the business")

    class Meta:
        verbose_name = _("经营者")
        verbose_name_plural = _("经营者")
        indexes = [
            # With the text in the index, walking the list in its order reads no rows.
            models.Index(fields=["name", "id"], include=["search_text"], name="business_by_name"),
            models.Index(
                fields=["district", "name", "id"],
                include=["search_text"],
                name="business_by_district",
            ),
            models.Index(fields=["kind", "name", "id"], name="business_by_kind"),
            models.Index(fields=["state", "name", "id"], name="business_by_state"),
            models.Index(fields=["station", "name", "id"], name="business_by_station"),
            models.Index(fields=["expires", "id"], name="business_by_end"),
            # For counting figures without touching the rows.
            models.Index(fields=["state", "kind", "district"], name="business_counted"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["code"], condition=~Q(code=""), name="business_code_once"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="business_has_a_name"),
            models.CheckConstraint(
                condition=Q(district__regex=r"^[0-9]{6}$"), name="business_district_is_a_code"
            ),
            models.CheckConstraint(
                condition=Q(closed__isnull=True)
                | Q(opened__isnull=True)
                | Q(closed__gte=F("opened")),
                name="business_closes_after_it_opens",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed__isnull=False)
                | (~Q(state="closed") & Q(closed__isnull=True)),
                name="business_closed_has_its_day",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def public_id(self) -> str:
        return domain.public_id(self.pk)


class Premises(models.Model):
    """A place where a business works; the main one is where an officer goes."""

    business = models.ForeignKey(
        Business, on_delete=models.PROTECT, related_name="premises", verbose_name=_("经营者")
    )
    use = models.CharField(_("用途"), max_length=12, choices=Use.choices, default=Use.SHOP)
    address = models.CharField(_("经营场所"), max_length=200)
    district = models.CharField(_("旗县区"), max_length=6)
    station = models.CharField(_("监管所"), max_length=12, blank=True)
    is_main = models.BooleanField(_("主要场所"), default=False)
    since = models.DateField(_("启用日期"), null=True, blank=True)
    until = models.DateField(_("停用日期"), null=True, blank=True)

    RETENTION: ClassVar = Retention(why="inspections refer to the place they were made at")

    class Meta:
        verbose_name = _("经营场所")
        verbose_name_plural = _("经营场所")
        constraints = [
            models.UniqueConstraint(
                fields=["business"], condition=Q(is_main=True), name="premises_one_main"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(since__isnull=True) | Q(until__gte=F("since")),
                name="premises_end_after_they_begin",
            ),
        ]


class Licence(models.Model):
    """A licence, filing or registration; a renewal keeps its number."""

    business = models.ForeignKey(
        Business, on_delete=models.PROTECT, related_name="licences", verbose_name=_("经营者")
    )
    premises = models.ForeignKey(
        Premises,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="licences",
        verbose_name=_("经营场所"),
    )
    kind = models.CharField(_("证件种类"), max_length=12, choices=LicenceKind.choices)
    number = models.CharField(_("证件编号"), max_length=32)
    number_check = models.CharField(
        _("编号核验"), max_length=16, choices=Evidence.choices, default=Evidence.OK
    )
    number_evidence = models.CharField(_("编号凭据"), max_length=200, blank=True)
    items = ArrayField(models.CharField(max_length=60), verbose_name=_("许可项目"), default=list)
    issued = models.DateField(_("发证日期"))
    expires = models.DateField(_("有效期至"), null=True, blank=True)
    state = models.CharField(
        _("证件状态"), max_length=12, choices=LicenceState.choices, default=LicenceState.VALID
    )

    RETENTION: ClassVar = Retention(why="what was allowed when is asked for years later")

    class Meta:
        verbose_name = _("许可与登记")
        verbose_name_plural = _("许可与登记")
        indexes = [models.Index(fields=["expires", "business"], name="licence_by_end")]
        constraints = [
            models.UniqueConstraint(fields=["number"], name="licence_number_once"),
            models.CheckConstraint(condition=~Q(number=""), name="licence_has_a_number"),
            models.CheckConstraint(
                condition=Q(expires__isnull=True) | Q(expires__gte=F("issued")),
                name="licence_expires_after_issue",
            ),
        ]

    def standing(self, day: date | None = None) -> domain.Standing:
        return terms.standing(self.state, self.expires, day or clock.today())


class Person(models.Model):
    """Somebody who works in a business. The identity number is kept as a keyed digest and four
    last characters, enough to recognise and not to copy."""

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

    RETENTION: ClassVar = Retention(
        why="a person's data goes when the post has long ended",
        rule="retention.people",
        counted_from="until",
    )

    class Meta:
        verbose_name = _("从业人员")
        verbose_name_plural = _("从业人员")
        indexes = [
            models.Index(
                fields=["identity_digest"],
                condition=~Q(identity_digest=""),
                name="person_by_identity",
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="person_has_a_name"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(since__isnull=True) | Q(until__gte=F("since")),
                name="person_leaves_after_coming",
            ),
        ]

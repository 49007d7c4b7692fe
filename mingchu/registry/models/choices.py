"""Words of the registry: codes in the tables, Chinese for people."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


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
    UNLICENSED = "unlicensed", _("未办证场所")


class State(models.TextChoices):
    OPEN = "open", pgettext_lazy("business", "在营")
    SEASONAL = "seasonal", pgettext_lazy("business", "季节性停业")
    DORMANT = "dormant", pgettext_lazy("business", "歇业")
    SUSPENDED = "suspended", pgettext_lazy("business", "停业整顿")
    NOT_FOUND = "not_found", pgettext_lazy("business", "查无下落")
    GONE = "gone", pgettext_lazy("business", "人去证存")
    CLOSED = "closed", pgettext_lazy("business", "已关闭")


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
    VALID = "valid", pgettext_lazy("licence", "有效")
    SUSPENDED = "suspended", pgettext_lazy("licence", "暂扣")
    REVOKED = "revoked", pgettext_lazy("licence", "吊销")
    CANCELLED = "cancelled", pgettext_lazy("licence", "注销")


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
    HANDLER = "handler", pgettext_lazy("duty", "从业人员")


class Evidence(models.TextChoices):
    """How an identifier was found, `identifiers.verdict`; what was seen instead stands beside."""

    OK = "ok", _("核验通过")
    WARNING = "warning", _("有提示")
    NEEDS_EVIDENCE = "needs_evidence", _("凭证件确认")


class Scale(models.TextChoices):
    """The statistical size class; which rule it decides stands in the rulebook."""

    LARGE = "large", _("大型")
    MEDIUM = "medium", _("中型")
    SMALL = "small", _("小型")
    MICRO = "micro", _("微型")


class Serves(models.TextChoices):
    """Whom a canteen or a meal supplier feeds; thresholds of duties differ by it."""

    KINDERGARTEN = "kindergarten", _("幼儿园")
    SCHOOL = "school", _("学校")
    CARE_HOME = "care_home", _("养老机构")
    OTHER = "other", _("其他单位")
    SUPPLIER = "supplier", _("集体用餐配送")


class Channel(models.TextChoices):
    """By which door a value came in; shown beside the field."""

    FORM = "form", _("监管人员录入")
    LIST = "list", _("批量导入")
    DESK = "desk", _("经营者自报")
    API = "api", _("系统对接")
    MERGE = "merge", _("档案合并")

"""People, their posts, the ways in, and who looked at whom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from mingchu.accounts import domain
from mingchu.accounts.roles import roles
from mingchu.base import clock
from mingchu.base.ids import new_code
from mingchu.base.retention import Retention


def role_choices() -> list[tuple[str, str]]:
    """The table of roles is data, so the choices are not part of a migration's state."""
    return [(role.code, role.zh) for role in roles()]


class ScopeKind(models.TextChoices):
    CITY = "city", _("全市")
    DISTRICT = "district", _("旗县区")
    STATION = "station", _("监管所")
    BUSINESS = "business", _("经营者")
    SCHOOL = "school", _("学校")
    MARKET = "market", _("市场")


class Users(BaseUserManager["User"]):
    """Finds people by their log-in name and makes them."""

    def create_user(self, username: str, password: str | None = None, **facts: Any) -> User:
        user = self.model(username=username, **facts)
        user.set_password(password)
        user.save()
        return user


class User(AbstractBaseUser):
    """A person, or a machine that acts for the house; what either may do is in the posts."""

    username = models.CharField(_("登录账号"), max_length=150, unique=True)
    name = models.CharField(_("姓名"), max_length=80)
    phone = models.CharField(_("手机号"), max_length=20, blank=True)
    language = models.CharField(_("语言"), max_length=10, blank=True)
    large_text = models.BooleanField(_("大字版"), default=False)
    is_active = models.BooleanField(_("可登录"), default=True)
    is_machine = models.BooleanField(_("程序账号"), default=False)
    certificate_no = models.CharField(_("行政执法证号"), max_length=40, blank=True)
    certificate_until = models.DateField(_("执法证有效期至"), null=True, blank=True)
    enrolled_at = models.DateTimeField(_("开户时间"), default=clock.now)

    USERNAME_FIELD = "username"
    RETENTION: ClassVar = Retention(
        why="a person's data goes when the last post has long ended",
        rule="retention.people",
        counted_from="last_login",
    )
    objects = Users()
    # Posts of the day, where they were asked for along with the person.
    held: Sequence[domain.Post] | None = None

    class Meta:
        verbose_name = _("人员")
        verbose_name_plural = _("人员")


class Post(models.Model):
    """A role in a scope held by a person from a day to a day; acts keep the post's id.

    District and station are this floor's copy of where the scope lies, for scoped lists.
    """

    user = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="posts", verbose_name=_("人员")
    )
    role = models.CharField(_("角色"), max_length=20, choices=role_choices)
    scope_kind = models.CharField(_("范围类别"), max_length=10, choices=ScopeKind.choices)
    scope_code = models.CharField(_("范围代码"), max_length=40, blank=True)
    district = models.CharField(_("所在旗县区"), max_length=12, blank=True)
    station = models.CharField(_("所在监管所"), max_length=12, blank=True)
    since = models.DateField(_("自"))
    until = models.DateField(_("至"), null=True, blank=True)
    given_by = models.CharField(_("任命"), max_length=60, blank=True)

    RETENTION: ClassVar = Retention(why="acts of the ledger refer to the post they were done in")

    class Meta:
        verbose_name = _("岗位")
        verbose_name_plural = _("岗位")
        indexes = [
            models.Index(fields=["scope_kind", "scope_code"], name="post_scope"),
            models.Index(fields=["district", "station"], name="post_lies_in"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until__isnull=True) | models.Q(until__gte=models.F("since")),
                name="post_ends_after_it_begins",
            ),
            models.UniqueConstraint(
                fields=["user", "role", "scope_kind", "scope_code"],
                condition=models.Q(until__isnull=True),
                name="post_open_once",
            ),
        ]

    @property
    def scope(self) -> domain.Scope:
        return domain.Scope(domain.ScopeKind(self.scope_kind), self.scope_code)

    @property
    def value(self) -> domain.Post:
        return domain.Post(self.role, self.scope, self.since, self.until, self.pk)


class SignInLink(models.Model):
    """A link that signs one person in, once; made by the command line, used from this machine."""

    token_digest = models.CharField(_("令牌摘要"), max_length=64, unique=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, verbose_name=_("人员"))
    loopback_only = models.BooleanField(_("仅限本机"), default=True)
    made_at = models.DateTimeField(_("生成时间"), default=clock.now)
    expires_at = models.DateTimeField(_("过期时间"))
    used_at = models.DateTimeField(_("使用时间"), null=True, blank=True)

    RETENTION: ClassVar = Retention(
        why="proves who was let in how", rule="retention.access_log", counted_from="made_at"
    )

    class Meta:
        verbose_name = _("一次性登录链接")
        verbose_name_plural = _("一次性登录链接")


class Enrolment(models.Model):
    """An invitation on paper: link or QR code, and a PIN told apart from it; good for one post.

    With `person` it is for somebody already known, who sets a new password by it.
    """

    token_digest = models.CharField(_("令牌摘要"), max_length=64, unique=True)
    pin_digest = models.CharField(_("校验码摘要"), max_length=200)
    role = models.CharField(_("角色"), max_length=20, choices=role_choices)
    scope_kind = models.CharField(_("范围类别"), max_length=10, choices=ScopeKind.choices)
    scope_code = models.CharField(_("范围代码"), max_length=40, blank=True)
    district = models.CharField(_("所在旗县区"), max_length=12, blank=True)
    station = models.CharField(_("所在监管所"), max_length=12, blank=True)
    person = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("为谁重设密码"),
    )
    issued_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name=_("签发人")
    )
    issued_at = models.DateTimeField(_("签发时间"), default=clock.now)
    expires_at = models.DateTimeField(_("过期时间"))
    tries_left = models.PositiveSmallIntegerField(_("剩余次数"))
    used_at = models.DateTimeField(_("使用时间"), null=True, blank=True)
    used_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("使用人"),
    )
    voided_at = models.DateTimeField(_("作废时间"), null=True, blank=True)

    RETENTION: ClassVar = Retention(
        why="proves who enrolled whom", rule="retention.access_log", counted_from="issued_at"
    )

    class Meta:
        verbose_name = _("开户单")
        verbose_name_plural = _("开户单")

    @property
    def scope(self) -> domain.Scope:
        return domain.Scope(domain.ScopeKind(self.scope_kind), self.scope_code)


class ApiToken(models.Model):
    """A key for a program: one post's rights, narrowed to API scopes, for a time.

    With a `device` (a UUID the phone made) it is that phone's, and ends with the certificate too.
    """

    id = models.CharField(primary_key=True, max_length=12, default=new_code, editable=False)
    secret_digest = models.CharField(_("令牌摘要"), max_length=64)
    post = models.ForeignKey(
        Post, on_delete=models.PROTECT, related_name="tokens", verbose_name=_("岗位")
    )
    title = models.CharField(_("用途"), max_length=80)
    device = models.CharField(_("设备"), max_length=36, blank=True)
    api_scopes = models.JSONField(_("接口范围"), default=list)
    issued_at = models.DateTimeField(_("签发时间"), default=clock.now)
    expires_at = models.DateTimeField(_("过期时间"))
    revoked_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("最近使用"), null=True, blank=True)

    RETENTION: ClassVar = Retention(
        why="acts of the ledger name the token they were done with",
    )

    class Meta:
        verbose_name = _("接口令牌")
        verbose_name_plural = _("接口令牌")
        constraints = [
            models.UniqueConstraint(
                fields=["post", "device"],
                condition=models.Q(revoked_at__isnull=True) & ~models.Q(device=""),
                name="token_of_a_device_once",
            ),
        ]


class SigningPin(models.Model):
    """What an officer signs with on a colleague's phone; at most one each.

    Six digits are soon tried against a hash, so the hash is sealed with a key of the home.
    """

    user = models.OneToOneField(
        User, on_delete=models.CASCADE, related_name="signing_pin", verbose_name=_("人员")
    )
    sealed_hash = models.CharField(_("加封的摘要"), max_length=400)
    set_at = models.DateTimeField(_("设置时间"), default=clock.now)
    wrong = models.PositiveSmallIntegerField(_("连续输错次数"), default=0)
    locked_until = models.DateTimeField(_("停用至"), null=True, blank=True)

    RETENTION: ClassVar = Retention(
        why="goes with its person", rule="retention.people", counted_from="user__last_login"
    )

    class Meta:
        verbose_name = _("签名口令")
        verbose_name_plural = _("签名口令")


class Viewing(models.Model):
    """Somebody looked at personal data: who, whom, what for, when. Rows never change."""

    at = models.DateTimeField(_("时间"), default=clock.now, db_index=True)
    actor = models.CharField(_("查看者"), max_length=60)
    post_id = models.BigIntegerField(_("岗位"), null=True)
    subject = models.CharField(_("查看对象"), max_length=60, db_index=True)
    purpose = models.CharField(_("事由"), max_length=80)
    request_id = models.CharField(_("请求编号"), max_length=64, blank=True)

    RETENTION: ClassVar = Retention(
        why="network logs are kept at least six months",
        rule="retention.access_log",
        counted_from="at",
    )

    class Meta:
        verbose_name = _("查看记录")
        verbose_name_plural = _("查看记录")
        indexes = [models.Index(fields=["actor", "-at"], name="viewing_by_actor")]


class Counter(models.Model):
    """How often something was tried in the present window; UNLOGGED, lost in a crash."""

    key = models.CharField(_("键"), primary_key=True, max_length=64)
    hits = models.PositiveIntegerField(_("次数"))
    until = models.DateTimeField(_("窗口终点"), db_index=True)

    RETENTION: ClassVar = Retention(why="a row is dead when its window has passed")

    class Meta:
        verbose_name = _("限次计数")
        verbose_name_plural = _("限次计数")

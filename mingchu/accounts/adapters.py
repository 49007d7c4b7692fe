"""Where allauth asks the house: lock-out, sealing of secrets, who may come in from outside."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as _noop

from mingchu.accounts import keys, limits
from mingchu.accounts.access import actor_of, remember
from mingchu.accounts.models import User
from mingchu.accounts.queries import actor_for
from mingchu.accounts.symbols import qr_svg
from mingchu.base.errors import Refusal

FAILURES = 5
FAILURES_OF_ADDRESS = 100
LOCKED = timedelta(minutes=15)
TOLD = {
    "account/messages/password_changed.txt": _("密码已修改"),
    "account/messages/password_set.txt": _("密码已设置"),
    "mfa/messages/totp_activated.txt": _("已开启动态口令"),
    "mfa/messages/totp_deactivated.txt": _("已关闭动态口令"),
    "mfa/messages/recovery_codes_generated.txt": _("已生成新的备用码，旧的全部作废"),
    "mfa/messages/webauthn_added.txt": _("已添加安全密钥"),
    "mfa/messages/webauthn_removed.txt": _("已移除安全密钥"),
    "socialaccount/messages/account_connected.txt": _("已绑定统一身份账号"),
    "socialaccount/messages/account_disconnected.txt": _("已解除统一身份账号"),
    "usersessions/messages/sessions_logged_out.txt": _("其他设备已全部退出"),
}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-in with our lock-out, in our words, back to where the person works."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("这个账号已停用"),
        "username_password_mismatch": _("账号或密码不对"),
        "incorrect_password": _("密码不对"),
        "enter_current_password": _("现在的密码不对"),
        "incorrect_code": _("口令不对"),
        "invalid_login": _("账号或密码不对"),
        "rate_limited": _("尝试次数太多，请稍后再试"),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody makes an account for himself; people are enrolled."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        for key, limit in self._keys(request, credentials):
            if limits.seen(key, limit - 1).is_over:
                raise ValidationError(self._locked(limits.seen(key, limit - 1)))

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        user = super().authenticate(request, **credentials)
        if user:
            limits.clear(self._keys(request, credentials)[0][0])
        return user

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        for key, limit in self._keys(request, credentials):
            limits.hit(key, limit, LOCKED)

    def _rollback_login_failed_rl_usage(self) -> None:
        """Our own limits count failures only, so there is nothing to take back."""

    def _keys(self, request: HttpRequest, credentials: dict[str, Any]) -> list[tuple[str, int]]:
        """A name is locked from one address, so that nobody can lock out another from afar."""
        address = self.get_client_ip(request)
        name = str(credentials.get("username", ""))
        return [
            (f"sign-in:{name}@{address}", FAILURES),
            (f"sign-in:@{address}", FAILURES_OF_ADDRESS),
        ]

    def _locked(self, tries: limits.Tries) -> str:
        try:
            tries.refuse_if_over()
        except Refusal as refusal:
            return refusal.sentence(gettext)
        return ""

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """The first of the person's desks that exists in this house."""
        remember(request, actor_for(request.user))  # type: ignore[arg-type]
        homes = [grant.role.home for grant in actor_of(request).grants]
        return next((home for home in homes if _exists(home)), reverse("accounts:account"))

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("accounts:account")

    def login(self, request: HttpRequest, user: Any) -> None:
        super().login(request, user)
        remember(request, actor_for(user))

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """Tells only what a person needs to know, in our words."""
        text = message or TOLD.get(message_template or "")
        if text:
            messages.add_message(request, level, str(text), extra_tags=extra_tags)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """The house knows no e-mail address of anybody, so it writes none."""


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets are sealed at rest by a key of their own."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("口令不对"),
        "cannot_generate_recovery_codes": _("先开启第二重验证，才能生成备用码"),
    }

    def encrypt(self, text: str) -> str:
        return keys.SECOND_FACTORS.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return keys.SECOND_FACTORS.unseal(encrypted_text)

    def get_totp_issuer(self) -> str:
        return "mingchu"

    def build_totp_svg(self, url: str) -> str:
        return qr_svg(url)

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002 their name
        return gettext("安全密钥")


class OutsideAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Sign-in through the city's identity provider: known people only."""

    error_messages = {
        **DefaultSocialAccountAdapter.error_messages,
        "connected_other": _("这个统一身份账号已绑定给别人"),
        "no_password": _("先设置密码，才能解除绑定"),
    }

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """The first time, the provider's claim names the account; later, its subject id does."""
        if sociallogin.is_existing or request.user.is_authenticated:
            return
        data = sociallogin.account.extra_data
        claims = data.get("userinfo") or data.get("id_token") or data
        user = User.objects.filter(
            username=str(claims.get(settings.OIDC_CLAIM) or ""), is_active=True
        ).first()
        if user is None:
            raise Refusal(
                "not_enrolled",
                _noop("您的统一身份账号在本系统没有开户"),
                fix=_noop("请联系本单位管理员开户"),
                status=403,
            )
        sociallogin.connect(request, user)

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False


def _exists(path: str) -> bool:
    try:
        resolve(path)
    except Resolver404:
        return False
    return True

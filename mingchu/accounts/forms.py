"""Forms of the ways in, with labels in the house's language."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from mingchu.accounts.domain import Actor, Scope, ScopeKind
from mingchu.accounts.models import User
from mingchu.accounts.passwords import check
from mingchu.accounts.roles import roles
from mingchu.accounts.services import (
    ENROLMENT_DAYS,
    PIN_DIGITS,
    SIGNING_DIGITS,
    TOKEN_DAYS,
    TOKEN_DAYS_TOP,
)


def role_name(code: str) -> str:
    """A role's title in the reader's language."""
    role = roles().by_code.get(code)
    if role is None:
        return code
    return role.en if (get_language() or "").startswith("en") else role.zh


def _say(form: forms.Form, **labels: Any) -> None:
    """Our labels; placeholders go, since they vanish when one types."""
    for name, label in labels.items():
        form.fields[name].label = label
        form.fields[name].help_text = ""
        form.fields[name].widget.attrs.pop("placeholder", None)


class SignInForm(account.LoginForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        _say(self, login=_("登录账号"), password=_("密码"))


class ReauthenticateForm(account.ReauthenticateForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        _say(self, password=_("密码"))


class ChangePasswordForm(account.ChangePasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        _say(
            self, oldpassword=_("现在的密码"), password1=_("新密码"), password2=_("再输一次新密码")
        )


class SetPasswordForm(account.SetPasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        _say(self, password1=_("新密码"), password2=_("再输一次新密码"))


class CodeForm(mfa.AuthenticateForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        _say(self, code=_("动态口令或备用码"))


class CodeAgainForm(mfa.ReauthenticateForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        _say(self, code=_("动态口令或备用码"))


class TotpForm(ActivateTOTPForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        _say(self, code=_("动态口令"))
        self.fields["code"].widget.attrs["inputmode"] = "numeric"


class AddKeyForm(AddWebAuthnForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        _say(self, name=_("名称"))


class RenameKeyForm(EditWebAuthnForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        _say(self, name=_("名称"))


class PreferencesForm(forms.Form):
    name = forms.CharField(label=_("姓名"), max_length=80)
    phone = forms.CharField(label=_("手机号"), max_length=20, required=False)
    language = forms.ChoiceField(
        label=_("语言"), choices=[("zh-hans", "中文"), ("en", "English")], required=False
    )
    large_text = forms.BooleanField(label=_("大字版"), required=False)


class TokenForm(forms.Form):
    """A new key for a program, in one of the reader's own posts."""

    title = forms.CharField(label=_("用途"), max_length=80)
    post = forms.TypedChoiceField(label=_("岗位"), coerce=int)
    api_scopes = forms.MultipleChoiceField(
        label=_("接口范围"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("不选，则可做岗位能做的一切"),
    )
    days = forms.IntegerField(
        label=_("有效天数"), min_value=1, max_value=TOKEN_DAYS_TOP, initial=TOKEN_DAYS
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["post"].choices = [  # type: ignore[attr-defined]
            (grant.post.id, f"{role_name(grant.role.code)} · {grant.post.scope}")
            for grant in actor.grants
        ]
        self.fields["api_scopes"].choices = [  # type: ignore[attr-defined]
            (name, name) for name in roles().api_scopes
        ]


class PinForm(forms.Form):
    """What a signed-in person gives to take one more post."""

    pin = forms.CharField(
        label=_("校验码"),
        max_length=12,
        help_text=_("签发人当面或另行告诉您的数字"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )

    def clean_pin(self) -> str:
        pin = str(self.cleaned_data["pin"]).replace(" ", "")
        if len(pin) != PIN_DIGITS or not pin.isdecimal():
            raise forms.ValidationError(_("校验码是{digits}位数字").format(digits=PIN_DIGITS))
        return pin


def _secret_digits() -> forms.PasswordInput:
    return forms.PasswordInput(attrs={"inputmode": "numeric", "autocomplete": "off"})


class SigningPinForm(forms.Form):
    """An officer's new signing PIN; what it may be, the service says."""

    pin = forms.CharField(label=_("新签名口令"), max_length=12, widget=_secret_digits())
    again = forms.CharField(label=_("再输一次"), max_length=12, widget=_secret_digits())

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["pin"].help_text = _("{digits}位数字，不要用生日").format(digits=SIGNING_DIGITS)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("pin") != said.get("again"):
            self.add_error("again", _("两次输入的口令不一样"))
        return said


class ResetForm(PinForm):
    """What somebody gives to set a new password."""

    password = forms.CharField(
        label=_("设置密码"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("再输一次密码"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, light: bool, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.light = light
        if light:
            self.fields["password"].help_text = _("可以是6位以上数字")

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        password = said.get("password", "")
        if password and password != said.get("again"):
            self.add_error("again", _("两次输入的密码不一样"))
        if password:
            self._check(password, said.get("username", ""))
        return said

    def _check(self, password: str, username: str) -> None:
        try:
            if self.light:
                check(password, light=True)
            else:
                validate_password(password, User(username=username))
        except forms.ValidationError as error:
            self.add_error("password", error)


class EnrolForm(ResetForm):
    """What a new person gives to open an account."""

    name = forms.CharField(
        label=_("姓名"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    username = forms.CharField(
        label=_("登录账号"),
        max_length=150,
        help_text=_("建议用手机号，以后凭它登录"),
        widget=forms.TextInput(attrs={"autocomplete": "username"}),
    )
    field_order = ("pin", "name", "username", "password", "again")

    def clean_username(self) -> str:
        username = str(self.cleaned_data["username"])
        if User.objects.filter(username=username).exists():
            raise forms.ValidationError(_("这个账号已有人使用；若是您本人，请先登录再扫码"))
        return username


class InviteForm(forms.Form):
    """An enrolment to be issued; roles are those the officer may give."""

    role = forms.ChoiceField(label=_("角色"))
    scope_kind = forms.ChoiceField(label=_("范围类别"))
    scope_code = forms.CharField(
        label=_("范围代码"),
        max_length=40,
        required=False,
        help_text=_("区划代码、企业编号、学校或市场编号；全市不填"),
    )
    days = forms.IntegerField(
        label=_("有效天数"), min_value=1, max_value=90, initial=ENROLMENT_DAYS
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [  # type: ignore[attr-defined]
            (code, role_name(code)) for code in givable(actor)
        ]
        self.fields["scope_kind"].choices = scope_kinds()  # type: ignore[attr-defined]

    @property
    def scope(self) -> Scope:
        kind = ScopeKind(self.cleaned_data["scope_kind"])
        return Scope(kind, "" if kind is ScopeKind.CITY else self.cleaned_data["scope_code"])


class EndForm(forms.Form):
    until = forms.DateField(
        label=_("最后在岗日"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class HandOverForm(forms.Form):
    giver = forms.CharField(label=_("移交人的登录账号"), max_length=150)
    taker = forms.CharField(label=_("接手人的登录账号"), max_length=150)
    since = forms.DateField(
        label=_("自哪一天起"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        for name in ("giver", "taker"):
            if said.get(name):
                said[name] = User.objects.filter(username=said[name], is_active=True).first()
                if said[name] is None:
                    self.add_error(name, _("没有这个账号"))
        return said


def givable(actor: Actor) -> list[str]:
    """The roles an actor may give somewhere, in the table's order."""
    given = {code for grant in actor.grants_for("accounts.people") for code in grant.role.gives}
    return [role.code for role in roles() if role.code in given]


def scope_kinds() -> list[tuple[str, Any]]:
    return [
        (ScopeKind.BUSINESS.value, _("经营者")),
        (ScopeKind.SCHOOL.value, _("学校")),
        (ScopeKind.MARKET.value, _("市场")),
        (ScopeKind.STATION.value, _("监管所")),
        (ScopeKind.DISTRICT.value, _("旗县区")),
        (ScopeKind.CITY.value, _("全市")),
    ]

"""URLs of the ways in and of people; allauth's views, each under a name and an action."""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as keys
from allauth.socialaccount import views as outside
from allauth.socialaccount.providers.openid_connect import views as oidc
from allauth.usersessions import views as sessions
from django.urls import include, path
from django.views.decorators.http import require_POST

from mingchu.accounts import pages
from mingchu.accounts.access import public, requires

own = requires("accounts.self")

ours = [
    path("login/<str:token>", pages.enter, name="enter"),
    path("account/", pages.account, name="account"),
    path("account/signing-pin/", pages.signing_pin, name="signing_pin"),
    path("account/tokens/", pages.tokens, name="tokens"),
    path("account/tokens/<str:pk>/revoke", pages.revoke_token, name="revoke_token"),
    path("w/people/", pages.people, name="people"),
    path("w/people/posts/<int:pk>", pages.post, name="post"),
    path("w/people/posts/<int:pk>/reset", pages.reset, name="reset"),
    path("w/people/devices/<str:pk>/revoke", pages.revoke_device, name="revoke_device"),
    path("w/people/enrolments/new", pages.invite, name="invite"),
    path("w/people/enrolments/<int:pk>/void", pages.void_enrolment, name="void_enrolment"),
    path("w/people/handover", pages.hand_over, name="hand_over"),
    path("w/access-log/", pages.access_log, name="access_log"),
]

# Names without a namespace: allauth looks its own views up by them.
theirs = [
    path("login/", public(account.login), name="account_login"),
    # Public, since whoever stops before the second factor is nobody yet.
    path("logout/", public(require_POST(account.logout)), name="account_logout"),
    path("account/inactive/", public(account.account_inactive), name="account_inactive"),
    path("account/confirm/", own(account.reauthenticate), name="account_reauthenticate"),
    path("account/password/", own(account.password_change), name="account_change_password"),
    path("account/password/new/", own(account.password_set), name="account_set_password"),
    path("account/sessions/", own(sessions.list_usersessions), name="usersessions_list"),
    path("account/second/", own(mfa.index), name="mfa_index"),
    path("login/second/", public(mfa.authenticate), name="mfa_authenticate"),
    path("account/second/confirm/", own(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("account/second/totp/on/", own(totp.activate_totp), name="mfa_activate_totp"),
    path("account/second/totp/off/", own(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("account/second/codes/", own(codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "account/second/codes/new/",
        own(codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "account/second/codes/file/",
        own(codes.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
    path("account/second/keys/", own(keys.list_webauthn), name="mfa_list_webauthn"),
    path("account/second/keys/add/", own(keys.add_webauthn), name="mfa_add_webauthn"),
    path(
        "account/second/keys/confirm/",
        own(keys.reauthenticate_webauthn),
        name="mfa_reauthenticate_webauthn",
    ),
    path("account/second/keys/<int:pk>/", own(keys.edit_webauthn), name="mfa_edit_webauthn"),
    path(
        "account/second/keys/<int:pk>/remove/",
        own(keys.remove_webauthn),
        name="mfa_remove_webauthn",
    ),
    path("account/outside/", own(outside.connections), name="socialaccount_connections"),
    path(
        "login/outside/cancelled/",
        public(outside.login_cancelled),
        name="socialaccount_login_cancelled",
    ),
    path("login/outside/error/", public(outside.login_error), name="socialaccount_login_error"),
    path(
        "login/oidc/<str:provider_id>/",
        public(pages.reaching_out(oidc.login)),
        name="openid_connect_login",
    ),
    path(
        "login/oidc/<str:provider_id>/back/",
        public(pages.reaching_out(oidc.callback)),
        name="openid_connect_callback",
    ),
]

urlpatterns = [path("", include((ours, "accounts"))), *theirs]

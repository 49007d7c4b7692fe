"""Settings: one file, read from `MINGCHU_*`; `docs/settings.md` is generated from SETTINGS."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from mingchu.base import clock
from mingchu.site import logs


class Setting(NamedTuple):
    name: str
    default: str
    help: str


# Places a gateway's body may have: {phone}, {text} and {key}, the delivery's id.
GATEWAY_BODY = '{"phone": "{phone}", "text": "{text}", "id": "{key}"}'
SETTINGS = (
    Setting("MINGCHU_HOME", "./var", "Where the house keeps its data, keys, files and logs."),
    Setting("MINGCHU_DATABASE_URL", "", "PostgreSQL for the app role; empty: the embedded one."),
    Setting("MINGCHU_DATABASE_OWNER_URL", "", "The role that migrates; empty: the same login."),
    Setting("MINGCHU_PGBIN", "", "Folder with the PostgreSQL programs for the embedded server."),
    Setting("MINGCHU_PORT", "8000", "Port of the web process; live is one above, media two."),
    Setting("MINGCHU_BIND", "127.0.0.1", "Address the web process listens on."),
    Setting("MINGCHU_WEB_PROCESSES", "0", "Web processes; 0: one for each processor core."),
    Setting("MINGCHU_WEB_THREADS", "1", "Requests each web process answers at a time."),
    Setting("MINGCHU_HOSTS", "", "Host names the site answers to, beside this machine's own."),
    Setting("MINGCHU_DEMO", "", "1 in a demo home: marks every page and opens the demo clock."),
    Setting("MINGCHU_HTTPS", "", "1 where readers come by TLS: cookies are then sent by TLS only."),
    Setting("MINGCHU_PROXIES", "0", "Reverse proxies in front whose headers are believed."),
    Setting("MINGCHU_OIDC_URL", "", "The city's identity provider (OpenID Connect); empty: none."),
    Setting("MINGCHU_OIDC_CLIENT", "", "Our client id there."),
    Setting("MINGCHU_OIDC_SECRET", "", "Our client secret there."),
    Setting("MINGCHU_OIDC_NAME", "统一身份认证", "How the provider is called on the sign-in page."),
    Setting("MINGCHU_OIDC_CLAIM", "preferred_username", "The claim that equals our log-in name."),
    Setting("MINGCHU_ADDRESS", "", "https://… by which readers reach us; for links in messages."),
    Setting("MINGCHU_MAIL_URL", "", "smtp://user:password@host:587, or smtps://…; empty: no mail."),
    Setting("MINGCHU_MAIL_FROM", "", "The address our mails come from."),
    Setting("MINGCHU_SMS_URL", "", "The text-message gateway; empty: no text messages."),
    Setting("MINGCHU_SMS_BODY", GATEWAY_BODY, "What it is sent, as JSON."),
    Setting("MINGCHU_SMS_TOKEN", "", "Bearer token it asks for."),
    Setting("MINGCHU_SMS_SECRET", "", "Signs what it is sent, as webhooks are signed."),
    Setting("MINGCHU_SMS_GOOD", "", "name=value that its answer holds when it took the message."),
    Setting("MINGCHU_VOICE_URL", "", "The gateway that rings people up; empty: no calls."),
    Setting("MINGCHU_VOICE_BODY", GATEWAY_BODY, "What it is sent, as JSON."),
    Setting("MINGCHU_VOICE_TOKEN", "", "Bearer token it asks for."),
    Setting("MINGCHU_VOICE_SECRET", "", "Signs what it is sent, as webhooks are signed."),
    Setting("MINGCHU_VOICE_GOOD", "", "name=value that its answer holds when it took the call."),
    Setting(
        "MINGCHU_PRIVATE_HOOKS", "", "1: subscribers may be told inside our networks, and by http."
    ),
    Setting("MINGCHU_LIVE_ADDRESS", "", "wss://… of the live process; empty: one port above ours."),
    Setting("MINGCHU_FONTS", "", "Folder of fonts asked for what the packaged ones lack."),
    Setting("MINGCHU_METRICS_TOKEN", "", "Lets a monitor elsewhere read /metrics; empty: no one."),
    Setting("MINGCHU_JURISDICTION", "cn-1501", "Whose rules hold here: a city, region or nation."),
    Setting("MINGCHU_DIGEST", "sha256", "Digest of ledger and evidence: sha256 or sm3."),
    Setting("MINGCHU_PHOTO_MIB", "20", "Largest photo that is taken in as a file."),
    Setting("MINGCHU_DOCUMENT_MIB", "50", "Largest PDF that is taken in as a file."),
    Setting("MINGCHU_CAPTURE_MIB", "64", "Largest EPCIS document that is captured."),
    Setting("MINGCHU_CAPTURE_EVENTS", "20000", "Most events of one EPCIS document."),
    Setting(
        "MINGCHU_CAPTURE_UNALLOTTED",
        "open",
        "Who may commission identifiers allotted to nobody: open (anyone) or closed (no one).",
    ),
    Setting("MINGCHU_CAPTURE_THREADS", "4", "Captures each web process takes beside its pages."),
    Setting(
        "MINGCHU_TRACE_PARTITIONS",
        "",
        "1 before the house is first up: EPCIS events in monthly partitions.",
    ),
    Setting("MINGCHU_SENDER_DAY_MIB", "4096", "What one sender may send as files in a day."),
    Setting("MINGCHU_SPARE_MIB", "512", "Disk space that files coming in leave free."),
)


def setting(name: str) -> str:
    known = {item.name: item.default for item in SETTINGS}
    return os.environ.get(name, known[name]) or known[name]


def database(url: str) -> dict[str, Any]:
    """Django's dictionary for a `postgresql://` URL; a socket folder may stand in `?host=`."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "mingchu",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": {
            **query,
            "pool": {"min_size": 1, "max_size": 12, "timeout": 10},
            # A page asks a dozen small questions: planned once by the server, not each time.
            "server_side_binding": True,
            "prepare_threshold": 3,
        },
    }


def _is_there(path: Path) -> bool:
    """False also in a home that is closed to us: the command that needs it then says so."""
    return os.access(path, os.R_OK)


HOME = Path(setting("MINGCHU_HOME")).absolute()
# A demo home keeps its clock in a file, by which it is known later on.
DEMO = setting("MINGCHU_DEMO") == "1" or _is_there(HOME / "clock.json")
DIGEST = setting("MINGCHU_DIGEST")
MIB = 2**20
FILE_BYTES = {
    "photo": int(setting("MINGCHU_PHOTO_MIB")) * MIB,
    "document": int(setting("MINGCHU_DOCUMENT_MIB")) * MIB,
}
SENDER_DAY_BYTES = int(setting("MINGCHU_SENDER_DAY_MIB")) * MIB
SPARE_BYTES = int(setting("MINGCHU_SPARE_MIB")) * MIB
CAPTURE_BYTES = int(setting("MINGCHU_CAPTURE_MIB")) * MIB
CAPTURE_EVENTS = int(setting("MINGCHU_CAPTURE_EVENTS"))
TRACE_PARTITIONS = setting("MINGCHU_TRACE_PARTITIONS") == "1"
CAPTURE_UNALLOTTED = setting("MINGCHU_CAPTURE_UNALLOTTED")
JURISDICTION = setting("MINGCHU_JURISDICTION")
if DEMO:
    clock.use(clock.DemoClock(HOME / "clock.json"))

_url = setting("MINGCHU_DATABASE_URL")
DATABASES = {
    "default": database(_url),
    "owner": {**database(setting("MINGCHU_DATABASE_OWNER_URL") or _url)},
}
DATABASES["owner"]["OPTIONS"].pop("pool")


def _secret() -> str:
    """The key that signs sessions; one file, made once by `mingchu up`."""
    path = HOME / "keys" / "session.key"
    return path.read_text().strip() if _is_there(path) else "unset-until-the-house-is-up"


SECRET_KEY = _secret()
DEBUG = False
# The machine itself asks whether the house is ready, and opens the links of the command line.
ALLOWED_HOSTS = [
    "localhost",
    "127.0.0.1",
    "[::1]",
    *filter(None, setting("MINGCHU_HOSTS").split(",")),
]
ROOT_URLCONF = "mingchu.site.urls"
WSGI_APPLICATION = "mingchu.site.wsgi.application"
AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "mingchu.demo",
    "mingchu.site",
    "mingchu.flows",
    "mingchu.alerts",
    "mingchu.complaints",
    "mingchu.territory",
    "mingchu.risk",
    "mingchu.inspection",
    "mingchu.registry",
    "mingchu.draw",
    "mingchu.trace",
    "mingchu.signals",
    "mingchu.kit",
    "mingchu.accounts",
    "mingchu.ledger",
    "mingchu.rulebook",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "mingchu.site.middleware.Trail",
    "mingchu.site.middleware.Headers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "mingchu.site.middleware.Choices",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "mingchu.site.middleware.Limits",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "mingchu.site.repeats.Repeats",
    "mingchu.site.middleware.Refusals",
]

TEMPLATES = [
    {
        "BACKEND": "mingchu.site.templating.Pages",
        "DIRS": sorted(Path(__file__).parents[1].glob("*/templates")),
        "OPTIONS": {
            "environment": "mingchu.site.templating.environment",
            "context_processors": [
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "mingchu.site.context.base",
                "mingchu.accounts.context.reader",
                "mingchu.kit.messages.context.inbox",
            ],
        },
    },
    # What packages bring along and no page of ours replaces.
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    },
]
FORM_RENDERER = "django.forms.renderers.Jinja2"

# Ways out to people. Mail goes by TLS, but for a server on this machine itself.
ADDRESS = setting("MINGCHU_ADDRESS").rstrip("/")
_mail = urlsplit(setting("MINGCHU_MAIL_URL"))
EMAIL_HOST = _mail.hostname or ""
EMAIL_USE_SSL = _mail.scheme == "smtps"
EMAIL_USE_TLS = not EMAIL_USE_SSL and EMAIL_HOST not in ("localhost", "127.0.0.1", "::1")
EMAIL_PORT = _mail.port or (465 if EMAIL_USE_SSL else 587)
EMAIL_HOST_USER = unquote(_mail.username or "")
EMAIL_HOST_PASSWORD = unquote(_mail.password or "")
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = setting("MINGCHU_MAIL_FROM") or f"mingchu@{EMAIL_HOST or 'localhost'}"
GATEWAYS = {
    way: {
        part: setting(f"MINGCHU_{name}_{part.upper()}")
        for part in ("url", "body", "token", "secret", "good")
    }
    for way, name in (("text", "SMS"), ("voice", "VOICE"))
}

# Where subscribers of events are told: outside only, unless the networks around are opened.
PRIVATE_HOOKS = setting("MINGCHU_PRIVATE_HOOKS") == "1"
LIVE_ADDRESS = setting("MINGCHU_LIVE_ADDRESS").rstrip("/")
LIVE_PORT = int(setting("MINGCHU_PORT")) + 1

FONTS = setting("MINGCHU_FONTS")

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
WHITENOISE_USE_FINDERS = True

# Bodies are limited per route by site.middleware.Limits, before anything reads them.
DATA_UPLOAD_MAX_MEMORY_SIZE = None
SECURE_REFERRER_POLICY = "same-origin"

CSRF_FAILURE_VIEW = "mingchu.site.answers.stale_form"
LOGGING = logs.configuration()
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
METRICS_TOKEN = setting("MINGCHU_METRICS_TOKEN")

CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "site_cache"}
}

# Sign-in: sessions, lock-out in accounts.limits, second factors and OIDC by allauth.
PROXIES = int(setting("MINGCHU_PROXIES"))
ALLAUTH_TRUSTED_PROXY_COUNT = PROXIES
if PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_ENGINE = "mingchu.accounts.sessions"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = setting("MINGCHU_HTTPS") == "1"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/account/"
LOGOUT_REDIRECT_URL = "/"
AUTHENTICATION_BACKENDS = ["mingchu.accounts.backends.Backend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "mingchu.accounts.passwords.Strong"},
]
ACCOUNT_ADAPTER = "mingchu.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_FORMS = {
    "login": "mingchu.accounts.forms.SignInForm",
    "reauthenticate": "mingchu.accounts.forms.ReauthenticateForm",
    "change_password": "mingchu.accounts.forms.ChangePasswordForm",
    "set_password": "mingchu.accounts.forms.SetPasswordForm",
}
MFA_ADAPTER = "mingchu.accounts.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1
# A demo is walked over plain HTTP on localhost, where browsers allow keys all the same.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO
MFA_FORMS = {
    "authenticate": "mingchu.accounts.forms.CodeForm",
    "reauthenticate": "mingchu.accounts.forms.CodeAgainForm",
    "activate_totp": "mingchu.accounts.forms.TotpForm",
    "add_webauthn": "mingchu.accounts.forms.AddKeyForm",
    "edit_webauthn": "mingchu.accounts.forms.RenameKeyForm",
}
SOCIALACCOUNT_ADAPTER = "mingchu.accounts.adapters.OutsideAdapter"
OIDC_CLAIM = setting("MINGCHU_OIDC_CLAIM")
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "city",
                "name": setting("MINGCHU_OIDC_NAME"),
                "client_id": setting("MINGCHU_OIDC_CLIENT"),
                "secret": setting("MINGCHU_OIDC_SECRET"),
                "settings": {"server_url": setting("MINGCHU_OIDC_URL")},
            }
        ]
        if setting("MINGCHU_OIDC_URL")
        else [],
    }
}

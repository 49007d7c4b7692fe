"""One example object for every URL that shows one, for the walk of URLs × roles.

A context that adds such a URL adds its line here: the function makes an object lying in HERE and
returns the URL's arguments. The walk then asks for it from THERE and expects 404.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from mingchu.accounts import services
from mingchu.accounts.domain import CITY, Scope, ScopeKind
from mingchu.accounts.models import Post, User
from mingchu.accounts.queries import actor_for

HERE, THERE = Scope(ScopeKind.DISTRICT, "150102"), Scope(ScopeKind.DISTRICT, "150104")


@dataclass(frozen=True)
class Example:
    """`make` returns the URL's arguments; `role` is one that may see the object HERE.

    An `owned` object is its person's alone, foreign to every other wherever he sits.
    """

    make: Callable[[], dict[str, Any]]
    role: str = "district"
    method: str = "get"
    owned: bool = False


def _post() -> Post:
    number = User.objects.count()
    user = services.enrol_person(username=f"walk{number}", name="测试")
    return services.give_post(user=user, role="inspector", scope=HERE)


def _enrolment() -> int:
    user = services.enrol_person(username="walk-chief", name="测试")
    services.give_post(user=user, role="city", scope=CITY)
    made = services.issue_enrolment(role="grid", scope=_station(), by=actor_for(user))
    return int(made.enrolment.pk)


def _import() -> int:
    from mingchu.kit.sheets import importing

    content = "登录账号,姓名,角色\n甲乙丙,测试,督导\n".encode()
    made = importing.start(key="people", content=content, file_name="a.csv", by=None)
    return int(made.pk)


def _upload() -> str:
    from build import an_attachment

    return an_attachment(f"business:{_business_code()}").sent_sha256


def _station() -> Scope:
    return Scope(ScopeKind.STATION, f"{HERE.code}001")


def _token() -> str:
    return str(services.issue_token(post=_post(), title="测试")[0].pk)


def _security_key() -> int:
    from allauth.mfa.models import Authenticator

    key = Authenticator.objects.create(
        user=_post().user,
        type=Authenticator.Type.WEBAUTHN,
        data={"name": "k", "credential": base64.b64encode(b"x").decode()},
    )
    return int(key.pk)


def _business() -> int:
    from build import a_restaurant

    from mingchu.registry import services as registry

    return int(registry.enrol(a_restaurant(district=HERE.code, station="")).pk)


def _business_code() -> str:
    from mingchu.registry.domain import public_id

    return public_id(_business())


def _attachment() -> UUID:
    from build import an_attachment

    return an_attachment(f"business:{_business_code()}").pk


def _entry() -> str:
    from mingchu.ledger.models import Entry

    return str(Entry.objects.filter(subject=f"business:{_business_code()}").latest("pk").pk)


# URL name → example.
EXAMPLES: dict[str, Example] = {
    "registry:business": Example(lambda: {"number": _business()}),
    "registry:correct": Example(lambda: {"number": _business()}),
    "registry:state": Example(lambda: {"number": _business()}),
    "registry:licence": Example(lambda: {"number": _business()}),
    "api:one_business": Example(lambda: {"code": _business_code()}),
    "kit:import": Example(lambda: {"pk": _import()}, owned=True),
    "kit:import_columns": Example(lambda: {"pk": _import()}, owned=True),
    "kit:import_apply": Example(lambda: {"pk": _import()}, method="post", owned=True),
    "kit:import_undo": Example(lambda: {"pk": _import()}, method="post", owned=True),
    "kit:import_file": Example(lambda: {"pk": _import()}, owned=True),
    "api:one_import": Example(lambda: {"pk": _import()}, owned=True),
    "api:apply_import": Example(lambda: {"pk": _import()}, method="post", owned=True),
    "api:undo_import": Example(lambda: {"pk": _import()}, method="post", owned=True),
    "kit:attachment": Example(lambda: {"pk": _attachment()}),
    "api:send_blob": Example(lambda: {"sha256": _upload()}, owned=True),
    "api:blob_state": Example(lambda: {"sha256": _upload()}, owned=True),
    "api:blob_offset": Example(lambda: {"sha256": _upload()}, method="head", owned=True),
    "ledger:entry": Example(lambda: {"pk": _entry()}),
    "accounts:post": Example(lambda: {"pk": _post().pk}),
    "accounts:reset": Example(lambda: {"pk": _post().pk}, method="post"),
    "accounts:void_enrolment": Example(lambda: {"pk": _enrolment()}, method="post"),
    "accounts:revoke_token": Example(lambda: {"pk": _token()}, method="post", owned=True),
    "mfa_edit_webauthn": Example(lambda: {"pk": _security_key()}, owned=True),
    "mfa_remove_webauthn": Example(lambda: {"pk": _security_key()}, owned=True),
}

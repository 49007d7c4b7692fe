"""`mingchu login`, `token new`, `token revoke`: ways in for whoever runs the machine."""

from __future__ import annotations

import argparse

from django.utils.translation import gettext_noop as _noop

from mingchu.accounts import queries, services
from mingchu.accounts.roles import roles
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.ledger.services import acting
from mingchu.ops import home
from mingchu.ops.commands import Result
from mingchu.site.settings import setting

ACTOR = "system:command-line"


def login_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("role", metavar="ROLE", help=f"one of: {' '.join(roles().by_code)}")
    parser.add_argument("--district", default="", help="division code of a district")


def login(arguments: argparse.Namespace) -> Result:
    """A link that signs in whoever holds the role, once, from this machine."""
    with acting(ACTOR):
        ticket = services.issue_link(user=services.desk(arguments.role, arguments.district).user)
    # A running house says itself which port it was given.
    house = home.address() or f"http://127.0.0.1:{setting('MINGCHU_PORT')}/"
    url = f"{house}login/{ticket.secret}"
    return Result({"url": url, "expires": clock.city(ticket.expires).isoformat()}, [url])


def new_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--role", required=True, help=f"one of: {' '.join(roles().by_code)}")
    parser.add_argument("--district", default="", help="division code of a district")
    parser.add_argument(
        "--scope",
        action="append",
        default=[],
        choices=sorted(roles().api_scopes),
        help="what the key may do; may be repeated; without it all that the role may",
    )
    parser.add_argument("--days", type=int, default=services.TOKEN_DAYS)


def new(arguments: argparse.Namespace) -> Result:
    """A key for a program; it is shown now and never again."""
    with acting(ACTOR):
        token, text = services.issue_token(
            post=services.machine_desk(arguments.role, arguments.district),
            title=ACTOR,
            api_scopes=tuple(arguments.scope),
            days=arguments.days,
        )
    data = {
        "id": token.pk,
        "token": text,
        "scopes": token.api_scopes or list(_all_scopes(arguments.role)),
        "expires": clock.city(token.expires_at).isoformat(),
    }
    return Result(data, [text])


def _all_scopes(role: str) -> tuple[str, ...]:
    return roles().api_scopes_of(roles().by_code[role])


def revoke_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", metavar="ID", help="the id that `token new` printed")


def revoke(arguments: argparse.Namespace) -> Result:
    """From now on the key opens nothing."""
    token = queries.token_by_id(arguments.id)
    if token is None:
        raise Refusal(
            "no_such_token",
            _noop("没有编号为“{token}”的令牌"),
            fix=_noop("请核对编号"),
            status=404,
            token=arguments.id,
        )
    with acting(ACTOR):
        services.revoke_token(token=token)
    return Result({"id": token.pk, "revoked": True}, [f"revoked {token.pk}"])

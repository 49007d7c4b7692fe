"""`docs/access.md`: who may do what, written from the roles and the routes themselves."""

from __future__ import annotations

from collections import defaultdict

from mingchu.accounts.access import PUBLIC
from mingchu.accounts.domain import Role, Roles
from mingchu.accounts.roles import roles
from mingchu.accounts.routes import Route, routes

HEAD = """# Access

Generated from `mingchu/accounts/data/roles.yaml` and the routes; a test compares. Whatever a role
may do, it may do only inside the scopes of its posts: an object elsewhere answers 404. Inspection
actions ({certificate}) need an inspection certificate in force besides the role. What a business,
school or market does for itself ({bodies}) no role of city, district or station has, whatever its
wildcards. Everybody signed in has {everyone}, about himself only.

## Roles

| Role | 角色 | Title | Scopes | Certificate | Actions | Gives |
|---|---|---|---|---|---|---|
"""


def access_table() -> str:
    """The whole page."""
    table = roles()
    head = HEAD.format(
        certificate=", ".join(f"`{action}`" for action in table.certificate_actions),
        bodies=", ".join(f"`{action}`" for action in table.body_actions),
        everyone=", ".join(f"`{action}`" for action in table.everyone),
    )
    return head + "".join(map(_role, table)) + _actions(table, routes()) + _public(routes())


def _role(role: Role) -> str:
    cells = (
        f"`{role.code}`",
        role.zh,
        role.en,
        ", ".join(role.scopes),
        "required" if role.certificate else "",
        " ".join(f"`{pattern}`" for pattern in role.actions),
        " ".join(role.gives),
    )
    return f"| {' | '.join(cells)} |\n"


def _actions(table: Roles, known: list[Route]) -> str:
    """Each action that some route asks for, with who may and where it is asked."""
    asked: dict[str, set[str]] = defaultdict(set)
    for route in known:
        if route.action not in ("", PUBLIC):
            asked[route.action].add(f"`{route.method} {route.path}`".replace("` ", "`"))
    lines = [
        f"| `{action}` | {_who(table, action)} | {'<br>'.join(sorted(asked[action]))} |\n"
        for action in sorted(asked)
    ]
    return "\n## Actions in use\n\n| Action | Roles | Routes |\n|---|---|---|\n" + "".join(lines)


def _who(table: Roles, action: str) -> str:
    if action in table.everyone:
        return "everybody signed in"
    return " ".join(role.code for role in table if table.grants(role, action, certified=True))


def _public(known: list[Route]) -> str:
    lines = sorted({f"* `{route.path}`\n" for route in known if route.action == PUBLIC})
    return "\n## Public routes\n\n" + "".join(lines)

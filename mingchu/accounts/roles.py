"""The table of roles, read once from `data/roles.yaml` and refused if it contradicts itself."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from mingchu.accounts.domain import Role, Roles, ScopeKind, faults

TABLE = Path(__file__).parent / "data" / "roles.yaml"


@cache
def roles() -> Roles:
    """The roles of this house."""
    return load(TABLE.read_text(encoding="utf-8"))


def load(text: str) -> Roles:
    """Raises ValueError with the first contradiction found."""
    said = yaml.safe_load(text)
    table = Roles(
        by_code={code: _role(code, facts) for code, facts in said["roles"].items()},
        everyone=tuple(said["everyone"]),
        certificate_actions=tuple(said["certificate_actions"]),
        never_certified=tuple(said["never_certified"]),
        body_actions=tuple(said["body_actions"]),
        api_scopes={name: tuple(patterns) for name, patterns in said["api_scopes"].items()},
    )
    if wrong := next(faults(table), None):
        raise ValueError(wrong)
    return table


def _role(code: str, facts: dict[str, Any]) -> Role:
    return Role(
        code=code,
        zh=facts["zh"],
        en=facts["en"],
        scopes=tuple(ScopeKind(kind) for kind in facts["scopes"]),
        actions=tuple(facts["actions"]),
        certificate=bool(facts.get("certificate", False)),
        gives=tuple(facts.get("gives", ())),
        light=bool(facts.get("light", False)),
        home=facts.get("home", "/account/"),
    )

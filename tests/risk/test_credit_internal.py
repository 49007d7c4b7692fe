"""The credit-risk class is internal: no public byte, and no byte of whoever may not see one,
depends on it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from credited import a_firm, class_of, held_against, visited
from django.test import Client
from django.urls import reverse

from mingchu.accounts.access import PUBLIC
from mingchu.accounts.domain import any_matches
from mingchu.accounts.roles import roles
from mingchu.accounts.routes import routes
from mingchu.ledger.models import Entry
from mingchu.ledger.services import seal
from mingchu.registry.models import Business
from mingchu.risk.credit_pages import CREDIT
from mingchu.risk.models import CreditClass, CreditRun
from mingchu.risk.services.classing import reckon

pytestmark = pytest.mark.django_db
# What differs from one answer to the next whatever is told: tokens of forms, nonces, request ids.
FLEETING = re.compile(
    rb'value="[\w-]{26,64}"|nonce="[^"]+"|"request": ?"[0-9a-f]+"|'
    rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}|\b[0-9a-f]{16}\b"
)
# Counters of processes: they count questions, not classes.
COUNTERS = {"/metrics"}


@pytest.fixture
def firm() -> Business:
    one = a_firm()
    held_against(one)
    visited(one)
    reckon()
    seal()
    return one


def lift(firm: Business) -> None:
    """Nothing changes but the class: it was low and is high."""
    grave = {"item": "complaints", "points": 15, "max": 15, "why": {"is": "unmet"}}
    held = class_of(firm)
    assert held is not None
    assert held.credit == "A"
    CreditClass.objects.filter(pk=held.pk).update(
        credit="D", points=88, lifted_by=["serious"], reasons=[grave], answers={"complaints": 9}
    )
    CreditRun.objects.update(counts={"D": 1}, digest="f" * 64, moved=1, salt="a" * 32)


def said(client: Client, path: str) -> bytes:
    answer = client.get(path, headers={"Accept-Language": "zh-CN"})
    body = b"".join(answer) if answer.streaming else answer.content
    return str(answer.status_code).encode() + FLEETING.sub(b"", body)


def public_paths(firm: Business) -> Iterator[str]:
    """Every address that asks for no log-in; of those with a part to fill in, what the firm has."""
    plain = {route.path for route in routes() if route.action == PUBLIC and not route.arguments}
    yield from sorted(plain - COUNTERS)
    yield reverse("registry:public_business", args=[firm.pk])
    yield from (f"/p/?q={firm.name}", "/rules/?family=credit", "/rules/?q=credit")
    for rule in ("credit.indicators", "credit.measures", "credit.draw_ratio", "credit.quiet"):
        yield from (f"/rules/{rule}", f"/api/v1/rules/{rule}")
    yield from (f"/open/log/inclusion?log=journal&id={pk}" for pk in _entries())
    yield from (f"/open/entry?log=journal&id={pk}" for pk in _entries())
    yield "/api/v1/openapi.json"


def _entries() -> list[str]:
    return [str(pk) for pk in Entry.objects.order_by("id").values_list("pk", flat=True)]


def test_no_public_byte_depends_on_a_class(firm, client):
    paths = list(public_paths(firm))
    low = {path: said(client, path) for path in paths}

    lift(firm)

    assert [path for path in paths if said(client, path) != low[path]] == []
    assert len([path for path in paths if low[path].startswith(b"200")]) > len(paths) / 2


def test_nobody_without_a_log_in_reaches_a_page_of_credit(firm, client):
    for route in routes():
        if route.action.startswith("risk."):
            path = re.sub(r"<\w+:(\w+)>", "1", route.path)
            answer = client.get(path)
            assert answer.status_code in {302, 401, 404, 405}, path


def test_no_entry_of_the_ledger_holds_a_class(firm):
    lift(firm)
    reckon()

    held = [json.loads(data) for data in Entry.objects.values_list("data", flat=True)]
    words = {str(value) for one in held for value in _leaves(one)}

    assert words & {"A", "B", "C", "D"} == set()
    assert not [one for one in held if {"credit", "class", "letter"} & one.keys()]


def _leaves(value: object) -> Iterator[object]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from _leaves(one)
    else:
        yield value


# ── Who may ──


def test_the_bureaus_see_a_class_and_nobody_else_does():
    seeing = {role.code for role in roles() if any_matches(role.actions, CREDIT)}

    assert seeing == {"city", "district"}


BLIND = ["station", "inspector", "publisher", "case_officer", "auditor", "duty_cadre", "grid",
         "education", "enterprise", "canteen"]  # fmt: skip


def paths_of(firm: Business, role: str) -> list[str]:
    code = firm.public_id
    if role in {"enterprise", "canteen"}:
        return ["/e/", f"/api/v1/businesses/{code}", f"/api/v1/businesses/{code}/credit"]
    named = ["risk:credit_classes", "risk:export_credit_classes", "risk:lists", "risk:key",
             "risk:burden", "risk:undisturbed", "risk:export_undisturbed", "risk:measures",
             "workbench", "city"]  # fmt: skip
    return [
        *map(reverse, named),
        reverse("registry:business", args=[firm.pk]),
        reverse("risk:credit_file", args=[firm.pk]),
        f"/api/v1/businesses/{code}",
        f"/api/v1/businesses/{code}/credit",
        f"/api/v1/businesses/{code}/burden",
        f"/api/v1/businesses?q={firm.name}",
    ]


@pytest.mark.parametrize("role", BLIND)
def test_what_anybody_else_is_told_does_not_depend_on_a_class(firm, desk, role):
    code = {"enterprise": firm.public_id, "canteen": firm.public_id, "inspector": firm.district}
    reader = desk(
        code.get(role, f"{firm.district}001" if role in STATIONS else firm.district), role
    )
    Business.objects.filter(pk=firm.pk).update(station=f"{firm.district}001")
    paths = paths_of(firm, role)
    low = {path: said(reader, path) for path in paths}

    lift(firm)

    assert [path for path in paths if said(reader, path) != low[path]] == []


STATIONS = {"station", "grid"}


@pytest.mark.parametrize("role", ["city", "district"])
def test_the_bureau_is_told_the_class_with_every_reason(firm, desk, role):
    reader = desk(firm.district if role == "district" else "", role)
    code = firm.public_id
    file = reverse("risk:credit_file", args=[firm.pk])
    low = said(reader, file).decode()

    lift(firm)
    high = said(reader, file).decode()
    told = reader.get(f"/api/v1/businesses/{code}/credit").json()

    assert "信用A类" in low
    assert "信用D类" in high
    assert "严重违法失信名单" in high
    assert (told["class"]["class"], told["class"]["points"]) == ("D", 88)
    assert told["measures"]["ratio"] == 30
    assert told["class"]["rules"]["credit.indicators"] == "2019-01-01"


def test_a_class_of_another_district_is_not_told(firm, desk):
    reader = desk("150102")

    assert reader.get(reverse("risk:credit_file", args=[firm.pk])).status_code == 404
    assert reader.get(f"/api/v1/businesses/{firm.public_id}/credit").status_code == 404
    assert firm.name not in reader.get(reverse("risk:credit_classes")).content.decode()

"""Commands: links and keys for whoever runs the machine."""

import argparse
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from mingchu.accounts.domain import may
from mingchu.accounts.queries import actor_of_token
from mingchu.base.errors import Refusal
from mingchu.ops.commands import Result, accounts


def run(name: str, *words: str) -> Result:
    parser = argparse.ArgumentParser()
    getattr(accounts, f"{name}_arguments")(parser)
    result: Result = getattr(accounts, name)(parser.parse_args(words))
    return result


def test_login_prints_a_link_that_works_here_once(someone, client):
    someone("city")

    link = run("login", "city").data

    assert set(link) == {"url", "expires"}
    assert datetime.fromisoformat(link["expires"]).utcoffset() is not None
    path = link["url"].removeprefix("http://127.0.0.1:8000")
    assert client.get(path).status_code == 302
    assert client.get(reverse("accounts:account")).status_code == 200
    assert Client().get(path).status_code == 403


def test_a_new_token_says_what_it_may(db):
    key = run("new", "--role", "lab").data

    assert set(key) == {"id", "token", "scopes", "expires"}
    assert key["scopes"] == ["read", "write"]
    assert may(actor_of_token(key["token"]), "sampling.result")


def test_a_token_may_be_narrowed(db):
    key = run("new", "--role", "district", "--district", "150102", "--scope", "signals").data
    actor = actor_of_token(key["token"])

    assert key["scopes"] == ["signals"]
    assert may(actor, "signals.send")
    assert not may(actor, "registry.read")


def test_a_revoked_token_is_nobody(db):
    key = run("new", "--role", "city").data

    run("revoke", key["id"])

    assert actor_of_token(key["token"]) is None


def test_a_token_nobody_knows_cannot_be_revoked(db):
    with pytest.raises(Refusal, match="no_such_token"):
        run("revoke", "NONE")


def test_an_api_scope_nobody_knows_is_wrong_usage(db, capsys):
    with pytest.raises(SystemExit) as left:
        run("new", "--role", "city", "--scope", "everything")

    assert left.value.code == 2

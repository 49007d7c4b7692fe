"""Entries: every act upon people, posts and keys stands in the ledger, with who did it."""

from __future__ import annotations

import json
from datetime import timedelta

from django.urls import reverse

from mingchu.accounts import services
from mingchu.accounts.domain import Scope, ScopeKind
from mingchu.accounts.queries import actor_for
from mingchu.base import clock
from mingchu.ledger.models import Entry

XINCHENG = Scope(ScopeKind.DISTRICT, "150102")


def entries(kind: str) -> list[dict[str, object]]:
    rows = Entry.objects.filter(kind=f"accounts.{kind}").order_by("id")
    return [json.loads(entry.data) for entry in rows]


def test_a_person_and_his_post_are_entered_by_number_and_not_by_name(someone):
    user = someone("district", XINCHENG)

    assert entries("person_enrolled") == [{"machine": False, "user_id": user.pk}]
    [given] = entries("post_given")
    assert (given["user_id"], given["role"]) == (user.pk, "district")
    assert not Entry.objects.filter(data__contains=user.name).exists()
    assert not Entry.objects.filter(data__contains=user.username).exists()


def test_a_desk_handed_over_is_one_act_with_its_ends_and_beginnings(someone):
    giver, taker, chief = someone("district", XINCHENG), someone(), actor_for(someone("city"))

    day = clock.today() + timedelta(days=1)
    [taken] = services.hand_over(giver=giver, taker=taker, since=day, by=chief)

    held = giver.posts.get()
    assert entries("post_ended")[-1]["post_id"] == held.pk
    assert entries("post_given")[-1]["post_id"] == taken.pk
    assert entries("desk_handed_over")[-1]["posts"] == [[held.pk, taken.pk]]


def test_what_is_done_on_a_page_is_entered_in_the_officers_name_and_post(someone, signed_in):
    post, chief = someone("district", XINCHENG).posts.get(), signed_in("city")

    chief.post(
        reverse("accounts:post", args=[post.pk]),
        {"until": clock.today().isoformat()},
        headers={"X-Request-Id": "a1b2c3d4e5"},
    )

    entry = Entry.objects.get(kind="accounts.post_ended")
    assert entry.actor == f"user:{chief.user.pk}"
    assert entry.post == f"post:{chief.user.posts.get().pk}"
    assert entry.request == "a1b2c3d4e5"


def test_a_key_is_entered_when_made_and_when_ended(someone):
    user = someone("lab")
    held, _text = services.issue_token(post=user.posts.get(), title="x", api_scopes=("read",))
    services.revoke_token(token=held)

    assert [entries(kind)[0]["token_id"] for kind in ("token_issued", "token_revoked")] == [
        str(held.pk)
    ] * 2

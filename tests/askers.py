"""Programs that read the repository through Django, and what they find in answers."""

from __future__ import annotations

import json
from urllib.parse import urlencode

from django.test import Client

from mingchu.accounts import services as accounts
from mingchu.accounts.domain import CITY


class Asker:
    """A program that reads, by its token."""

    def __init__(self, role="city", scope=CITY):
        user = accounts.enrol_person(username=f"asker-{role}-{scope.code}", name="测试")
        post = accounts.give_post(user=user, role=role, scope=scope)
        _token, secret = accounts.issue_token(post=post, title="测试", api_scopes=("epcis",))
        self.client = Client(headers={"Authorization": f"Bearer {secret}"})

    def get(self, address="/epcis/events", headers=None, **said):
        more = f"?{urlencode(said)}" if said else ""
        return self.client.get(f"{address}{more}", headers=headers or {})


def events_in(answer) -> list:
    assert answer.status_code == 200, answer.content
    return json.loads(answer.content)["epcisBody"]["queryResults"]["resultsBody"]["eventList"]


def problem(answer) -> tuple:
    said = json.loads(answer.content)
    return answer.status_code, said["type"].removeprefix("epcisException:"), said["code"]


def link_of(answer) -> str:
    return answer["Link"].removeprefix("<").partition(">")[0]

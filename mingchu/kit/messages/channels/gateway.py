"""Gateways 短信与语音网关: a text message or a call by whatever HTTP interface the city bought.

Body, credentials and the sign of success are settings; docs/production.md shows them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from typing import Any

from django.conf import settings

from mingchu.kit import outward
from mingchu.kit.messages import queries, words
from mingchu.kit.messages.domain import Way
from mingchu.ledger.services import Message


def _send(way: Way, message: Message) -> str:
    gateway = settings.GATEWAYS[way]
    user, messages = queries.carried(message.payload)
    if user is None or not user.phone or not messages:
        return ""
    with words.language_of(user):
        text = words.brief(messages)
    places = {"{phone}": user.phone, "{text}": text, "{key}": str(message.key)}
    body = json.dumps(_filled(json.loads(gateway["body"]), places), ensure_ascii=False).encode()
    headers = {"Content-Type": outward.JSON, "Idempotency-Key": str(message.key)}
    if gateway["token"]:
        headers["Authorization"] = f"Bearer {gateway['token']}"
    if gateway["secret"]:
        headers |= outward.signed(gateway["secret"], body)
    answer = outward.taken(outward.post(gateway["url"], body, headers))
    name, _equals, good = gateway["good"].partition("=")
    if name and str(answer.values().get(name)) != good:
        raise outward.NotTaken(answer.said)
    return answer.said


send_text = partial(_send, Way.TEXT)
send_call = partial(_send, Way.VOICE)


def _filled(shape: Any, places: Mapping[str, str]) -> Any:
    """The template with its places filled, inside the values of JSON: nothing can break out."""
    if isinstance(shape, dict):
        return {name: _filled(part, places) for name, part in shape.items()}
    if isinstance(shape, list):
        return [_filled(part, places) for part in shape]
    if isinstance(shape, str):
        for place, value in places.items():
            shape = shape.replace(place, value)
    return shape

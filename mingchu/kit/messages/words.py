"""Words 措辞: what a message says, in its reader's language, at the length of its way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from mingchu.accounts.models import User
from mingchu.kit.models import Message, Severity

TEXT_CHARACTERS = 200
TITLES_LISTED = 3
GRAVE = _("【紧急】")


@dataclass(frozen=True)
class Told:
    """A message in the reader's language; `link` leads to the thing, from anywhere."""

    title: str
    lines: tuple[str, ...]
    link: str


def language_of(user: User) -> translation.override:
    """Inside the block the house speaks the person's language."""
    return translation.override(user.language or settings.LANGUAGE_CODE)


def told(message: Message) -> Told:
    return Told(
        _said(message.what, message),
        tuple(_said(line, message) for line in message.lines),
        f"{settings.ADDRESS}{message.link}" if message.link else "",
    )


def _said(source: str, message: Message) -> str:
    # An empty text would be answered with the catalogue's head.
    return gettext(source).format(**message.facts) if source else ""


def title(messages: Sequence[Message]) -> str:
    """One line for what came together."""
    if len(messages) > 1:
        count = len(messages)
        return ngettext("您有 %(count)d 条消息", "您有 %(count)d 条消息", count) % {"count": count}
    grave = str(GRAVE) if messages[0].severity == Severity.GRAVE else ""
    return grave + told(messages[0]).title


def whole(messages: Sequence[Message]) -> str:
    """Everything that is told, message by message."""
    return "\n\n".join(
        "\n".join(filter(None, (title([one]), *said.lines, said.link)))
        for one in messages
        for said in [told(one)]
    )


def brief(messages: Sequence[Message]) -> str:
    """What a telephone shows, or says."""
    head = title(messages)
    if len(messages) > 1:
        listed = [told(one).title for one in messages[:TITLES_LISTED]]
        head += gettext("：") + gettext("；").join(listed)
    return cut(head, TEXT_CHARACTERS)


def cut(text: str, characters: int) -> str:
    return text if len(text) <= characters else text[: characters - 1] + "…"


def cut_bytes(text: str, most: int) -> str:
    """The text cut to so many bytes, whole characters only."""
    raw = text.encode()
    if len(raw) <= most:
        return text
    return raw[: most - 3].decode(errors="ignore") + "…"

"""How the entries of files read on the timeline of their subject."""

from __future__ import annotations

from django.utils.translation import gettext

from mingchu.base.slots import SENTENCES, Sentence


def hang() -> None:
    for sentence in (
        Sentence("kit.file_attached", lambda data: gettext("收存一份附件")),
        Sentence("kit.file_detached", lambda data: gettext("撤下一份附件")),
    ):
        SENTENCES.add(sentence.kind, sentence)

"""E-mail 电子邮件: by the city's own mail server."""

from __future__ import annotations

from smtplib import (
    SMTPConnectError,
    SMTPException,
    SMTPHeloError,
    SMTPNotSupportedError,
    SMTPServerDisconnected,
)

from django.core.mail import EmailMessage
from django.core.mail.utils import DNS_NAME

from mingchu.kit.messages import queries, words
from mingchu.kit.messages.ways import reach_of
from mingchu.ledger.services import Message, OutOfReach

AWAY = (SMTPConnectError, SMTPHeloError, SMTPServerDisconnected, SMTPNotSupportedError)


def send(message: Message) -> str:
    """One mail with all that came together; its Message-ID is the delivery's id."""
    user, messages = queries.carried(message.payload)
    address = reach_of(user).mail if user else ""
    if user is None or not address or not messages:
        return ""
    with words.language_of(user):
        mail = EmailMessage(
            subject=words.title(messages),
            body=words.whole(messages),
            to=[address],
            headers={
                "Message-ID": f"<{message.key}@{DNS_NAME}>",
                "Auto-Submitted": "auto-generated",
            },
        )
    try:
        mail.send()
    except AWAY as fault:
        raise OutOfReach(f"{type(fault).__name__} {fault}") from fault
    except SMTPException:
        raise
    except OSError as fault:
        raise OutOfReach(f"{type(fault).__name__} {fault}") from fault
    return address

"""Messages and real commits: nothing of what did not happen, nothing lost, nothing counts twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest
from build import SAIHAN
from django.db import transaction
from django.db.transaction import TransactionManagementError

from mingchu.accounts.domain import Scope, ScopeKind
from mingchu.kit.messages.domain import Severity, To
from mingchu.kit.messages.telling import tell, tell_many
from mingchu.kit.models import Message
from mingchu.ledger.models import Outgoing
from mingchu.ledger.services import deliver


def told() -> None:
    to = [To(Scope(ScopeKind.DISTRICT, SAIHAN), role="district")]
    tell(subject="order:1", what="超时", to=to, severity=Severity.GRAVE)


def test_what_did_not_happen_is_not_told(committed, home, person, ways_out):
    person(phone="13800000001")
    with transaction.atomic():
        told()
        transaction.set_rollback(True)

    assert (Message.objects.count(), Outgoing.objects.count(), deliver()) == (0, 0, 0)
    with pytest.raises(TransactionManagementError):
        tell_many([])


DELIVERS = """
from mingchu.ops import home
home.configure()
from mingchu.ledger import services
services.deliver()
"""


def test_a_worker_killed_between_sending_and_noting_sends_again_under_the_same_key(
    committed, home, service, told_to
):
    partner = service()
    told_to(partner)
    with transaction.atomic():
        told()
    worker: list[subprocess.Popen[bytes]] = []
    partner.before_answer = lambda: worker and os.kill(worker.pop().pid, signal.SIGKILL)
    died = subprocess.Popen(
        [sys.executable, "-c", DELIVERS],
        env={"MINGCHU_HOME": str(home), "MINGCHU_DATABASE_URL": committed},
    )
    worker.append(died)
    assert died.wait(60) == -signal.SIGKILL
    assert Outgoing.objects.get().state == "pending"

    assert deliver() == 1

    assert len(partner.heard) == 2
    assert len({one.headers["Idempotency-Key"] for one in partner.heard}) == 1

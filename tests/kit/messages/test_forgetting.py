"""What is kept for a time goes when the time has run, and the ledger says how much went."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from build import SAIHAN, a_pdf, an_attachment
from evidence import ROLES, in_district

from mingchu.accounts.domain import Scope, ScopeKind
from mingchu.base import clock
from mingchu.kit import forgetting
from mingchu.kit.files import keeping
from mingchu.kit.files.guards import GUARDS, Guard
from mingchu.kit.forgetting import Forgotten, forget
from mingchu.kit.messages import duties
from mingchu.kit.messages.domain import Severity, To
from mingchu.kit.messages.telling import tell
from mingchu.kit.models import Attachment, Duty, ImportBatch, ImportFile, InboxItem, Message
from mingchu.kit.sheets import importing
from mingchu.ledger.models import Entry
from mingchu.rulebook.store import rule

pytestmark = pytest.mark.django_db
HERE = Scope(ScopeKind.DISTRICT, SAIHAN)
NOW = datetime(2026, 11, 20, 9, tzinfo=clock.CITY_ZONE)
# Of a context that only this test knows: odd numbers are over since always.
if GUARDS.get("overtest") is None:
    GUARDS.add(
        "overtest", Guard(ROLES, in_district, lambda numbers, moment: [n for n in numbers if n % 2])
    )


@pytest.fixture(autouse=True)
def own_home(home: object) -> None:
    """Each test has a home of its own."""


def days(name: str) -> int:
    return int(rule(name).on(NOW.date()).number())


def told(moment: datetime) -> Message:
    with clock.at(moment):
        return tell(
            subject="order:12", what="工单已超时", to=[To(HERE, role="district")],
            severity=Severity.PRESSING,
        )  # fmt: skip


def test_messages_and_duties_go_on_the_day_after_their_term_and_not_before(person: Any) -> None:
    chief, kept = person("district"), timedelta(days=days("retention.messages"))
    told(NOW)
    duties.set_duty(user=chief, scope=HERE, begins=NOW, ends=NOW + timedelta(hours=8))

    with clock.at(NOW + kept):
        assert forget() == Forgotten(0, 0, 0, 0)
    with clock.at(NOW + kept + timedelta(days=1)):
        latest = told(clock.now())
        assert forget() == Forgotten(1, 1, 0, 0)
        assert forget() == Forgotten(0, 0, 0, 0)

    assert list(Message.objects.all()) == [latest]
    assert [item.message_id for item in InboxItem.objects.all()] == [latest.pk]
    assert not Duty.objects.exists()
    entries = Entry.objects.filter(kind="kit.records_forgotten").order_by("subject")
    said = [(entry.subject, json.loads(entry.data)["count"]) for entry in entries]
    assert said == [("kit:duties", 1), ("kit:messages", 1)]


def test_very_many_messages_go_batch_by_batch(person: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forgetting, "AT_ONCE", 2)
    person("district")
    for _number in range(5):
        told(NOW)

    with clock.at(NOW + timedelta(days=days("retention.messages") + 1)):
        assert forget().messages == 5

    assert Entry.objects.filter(kind="kit.records_forgotten").count() == 3


def test_evidence_goes_with_its_term_once_what_it_proves_is_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(forgetting, "AT_ONCE", 2)
    subjects = ("overtest:1", "overtest:2", "overtest:3", "walltest:150102", "overtest:5")
    with clock.at(NOW):
        over, open_, held, unsaid, last = (
            an_attachment(subject, "paper", a_pdf(subject)) for subject in subjects
        )
    keeping.hold(blob=held.blob)
    term = NOW.replace(year=NOW.year + days("retention.evidence"))

    with clock.at(term):
        assert forget().files == 0
    with clock.at(term + timedelta(days=1)):
        assert forget().files == 2

    left = set(Attachment.objects.values_list("subject", flat=True))
    assert left == {open_.subject, held.subject, unsaid.subject}
    gone = Entry.objects.filter(kind="kit.file_detached").values_list("subject", flat=True)
    assert set(gone) == {over.subject, last.subject}


def test_a_list_goes_with_its_rows_and_its_bytes_stay_with_a_later_one() -> None:
    once, twice = (f"值班日期,开始时间,结束时间,登录账号\n{n}\n".encode() for n in (1, 2))
    with clock.at(NOW):
        for content in (once, twice):
            importing.start(key="duty", content=content, file_name="a.csv", by=None)
    with clock.at(NOW + timedelta(days=100)):
        later = importing.start(key="duty", content=twice, file_name="b.csv", by=None)

    with clock.at(NOW + timedelta(days=days("retention.imports") + 1)):
        assert forget().imports == 2

    assert [one.pk for one in ImportBatch.objects.all()] == [later.pk]
    assert [bytes(one.content) for one in ImportFile.objects.all()] == [twice]

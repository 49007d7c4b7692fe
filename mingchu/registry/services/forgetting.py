"""People who left are forgotten when the term of their data has run."""

from __future__ import annotations

from mingchu.kit.forgetting import forget_rows, kept_from
from mingchu.registry.models import Person


def forget_people() -> int:
    """Erases whoever left so long ago, with certificates, training and exams; how many. Entries of
    the ledger name them by numbers alone and stay."""
    until = kept_from("retention.people")
    return forget_rows("registry:people", Person.objects.filter(until__lt=until), until)

"""Instruments 检测器具: what measures are taken with, and until when each is calibrated."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_noop as _noop

from mingchu.base.errors import Refusal
from mingchu.inspection import events
from mingchu.inspection.models import Instrument
from mingchu.ledger.services import record


@transaction.atomic
def keep_instrument(
    *,
    number: str,
    name: str,
    kind: str,
    calibrated_until: date,
    district: str = "",
    certificate: str = "",
) -> Instrument:
    """A new one; without a district the whole city uses it."""
    number = number.strip()
    if Instrument.objects.filter(number=number).exists():
        raise Refusal(
            "instrument_known",
            _noop("器具编号{number}已经登记过"),
            fix=_noop("请核对编号；重新校准的请在原记录上登记"),
            status=409,
            number=number,
        )
    made = Instrument.objects.create(
        number=number,
        name=name.strip(),
        kind=kind,
        district=district,
        calibrated_until=calibrated_until,
        certificate=certificate.strip(),
    )
    return _kept(made)


@transaction.atomic
def calibrate(*, instrument: Instrument, until: date, certificate: str = "") -> Instrument:
    """Calibrated anew; it measures again from now on."""
    held = Instrument.objects.select_for_update().get(pk=instrument.pk)
    if until < held.calibrated_until:
        raise Refusal(
            "calibration_shorter",
            _noop("新的有效期{until}早于原来的{before}"),
            fix=_noop("请核对校准证书上的日期"),
            status=422,
            until=until,
            before=held.calibrated_until,
        )
    held.calibrated_until, held.in_use = until, True
    held.certificate = certificate.strip() or held.certificate
    held.save()
    return _kept(held)


@transaction.atomic
def retire(*, instrument: Instrument) -> Instrument:
    """It measures no more; records that name it stay."""
    held = Instrument.objects.select_for_update().get(pk=instrument.pk)
    if held.in_use:
        held.in_use = False
        held.save(update_fields=["in_use"])
        _kept(held)
    return held


def _kept(one: Instrument) -> Instrument:
    record(
        events.InstrumentKept(
            subject=f"instrument:{one.pk}",
            number=one.number,
            calibrated_until=one.calibrated_until,
            in_use=one.in_use,
        )
    )
    return one

"""Unsent 补交: the file of a phone that cannot send is handed in by its officer."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mingchu.accounts.access import actor_of, requires
from mingchu.base.errors import Refusal
from mingchu.inspection import services
from mingchu.inspection.models import RecordState
from mingchu.inspection.services.unpacking import Unpacked

CONDUCT = "inspection.conduct"
MARKS = {
    RecordState.ACCEPTED: "good",
    RecordState.CONFLICT: "warn",
    RecordState.HELD: "warn",
}


class PackageForm(forms.Form):
    package = forms.FileField(
        label=_("补交包（手机导出的 zip）"),
        widget=forms.ClearableFileInput(attrs={"accept": ".zip,application/zip"}),
    )


@requires(CONDUCT)
def unsent(request: HttpRequest) -> HttpResponse:
    """What the phone exported comes in here; each record tells where it stands."""
    form = PackageForm(request.POST or None, request.FILES or None)
    shown: dict[str, Any] = {"form": form, "rows": None, "refusal": None}
    if request.method == "POST" and form.is_valid():
        try:
            found = services.unpack(content=form.cleaned_data["package"], by=actor_of(request))
            shown["rows"] = [_row(one) for one in found]
        except Refusal as refusal:
            shown["refusal"] = refusal.sentence(gettext)
    status = 422 if shown["refusal"] else 200
    return render(request, "inspection/unsent.html", shown, status=status)


cast("Any", unsent).max_body_bytes = settings.SENDER_DAY_BYTES


def _row(one: Unpacked) -> dict[str, Any]:
    if one.record is None:
        why = one.refusal.sentence(gettext) if one.refusal else ""
        return {"number": one.client_id, "state": gettext("未收下"), "mark": "bad", "why": why}
    record = one.record
    missing = len(record.missing)
    return {
        "number": record.visit.number,
        "state": RecordState(record.state).label,
        "mark": MARKS.get(RecordState(record.state), ""),
        "why": gettext("还缺%(n)s个文件") % {"n": missing} if missing else "",
    }

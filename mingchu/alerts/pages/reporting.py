"""Reporting 上报: somebody saw something; and what became of what he reported before."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mingchu.accounts.access import actor_of, requires
from mingchu.alerts.domain.states import REPORT
from mingchu.alerts.order_forms import ReportForm
from mingchu.alerts.order_rows import rows
from mingchu.alerts.pages.orders import kept
from mingchu.alerts.queries import orders as queries
from mingchu.alerts.services import orders as services
from mingchu.kit.files.pages import takes_files
from mingchu.registry.pages.common import attempt
from mingchu.registry.queries.parts import by_code


@takes_files(services.FILES_TOP)
@requires(REPORT)
@require_http_methods(["GET", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """A small form for a phone; photos are welcome and never asked for."""
    actor = actor_of(request)
    form = ReportForm(request.POST or None, request.FILES or None, actor=actor)
    if form.is_valid() and _sent(request, form):
        messages.success(request, _("已上报，监管所会处理；结果在下面看"))
        return redirect("alerts:report")
    shown = {"form": form, "rows": rows(queries.reported_by(actor.user_id))}
    return render(request, "alerts/orders/report.html", shown)


def _sent(request: HttpRequest, form: ReportForm) -> bool:
    said: dict[str, Any] = form.cleaned_data
    business = by_code(said["business"]) if said["business"] else None
    if said["business"] and business is None:
        form.add_error("business", _("没有找到这一户；请核对，或留空并在说明里写清楚"))
        return False
    station = business.station if business else said["station"]
    return attempt(
        form,
        lambda: services.report(
            note=said["note"],
            by=actor_of(request),
            business_id=business.pk if business else None,
            district=business.district if business else station[:6],
            station=station,
            files=kept(request, said["papers"]),
        ),
    )

"""URLs of plans and pools."""

from __future__ import annotations

from django.urls import path

from mingchu.inspection.pages import (
    batches,
    checklists,
    inspectors,
    phone,
    plans,
    public,
    regional,
)

app_name = "inspection"
urlpatterns = [
    path("plans/", public.plans, name="public_plans"),
    path("plans/matters", public.matters, name="matters"),
    path("plans/checklists/", checklists.public_lists, name="public_checklists"),
    path("plans/checklists/<slug:kind>", checklists.public_one, name="public_checklist"),
    path("plans/<int:pk>", public.plan, name="public_plan"),
    path("w/plans/", plans.plans, name="plans"),
    path("w/plans/new", plans.new, name="new_plan"),
    path("w/plans/<int:pk>", plans.plan, name="plan"),
    path("w/plans/<int:pk>/batches/new", plans.new_batch, name="new_batch"),
    path("w/plans/<int:pk>/do/<slug:name>", plans.act, name="act"),
    path("w/plans/<int:pk>/decide/<slug:name>", plans.decide, name="decide"),
    path("w/plans/batches/<int:pk>", batches.batch, name="batch"),
    path("w/plans/batches/<int:pk>/check", batches.check, name="check_batch"),
    path("w/plans/batches/<int:pk>/open", batches.open_batch, name="open_batch"),
    path("w/plans/batches/<int:pk>/change", batches.change, name="change_batch"),
    path("w/plans/batches/<int:pk>/drop", plans.drop_batch, name="drop_batch"),
    path("w/plans/batches/<int:pk>/pool", batches.pool, name="pool"),
    path("w/plans/batches/<int:pk>/pool/export", batches.export_pool, name="export_pool"),
    path("w/plans/batches/<int:pk>/beside", batches.beside, name="beside"),
    path("w/plans/batches/<int:pk>/beside/export", batches.export_beside, name="export_beside"),
    path("w/plans/regional/", regional.tasks, name="regional"),
    path("w/plans/regional/<int:pk>", regional.task, name="regional_task"),
    path("w/plans/regional/<int:pk>/export", regional.export, name="export_regional"),
    path("w/checklists/", checklists.lists, name="checklists"),
    path("w/checklists/<slug:kind>", checklists.one, name="checklist"),
    path("i/", phone.phone, name="phone"),
    path("i/shell", phone.shell, name="phone_shell"),
    path("i/sw.js", phone.worker, name="phone_worker"),
    path("i/version", phone.phone_version, name="phone_version"),
    path("i/manifest.webmanifest", phone.manifest, name="phone_manifest"),
    path("i/me", phone.me, name="phone_me"),
    path("i/device", phone.device, name="phone_device"),
    path("w/inspectors/", inspectors.inspectors, name="inspectors"),
    path("w/inspectors/<int:user>", inspectors.inspector, name="inspector"),
    path("w/inspectors/<int:user>/leave", inspectors.leave, name="leave"),
    path(
        "w/inspectors/<int:user>/leave/<int:pk>", inspectors.take_back_leave, name="take_back_leave"
    ),
    path("w/inspectors/<int:user>/recuse", inspectors.recuse, name="recuse"),
    path("w/inspectors/<int:user>/recuse/<int:pk>", inspectors.end_recusal, name="end_recusal"),
]

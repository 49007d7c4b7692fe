"""URLs of plans and pools."""

from __future__ import annotations

from django.urls import path

from mingchu.inspection.pages import (
    batches,
    checklists,
    desk,
    findings,
    inspectors,
    plans,
    public,
    publishing,
    regional,
    statistics,
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
    path("w/inspectors/", inspectors.inspectors, name="inspectors"),
    path("w/inspectors/<int:user>", inspectors.inspector, name="inspector"),
    path("w/inspectors/<int:user>/leave", inspectors.leave, name="leave"),
    path(
        "w/inspectors/<int:user>/leave/<int:pk>", inspectors.take_back_leave, name="take_back_leave"
    ),
    path("w/inspectors/<int:user>/recuse", inspectors.recuse, name="recuse"),
    path("w/inspectors/<int:user>/recuse/<int:pk>", inspectors.end_recusal, name="end_recusal"),
    # What comes after a record.
    path("plans/results/", publishing.results, name="results"),
    path("e/<business:number>/inspections/", desk.inspections, name="desk_inspections"),
    path("e/inspections/<int:pk>", desk.record, name="desk_record"),
    path("e/inspections/<int:pk>/reply", desk.reply, name="desk_reply"),
    path("e/inspections/findings/<int:pk>", desk.finding, name="desk_finding"),
    path("e/inspections/visits/<int:pk>", desk.notice, name="desk_notice"),
    path("w/inspections/findings/", findings.findings, name="findings"),
    path("w/inspections/findings/confirm", findings.confirm_many, name="confirm_many"),
    path("w/inspections/findings/<int:pk>", findings.finding, name="finding"),
    path("w/inspections/findings/<int:pk>/confirm", findings.confirm, name="confirm"),
    path("w/inspections/findings/<int:pk>/return", findings.send_back, name="return_answer"),
    path("w/inspections/findings/<int:pk>/recheck", findings.plan_recheck, name="plan_recheck"),
    path("w/inspections/replies/", findings.replies, name="replies"),
    path("w/inspections/replies/<int:pk>", findings.reply, name="reply"),
    path("w/inspections/publication/", publishing.publication, name="publication"),
    path("w/inspections/publication/release", publishing.release, name="release"),
    path("w/inspections/statistics/", statistics.statistics, name="statistics"),
    path("w/inspections/statistics/rows", statistics.rows, name="statistics_rows"),
    path("w/inspections/statistics/export", statistics.export, name="export_statistics"),
]

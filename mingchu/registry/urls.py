"""URLs of the registry."""

from __future__ import annotations

from django.urls import path, register_converter

from mingchu.registry import domain
from mingchu.registry.pages import (
    areas,
    changes,
    desk,
    file,
    inquiries,
    licences,
    lists,
    merging,
    past,
    people,
    planning,
    premises,
    public,
    sheet,
    sweep,
    views,
)


class BusinessConverter:
    """A business's number, in the address as its public code."""

    regex = "[0-9A-Za-z]{1,8}"

    def to_python(self, value: str) -> int:
        return domain.number_of(value)

    def to_url(self, value: int | str) -> str:
        return domain.public_id(value) if isinstance(value, int) else value


register_converter(BusinessConverter, "business")
app_name = "registry"
urlpatterns = [
    path("w/businesses/", lists.businesses, name="businesses"),
    path("w/businesses/export", lists.export, name="export"),
    path("w/businesses/sweep", sweep.sweep, name="sweep"),
    path("w/businesses/views/", views.views, name="views"),
    path("w/businesses/views/save", views.save_view, name="save_view"),
    path("w/businesses/views/<int:pk>/rename", views.rename_view, name="rename_view"),
    path("w/businesses/views/<int:pk>/drop", views.drop_view, name="drop_view"),
    path("w/businesses/duplicates/", merging.duplicates, name="duplicates"),
    path("w/businesses/duplicates/export", merging.export_duplicates, name="export_duplicates"),
    path(
        "w/businesses/<business:number>/with/<business:other>",
        merging.compare_files,
        name="compare",
    ),
    path(
        "w/businesses/<business:number>/with/<business:other>/not-same",
        merging.not_same,
        name="not_same",
    ),
    path("w/businesses/duplicates/apart/", merging.marks, name="marks"),
    path("w/businesses/duplicates/apart/<int:pk>/take-back", merging.take_back, name="take_back"),
    path("w/businesses/merges/", merging.merges, name="merges"),
    path("w/businesses/merges/export", merging.export_merges, name="export_merges"),
    path("w/businesses/merges/<int:pk>", merging.merge, name="merge"),
    path("w/businesses/merges/<int:pk>/undo", merging.undo_merge, name="undo_merge"),
    path("w/areas/", areas.areas, name="areas"),
    path("w/areas/export", areas.export_areas, name="export_areas"),
    path("w/areas/name", areas.name_areas, name="name_areas"),
    path("w/areas/<str:code>/drop", areas.drop_area, name="drop_area"),
    path("w/businesses/new", changes.enrol, name="enrol"),
    path("w/businesses/<business:number>", file.business, name="business"),
    path("w/businesses/<business:number>/correct", changes.correct, name="correct"),
    path("w/businesses/<business:number>/state", changes.state, name="state"),
    path("w/businesses/<business:number>/head", changes.head, name="head"),
    path("w/businesses/<business:number>/move", changes.move, name="move"),
    path("w/businesses/<business:number>/take-over", changes.take_over, name="take_over"),
    path("w/businesses/<business:number>/licences", licences.licence, name="licence"),
    path(
        "w/businesses/<business:number>/licences/<int:pk>/<slug:act>",
        licences.licence_act,
        name="licence_act",
    ),
    path("w/businesses/<business:number>/premises", premises.add, name="add_premises"),
    path(
        "w/businesses/<business:number>/premises/<int:pk>/<slug:act>",
        premises.premises_act,
        name="premises_act",
    ),
    path("w/premises/<int:pk>", premises.premises, name="premises"),
    path("w/businesses/<business:number>/people", people.post, name="post_person"),
    path(
        "w/businesses/<business:number>/people/<int:pk>/<slug:act>",
        people.person_act,
        name="person_act",
    ),
    path("w/businesses/<business:number>/story", past.story, name="story"),
    path("w/businesses/<business:number>/versions", past.changed, name="versions"),
    path("w/businesses/<business:number>/sheet.pdf", sheet.sheet, name="sheet"),
    path("w/planning/", planning.planning, {"key": "licences"}, name="plans"),
    path("w/planning/<slug:key>", planning.planning, name="planning"),
    path("w/planning/<slug:key>/export", planning.planning_export, name="planning_export"),
    path("w/businesses/<business:number>/ask", inquiries.ask, name="ask"),
    path("w/inquiries/<int:pk>", inquiries.inquiry, name="inquiry"),
    path("w/inquiries/<int:pk>/withdraw", inquiries.withdraw, name="withdraw_inquiry"),
    path("w/certificates/", inquiries.unseen, name="unseen"),
    path("w/certificates/<int:pk>", inquiries.see, name="see_certificate"),
    path("e/", desk.desks, name="desks"),
    path("e/<business:number>", desk.desk, name="desk"),
    path("e/<business:number>/contact", desk.contact, name="desk_contact"),
    path("e/<business:number>/staff", desk.add_staff, name="desk_staff"),
    path("e/people/<int:pk>/left", desk.staff_leaves, name="desk_leaves"),
    path("e/people/<int:pk>/certificate", desk.certificate, name="desk_certificate"),
    path("e/asked/<int:pk>", desk.answer, name="desk_answer"),
    path("p/", public.public_search, name="public_search"),
    path("p/<business:number>", public.public_business, name="public_business"),
]

"""URLs of imports, files, messages and city rules."""

from __future__ import annotations

from django.urls import path

from mingchu.kit import pages
from mingchu.kit.files import pages as files
from mingchu.kit.messages import pages as messages
from mingchu.kit.rules import pages as rules

app_name = "kit"
urlpatterns = [
    path("w/imports/", pages.imports, name="imports"),
    path("w/imports/new", pages.upload, name="import_new"),
    path("w/imports/template", pages.import_template, name="import_template"),
    path("w/imports/<int:pk>", pages.one, name="import"),
    path("w/imports/<int:pk>/columns", pages.columns, name="import_columns"),
    path("w/imports/<int:pk>/apply", pages.apply, name="import_apply"),
    path("w/imports/<int:pk>/undo", pages.undo, name="import_undo"),
    path("w/imports/<int:pk>/file", pages.file_back, name="import_file"),
    path("files/<uuid:pk>", files.attachment, name="attachment"),
    path("w/inbox/", messages.inbox, name="inbox"),
    path("e/inbox/", messages.inbox, name="own_inbox"),
    path("account/inbox/unread", messages.unread, name="unread"),
    path("account/inbox/read", messages.read_all, name="read_all"),
    path("account/inbox/<uuid:pk>/open", messages.open_item, name="open_item"),
    path("account/messages/", messages.reach, name="reach"),
    path("account/messages/test", messages.try_reach, name="try_reach"),
    path("w/receivers/", messages.receivers, name="receivers"),
    path("w/receivers/<int:pk>", messages.receiver, name="receiver"),
    path("w/receivers/<int:pk>/test", messages.try_receiver, name="try_receiver"),
    path("w/receivers/<int:pk>/again", messages.send_again, name="send_again"),
    path("w/receivers/<int:pk>/end", messages.end_receiver, name="end_receiver"),
    path("w/duty/", messages.duty, name="duty"),
    path("w/duty/sheet", messages.duty_sheet, name="duty_sheet"),
    path("w/duty/<int:pk>/drop", messages.drop_duty, name="drop_duty"),
    path("w/rules/", rules.index, name="rules"),
    path("w/rules/export", rules.export, name="rules_export"),
    path("w/rules/import", rules.bring_in, name="rules_import"),
    path("w/rules/<str:rule_id>", rules.rule, name="rule"),
    path("w/rules/<str:rule_id>/begin", rules.begin, name="rule_begin"),
    path("w/rules/versions/<int:pk>", rules.draft, name="rule_draft"),
    path("w/rules/versions/<int:pk>/terms", rules.terms, name="rule_terms"),
    path("w/rules/versions/<int:pk>/value", rules.value, name="rule_value"),
    path("w/rules/versions/<int:pk>/repeal", rules.repeal, name="rule_repeal"),
    path("w/rules/versions/<int:pk>/items/new", rules.new_item, name="rule_new_item"),
    path("w/rules/versions/<int:pk>/items/<slug:name>", rules.item, name="rule_item"),
    path("w/rules/versions/<int:pk>/caps/new", rules.cap, name="rule_new_cap"),
    path("w/rules/versions/<int:pk>/caps/<slug:name>", rules.cap, name="rule_cap"),
    path("w/rules/versions/<int:pk>/drop/<slug:name>", rules.drop, name="rule_drop"),
    path("w/rules/versions/<int:pk>/rehearsal", rules.rehearsal, name="rule_rehearsal"),
    path("w/rules/versions/<int:pk>/submit", rules.submit, name="rule_submit"),
    path("w/rules/versions/<int:pk>/withdraw", rules.withdraw, name="rule_withdraw"),
    path("w/rules/versions/<int:pk>/decide", rules.decide, name="rule_decide"),
]

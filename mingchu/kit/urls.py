"""URLs of imports, files and messages."""

from __future__ import annotations

from django.urls import path

from mingchu.kit import pages
from mingchu.kit.files import pages as files
from mingchu.kit.messages import pages as messages

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
]

"""URLs of imports and files."""

from __future__ import annotations

from django.urls import path

from mingchu.kit import pages
from mingchu.kit.files import pages as files

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
]

"""Downloads 导出: a list as a file that the reader keeps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.http import HttpRequest, HttpResponse

from mingchu.base import clock
from mingchu.kit.sheets.write import Out, OutColumn, export_csv, export_xlsx

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def exported(
    request: HttpRequest,
    name: str,
    title: str,
    columns: Sequence[OutColumn],
    rows: Iterable[Sequence[Out]],
) -> HttpResponse:
    """A list as a file: `.xlsx`, or `.csv` where the address says so."""
    name = f"{name}-{clock.today():%Y%m%d}"
    if request.GET.get("format") == "csv":
        answer = HttpResponse(export_csv(columns, rows), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    else:
        answer = HttpResponse(export_xlsx(title, columns, rows), content_type=XLSX)
        answer["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return answer

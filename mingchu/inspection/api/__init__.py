"""Inspections for programs: plans, an officer's phone, visits, records, what is to be mended."""

from ninja import Router

from mingchu.inspection.api import findings, phone, plans, records, visits

router = Router(tags=["inspection"])
for part in (plans.router, phone.router, visits.router, records.router, findings.router):
    router.add_router("", part)

__all__ = ["router"]

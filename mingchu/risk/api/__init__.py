"""The programs' door to risk."""

from ninja import Router

from mingchu.risk.api import credit, grades

router = Router()
for part in (grades.router, credit.router):
    router.add_router("", part)

"""The programs' door to risk."""

from ninja import Router

from mingchu.risk.api import credit

router = Router()
router.add_router("", credit.router)

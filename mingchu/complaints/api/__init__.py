"""Letters for programs: sent and looked up by anybody, listed for officers."""

from ninja import Router

from mingchu.complaints.api import letters, photos

router = Router(tags=["complaints"])
router.add_router("", letters.router)
router.add_router("", photos.router)

__all__ = ["letters", "photos", "router"]

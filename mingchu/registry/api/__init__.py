"""The registry for programs: lists and files, every act on them, and the feed of changes."""

from ninja import Router

from mingchu.registry.api import feed, licences, people, premises, reading, writing

# Operations of one path belong to one router: all acts stand in that of `reading`.
router = Router()
router.add_router("", reading.router)
router.add_router("", feed.router)

__all__ = ["feed", "licences", "people", "premises", "reading", "router", "writing"]

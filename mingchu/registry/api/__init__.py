"""The registry for programs: lists and files, every act on them, and the feed of changes."""

from ninja import Router

from mingchu.registry.api import (
    areas,
    feed,
    inquiries,
    licences,
    merging,
    past,
    people,
    planning,
    premises,
    reading,
    sweep,
    views,
    writing,
)

# Operations of one path belong to one router: all acts on a file stand in that of `reading`.
router = Router()
# Before the files: none of them has this word for its id.
router.add_router("", sweep.router)
for _other in (reading, past, planning, merging, inquiries, areas, views, feed):
    router.add_router("", _other.router)

__all__ = ["licences", "people", "premises", "router", "writing"]

"""Following 随主体移转: open alerts go where their business goes, and to the file that is kept."""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection, transaction

from mingchu.registry import queries as registry

_MOVE = """
UPDATE alerts_alert a SET business_id = u.kept, district = u.district, station = u.station
  FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[])
    AS u (number, kept, district, station)
 WHERE a.business_id = u.number AND a.ended_at IS NULL
   AND (a.business_id, a.district, a.station) IS DISTINCT FROM (u.kept, u.district, u.station)
"""


@transaction.atomic
def follow_businesses(numbers: Collection[int]) -> int:
    """Open alerts of these businesses are where the businesses are now; how many moved.

    Of one that was merged they are the kept file's. Orders follow by themselves.
    """
    here = registry.whereabouts(numbers)
    if not here:
        return 0
    kept, districts, stations = map(list, zip(*here.values(), strict=True))
    with connection.cursor() as db:
        db.execute(_MOVE, [list(here), kept, districts, stations])
        return int(db.rowcount)

"""Score sheets 评分表: one format for all of the house; answers in, points with reasons out.

Pure. A sheet is `{total, items, caps?, missing?, better?, passing?, vetoes_say?}`. An item is of
one kind: `band` (points by a measured number), `per_defect` (so many points off each),
`all_or_nothing`, `ratio` (points by part of a whole), `veto` (true sinks the sheet). A cap is the
most that a group of items may give. `missing` says what an item without an answer gives: `refuse`
(the default), `zero`, `top`; a sheet says it for all its items, an item for itself. What does not
apply drops out of points and top alike. `better` says whom the points speak for: `more` (a market
is marked, the default) or `fewer` (a risk is counted).

An item may say its `weight` (`key` or `general`, of a checklist), its `group`, its own `cite` and
`status`, and what proves it: `evidence`, in words of its own, or `photo`, or `measure` with a
`unit` and a `range` of `{from?, to?}`, both ends included.

`sheet_sql` says the same in SQL, over a whole city at once; a property test holds them equal.
"""

from mingchu.rulebook.scoring.changing import Change, what_if
from mingchu.rulebook.scoring.digests import digest
from mingchu.rulebook.scoring.evaluating import (
    Reason,
    Scored,
    answers_of,
    faultless,
    lacking,
    score,
)
from mingchu.rulebook.scoring.items import (
    MEASURE,
    NOT_APPLICABLE,
    PHOTO,
    Better,
    Kind,
    Missing,
    Number,
    Weight,
    better_of,
    missing_of,
    points_of,
)
from mingchu.rulebook.scoring.saying import BandRow, bands_of, said, told
from mingchu.rulebook.scoring.sound import sheet_misfits, top_of

__all__ = [
    "MEASURE",
    "NOT_APPLICABLE",
    "PHOTO",
    "BandRow",
    "Better",
    "Change",
    "Kind",
    "Missing",
    "Number",
    "Reason",
    "Scored",
    "Weight",
    "answers_of",
    "bands_of",
    "better_of",
    "digest",
    "faultless",
    "lacking",
    "missing_of",
    "points_of",
    "said",
    "score",
    "sheet_misfits",
    "told",
    "top_of",
    "what_if",
]

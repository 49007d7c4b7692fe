"""Set-wise 全市评定: what `grading` says of one business, in SQL over a whole city at once; pure.

Each step is a subquery that the planner must not fold into the next (`OFFSET 0`), so that a static
sheet is reckoned once a row however often its points are asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from mingchu.base import clock
from mingchu.risk.domain.basis import LETTERS, Basis, Draft, Letter, Missing, Number
from mingchu.rulebook.sheet_sql import compiled

# What a grade is made of: where any of it is another, the grade is written anew.
COLUMNS = (
    "letter", "by_points", "missing", "sheet", "points", "static", "dynamic", "conduct",
    "profile_id", "visits", "failed", "applicable", "raised", "lowered", "serious", "override",
    "grounds",
)  # fmt: skip
# What was on a list on the day, as far as it was known that day.
_LISTED = """since <= %(day)s AND (until IS NULL OR until >= %(day)s) AND at < %(known_before)s
      AND (struck_at IS NULL OR struck_at >= %(known_before)s)"""
SERIOUS = f"SELECT business_id FROM risk_listing WHERE roll = 'serious' AND {_LISTED}"  # noqa: S608

_FACTS = """
SELECT b.id AS business_id, b.kind, b.opened > %(new_after)s AS is_new,
       p.id AS profile_id, coalesce(p.sheet, '') AS sheet, p.answers,
       coalesce(v.visits, 0) AS visits,
       coalesce(v.failed_key, 0) AS failed_key, coalesce(v.failed_general, 0) AS failed_general,
       coalesce(v.applicable_key, 0) AS applicable_key,
       coalesce(v.applicable_general, 0) AS applicable_general,
       coalesce(g.raised, 0) AS raised, coalesce(g.lowered, 0) AS would_lower,
       coalesce(g.raises, false) AS raises, g.raising, g.lowering,
       coalesce(g.grounds, '') AS grounds,
       l.business_id IS NOT NULL AS serious, o.id AS override, o.letter AS override_letter,
       {conduct} AS conduct_facts
FROM registry_business b
LEFT JOIN (
    SELECT DISTINCT ON (business_id) business_id, id, sheet, answers FROM risk_profile
    WHERE since <= %(day)s AND known_on <= %(day)s {only}
    ORDER BY business_id, since DESC, id DESC
) p ON p.business_id = b.id
LEFT JOIN (
    SELECT coalesce(m.merged_into_id, business_id) AS business_id, count(*) AS visits,
           sum(failed_key) AS failed_key,
           sum(failed_general) AS failed_general, sum(applicable_key) AS applicable_key,
           sum(applicable_general) AS applicable_general
    FROM risk_visit LEFT JOIN ({merged}) m ON m.id = business_id
    WHERE day > %(visits_after)s AND day <= %(day)s AND known_on <= %(day)s
      AND applicable_key + applicable_general > 0 {with_merged}
    GROUP BY 1
) v ON v.business_id = b.id
LEFT JOIN (
    SELECT coalesce(merged_into_id, business_id) AS business_id,
           bool_or(direction = 'raise') AS raises,
           max(said) FILTER (WHERE direction = 'raise') AS raised,
           max(said) FILTER (WHERE direction = 'lower') AS lowered,
           string_agg(id || ':' || coalesce(said::text, ''), ',' ORDER BY id) AS grounds,
           jsonb_agg(DISTINCT ground) FILTER (WHERE direction = 'raise') AS raising,
           jsonb_agg(DISTINCT ground) FILTER (WHERE direction = 'lower') AS lowering
    FROM (
        SELECT g.*, m.merged_into_id,
               CASE WHEN decided_on <= %(day)s THEN levels ELSE 0 END AS said
        FROM risk_ground g LEFT JOIN ({merged}) m ON m.id = business_id
        WHERE day > %(grounds_after)s AND day <= %(day)s AND known_on <= %(day)s {with_merged}
    ) known
    GROUP BY 1
) g ON g.business_id = b.id
LEFT JOIN (SELECT DISTINCT business_id FROM ({serious}) listed) l ON l.business_id = b.id
LEFT JOIN (
    SELECT DISTINCT ON (business_id) business_id, id, letter FROM risk_override
    WHERE since <= %(day)s AND until >= %(day)s AND (ended_on IS NULL OR ended_on > %(day)s) {only}
    ORDER BY business_id, id DESC
) o ON o.business_id = b.id
{conducted}
WHERE b.merged_into_id IS NULL AND b.kind = ANY(%(kinds)s)
  AND (b.opened IS NULL OR b.opened <= %(day)s)
  AND (b.state = ANY(%(states)s) OR b.state_since > %(day)s) {only_b}
OFFSET 0
"""

_RECKONED = """
SELECT business_id, CASE WHEN letter = '' THEN '' ELSE coalesce(override_letter,
       CASE WHEN serious AND {serious_letter} <> '' THEN {serious_letter} ELSE letter END)
       END::varchar(1) AS letter,
       by_points::varchar(1) AS by_points, missing::varchar(40) AS missing, sheet,
       CASE WHEN missing = '' THEN points END AS points,
       CASE WHEN missing = '' THEN static END AS static,
       CASE WHEN missing = '' THEN dynamic END AS dynamic,
       CASE WHEN missing = '' THEN conduct END AS conduct,
       profile_id, visits, failed, applicable,
       CASE WHEN missing = '' THEN raised ELSE 0 END AS raised,
       CASE WHEN missing = '' THEN lowered ELSE 0 END AS lowered,
       missing = '' AND serious AS serious,
       CASE WHEN missing = '' THEN override END AS override,
       CASE WHEN missing = '' THEN grounds ELSE '' END AS grounds,
       kind, raises, raising, lowering, override_letter, conduct_facts,
       failed_key, failed_general, applicable_key, applicable_general
FROM (
    SELECT *, CASE WHEN by_points = '' THEN '' ELSE substr('{letters}', least(greatest(
           strpos('{letters}', by_points) + raised - lowered, 1), {most}), 1) END AS letter
    FROM (
        SELECT *, CASE WHEN missing = '' THEN {band} ELSE '' END AS by_points
        FROM (
            SELECT *, trim_scale(static + coalesce(dynamic, 0) + coalesce(conduct, 0)) AS points,
                   CASE WHEN raises AND {blocks} THEN 0 ELSE would_lower END AS lowered,
                   {missing} AS missing
            FROM (
                SELECT *, CASE WHEN applicable > 0
                       THEN round({dynamic_top} * failed / applicable, 2) END AS dynamic
                FROM (
                    SELECT *, {static} AS static, {conduct} AS conduct,
                           failed_key * {key} + failed_general * {general} AS failed,
                           applicable_key * {key} + applicable_general * {general} AS applicable
                    FROM ({facts}) facts OFFSET 0
                ) summed OFFSET 0
            ) dynamised OFFSET 0
        ) pointed OFFSET 0
    ) lettered OFFSET 0
) moved
"""

# One text read once is much faster than objects built within objects.
_REASONS = """
('[' || concat_ws(',', nullif({static}, ''),
    CASE WHEN f.dynamic IS NULL
    THEN concat('{{"item": "dynamic", "points": 0, "max": ', {dynamic_top},
         ', "why": {{"is": "new"}}}}')
    ELSE concat('{{"item": "dynamic", "points": ', f.dynamic, ', "max": ', {dynamic_top},
         ', "why": {{"is": "findings", "visits": ', f.visits,
         ', "failed_key": ', f.failed_key, ', "failed_general": ', f.failed_general,
         ', "applicable_key": ', f.applicable_key,
         ', "applicable_general": ', f.applicable_general, '}}}}') END,
    nullif({conduct}, ''),
    CASE WHEN f.raising IS NOT NULL THEN {raised} END,
    CASE WHEN f.lowering IS NOT NULL THEN {lowered} END,
    CASE WHEN f.serious AND {serious_letter} <> '' THEN {serious} END,
    CASE WHEN f.override_letter IS NOT NULL THEN {override} END) || ']')::jsonb
"""


# What the draft of 2022 counts beside food safety; what was struck out later was known that day.
_CONDUCTED = f"""
LEFT JOIN (
    SELECT business_id, count(*) FILTER (WHERE kind = 'penalty') AS penalties,
           count(*) FILTER (WHERE kind = 'report_missing') AS reports
    FROM risk_fact
    WHERE day > %(conduct_after)s AND day <= %(day)s AND at < %(known_before)s
      AND (struck_at IS NULL OR struck_at >= %(known_before)s) {{only}}
    GROUP BY 1
) c ON c.business_id = b.id
LEFT JOIN (
    SELECT business_id, count(*) FILTER (WHERE roll = 'abnormal') AS abnormal,
           count(*) FILTER (WHERE roll = 'serious') AS serious
    FROM risk_listing
    WHERE {_LISTED} {{only}}
    GROUP BY 1
) r ON r.business_id = b.id"""  # noqa: S608
_CONDUCT = """jsonb_build_object('conduct_penalties', coalesce(c.penalties, 0),
       'conduct_reports', coalesce(c.reports, 0), 'conduct_abnormal', coalesce(r.abnormal, 0),
       'conduct_serious', coalesce(r.serious, 0))"""

# What is known of a file that was merged into another counts for that one.
MERGED = "SELECT id, merged_into_id FROM registry_business WHERE merged_into_id IS NOT NULL"


def facts(basis: Basis, *, few: bool) -> str:
    """What is known of each business on the day; of those in `%(few)s` alone, or of all."""
    only = "AND business_id = ANY(%(few)s)" if few else ""
    return _FACTS.format(
        only=only,
        conduct=_CONDUCT if basis.draft else "NULL::jsonb",
        conducted=_CONDUCTED.format(only=only) if basis.draft else "",
        only_b="AND b.id = ANY(%(few)s)" if few else "",
        with_merged="AND business_id = ANY(%(with_merged)s)" if few else "",
        serious=SERIOUS,
        merged=MERGED,
    )


def reckoned(basis: Basis, *, few: bool = False) -> str:
    """A SELECT of `business_id`, `COLUMNS` and what the reasons are made of."""
    return _RECKONED.format(
        facts=facts(basis, few=few),
        static=_static(basis, "points", "NULL::numeric"),
        key=_number(basis.key_points),
        general=_number(basis.general_points),
        conduct=_conduct(basis, "points", "facts.conduct_facts", "NULL::numeric"),
        dynamic_top=_dynamic_top(basis),
        blocks=_truth(basis.raise_blocks),
        missing=_missing(basis),
        band=_bands(basis),
        letters=LETTERS,
        most=len(LETTERS),
        serious_letter=_serious(basis),
    )


def reasons(basis: Basis) -> str:
    """Over a row `f` of a reckoning where nothing is missing, and its profile `p`: every reason, as
    `grading` gives them."""
    letter = _serious(basis)
    return _REASONS.format(
        static=_static(basis, "told", "''", of="f.", column="p.answers"),
        dynamic_top=_dynamic_top(basis, of="f."),
        conduct=_conduct(basis, "told", "f.conduct_facts", "''", of="f."),
        raised=_move("raise", "'raise'", "f.raised", "f.raising"),
        lowered=_move(
            "lower",
            f"CASE WHEN f.raises AND {_truth(basis.raise_blocks)} THEN 'blocked' ELSE 'lower' END",
            "f.lowered",
            "f.lowering",
        ),
        serious=_letter("serious", letter),
        override=_letter("override", "f.override_letter"),
        serious_letter=letter,
    )


def digests(basis: Basis) -> str:
    """Over a row `f`: the digest of the sheet it was graded by."""
    whens = " ".join(
        f"WHEN {_word(name)} THEN {_word(one.said.digest)}" for name, one in basis.sheets.items()
    )
    return f"(CASE f.sheet {whens} ELSE '' END)" if whens else "''"


def parameters(
    basis: Basis, few: Iterable[int] | None = None, merged: Iterable[int] = ()
) -> dict[str, Any]:
    """`merged` are the files that were merged into one of the few."""
    known: dict[str, Any] = {
        "day": basis.day,
        "visits_after": basis.visits_after,
        "new_after": basis.new_after,
        "grounds_after": basis.grounds_after,
        "kinds": list(basis.kinds),
        "states": list(basis.states),
        "conduct_after": basis.conduct_after,
        "known_before": clock.midnight(basis.day + timedelta(days=1)),
    }
    if few is None:
        return known
    these = list(few)
    return {**known, "few": these, "with_merged": [*these, *merged]}


def _static(
    basis: Basis, what: str, nothing: str, of: str = "", column: str = "facts.answers"
) -> str:
    """The expression of the sheet that a row is of."""
    branches = {
        name: getattr(compiled(one.value, answers=column), what)
        for name, one in basis.sheets.items()
    }
    if not branches:
        return nothing
    whens = " ".join(f"WHEN {_word(name)} THEN {said}" for name, said in branches.items())
    return f"(CASE {of}sheet {whens} ELSE {nothing} END)"


def _missing(basis: Basis) -> str:
    """In the order in which `grading.lacking` looks."""
    fitting = " OR ".join(
        f"(kind = {_word(kind)} AND sheet IN ({', '.join(map(_word, sheets))}))"
        for kind, sheets in basis.of_kind.items()
        if sheets
    )
    in_force = ", ".join(map(_word, basis.sheets)) or "NULL"
    return (
        f"CASE WHEN profile_id IS NULL THEN '{Missing.PROFILE}'"
        f" WHEN NOT ({fitting or 'false'}) THEN '{Missing.KIND}'"
        f" WHEN (sheet IN ({in_force})) IS NOT TRUE THEN '{Missing.SHEET}'"
        f" WHEN static IS NULL THEN '{Missing.ANSWERS}'"
        f" WHEN visits = 0 AND is_new IS NOT TRUE THEN '{Missing.VISITS}' ELSE '' END"
    )


def _bands(basis: Basis) -> str:
    return _by_draft(basis, lambda draft: _band(draft.bands), _band(basis.bands))


def _band(bands: Mapping[str, Any]) -> str:
    tops: list[Mapping[str, Any]] = list(bands["bands"])
    whens = " ".join(
        f"WHEN points <= {_number(one['to'])} THEN '{Letter(one['is'])}'" for one in tops
    )
    return f"(CASE {whens} ELSE '{Letter(bands['above'])}' END)"


def _dynamic_top(basis: Basis, of: str = "") -> str:
    return _by_draft(
        basis, lambda draft: _number(draft.dynamic_top), _number(basis.dynamic_top), of
    )


def _conduct(basis: Basis, what: str, column: str, nothing: str, of: str = "") -> str:
    """The expression of the draft's third part, `nothing` for whoever is not graded by it."""

    def said(draft: Draft) -> str:
        found: str = getattr(compiled(draft.conduct.value, answers=column), what)
        return found

    return _by_draft(basis, said, nothing, of)


def _by_draft(basis: Basis, said: Callable[[Draft], str], otherwise: str, of: str = "") -> str:
    """One expression for kinds that are graded by the draft, another for all others."""
    if basis.draft is None:
        return otherwise
    kinds = ", ".join(map(_word, basis.draft.kinds)) or "NULL"
    return f"(CASE WHEN {of}kind IN ({kinds}) THEN {said(basis.draft)} ELSE {otherwise} END)"


def _serious(basis: Basis) -> str:
    letter = basis.serious_letter
    return f"'{Letter(letter)}'" if letter else "''"


def _move(item: str, what: str, levels: str, grounds: str) -> str:
    return (
        f"""concat('{{"item": "{item}", "points": 0, "max": 0, "why": {{"is": "', {what},"""
        f"""'", "levels": ', {levels}, ', "grounds": ', {grounds}, '}}}}')"""
    )


def _letter(item: str, letter: str) -> str:
    """A letter is one of four: nothing in it needs an escape."""
    return (
        f"""concat('{{"item": "{item}", "points": 0, "max": 0, "why": {{"is": "{item}","""
        f""" "letter": "', {letter}, '"}}}}')"""
    )


def _word(name: str) -> str:
    """A name of a sheet or kind; such names hold no quote."""
    if not name.replace("_", "").isalnum() or not name.isascii():
        raise ValueError(f"not a name: {name}")
    return f"'{name}'"


def _number(value: Number) -> str:
    return f"{Decimal(value).normalize():f}::numeric"


def _truth(value: bool) -> str:
    return str(bool(value)).lower()

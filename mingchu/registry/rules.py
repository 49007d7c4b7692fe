"""Which states and kinds a rule of the registry counts 计入口径, until the rulebook says it.

One place, so that `registry.states_counted` can take over without a caller noticing.
"""

from __future__ import annotations

from mingchu.registry.domain import Kind, State

STATES_COUNTED: dict[str, tuple[str, ...]] = {
    # Who ought to hold a licence: whoever works, or would if he were let.
    "unlicensed": (State.OPEN, State.SEASONAL, State.SUSPENDED),
    # Whose file may be one too many.
    "duplicate": tuple(state for state in State if state != State.CLOSED),
}
# Sale of farm produce needs none; a market, a school, a cold store are there for what is in them.
KINDS_WITHOUT_LICENCE: tuple[str, ...] = (
    Kind.FARM_STALL,
    Kind.MARKET,
    Kind.SCHOOL,
    Kind.COLD_STORE,
)


def states_counted(purpose: str) -> tuple[str, ...]:
    return STATES_COUNTED[purpose]


def kinds_without_licence() -> tuple[str, ...]:
    return KINDS_WITHOUT_LICENCE

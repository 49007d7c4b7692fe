"""The services of territorial duty, as flows and pages use them."""

from mingchu.territory.services.leaving import desk_is_handed_over, hand_over, pass_on_due, take_off
from mingchu.territory.services.linking import check_account, link
from mingchu.territory.services.opening import give_up_missed, open_visits
from mingchu.territory.services.roster import (
    Listed,
    known_areas,
    name_for,
    no_such_area,
    put_cadre,
    put_cadres,
    ranges_of,
    strike_off,
)
from mingchu.territory.services.rounds import ask_for_round, nightly
from mingchu.territory.services.settling import forget, settle, settle_all
from mingchu.territory.services.visiting import Made, finish, finish_many

__all__ = [
    "Listed",
    "Made",
    "ask_for_round",
    "check_account",
    "desk_is_handed_over",
    "finish",
    "finish_many",
    "forget",
    "give_up_missed",
    "hand_over",
    "known_areas",
    "link",
    "name_for",
    "nightly",
    "no_such_area",
    "open_visits",
    "pass_on_due",
    "put_cadre",
    "put_cadres",
    "ranges_of",
    "settle",
    "settle_all",
    "strike_off",
    "take_off",
]

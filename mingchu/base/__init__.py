"""Ground floor: time, refusals, events, ids, money, working days, slots, tickets. Pure Python."""

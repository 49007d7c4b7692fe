"""Rulebook 规则库: every number the law or the city fixes, dated and cited.

Data: `data/<jurisdiction>/<family>.yaml`, cases a jurist can read in `tests/rules/`. Whoever needs
a number asks `store.rule(id).on(day)` and gets it with its citation. Says and hears no events.
"""

"""mingchu 明厨: a city's food safety, in the open 食品安全，摆在明处.

Read `docs/tour.md` first. Layers, lowest first: base, identifiers, rulebook, ledger, accounts,
kit, registry, flows, site, demo, ops; import-linter holds them (`pyproject.toml`).
"""

__version__ = "0.1.0"

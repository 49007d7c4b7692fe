"""Rulebook 规则库: every number the law or the city fixes, dated and cited."""

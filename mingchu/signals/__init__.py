"""Signals 信号: what anybody in the house notices, before it is weighed."""

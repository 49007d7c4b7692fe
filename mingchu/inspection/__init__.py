"""Inspection 监督检查: matters, yearly plans, batches, pools, regional tasks."""

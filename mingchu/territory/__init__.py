"""Territorial duty 两个责任: whose cadre visits which business, and that he did, once a quarter."""

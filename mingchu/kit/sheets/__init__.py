"""Sheets 表格: Excel in, Excel out."""

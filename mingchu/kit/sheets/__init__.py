"""Sheets 表格: lists come in from Excel and go out to it; faults are told per row and cell."""

"""Identifiers 标识: credit codes, licences, divisions, resident numbers, GS1 keys. Pure."""

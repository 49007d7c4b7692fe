"""Ledger 台账: the journal of official acts, sealed in Merkle logs; reactions and outbox."""

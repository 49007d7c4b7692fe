"""The ledger's pages and endpoints: they stand in the site, for the ledger knows no accounts."""

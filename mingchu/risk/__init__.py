"""Risk 风险分级: how likely a business is to do harm by its food, with every point explained."""

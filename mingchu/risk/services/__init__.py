"""The services of risk, as flows and pages use them."""

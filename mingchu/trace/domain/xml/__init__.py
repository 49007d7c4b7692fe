"""EPCIS in XML, 1.2 and 2.0: into the JSON members the engine judges, and out of them."""

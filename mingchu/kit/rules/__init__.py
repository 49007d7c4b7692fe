"""City rules 本市规则: what this city sets for itself; drafted, reviewed, in force."""

"""Pages of letters: the form and its answer for everybody, list and file for officers."""

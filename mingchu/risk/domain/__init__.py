"""The pure core of risk: values in, a grade and its reasons out."""

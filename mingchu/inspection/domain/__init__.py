"""What inspection decides, on values alone."""

"""The pure core of the repository: bytes in, judged events with hash and key out."""

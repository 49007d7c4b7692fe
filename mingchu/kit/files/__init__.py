"""Files 附件: evidence kept by digest, bare of what a camera adds, shown to whom its subject is."""

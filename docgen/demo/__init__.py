"""A fictitious town played with the real program: lists in, papers out, signed, scanned, filed, found."""

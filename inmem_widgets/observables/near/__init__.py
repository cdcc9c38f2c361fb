"""The closest cached entry to a lookup that missed, and in what the two differ."""

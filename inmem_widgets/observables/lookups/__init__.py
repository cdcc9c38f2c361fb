"""The lookups of a cache: recorded, explained, listed; `browser` is the way in."""

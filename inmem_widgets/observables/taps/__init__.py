"""Taps: objects that are not ours, made to tell of their changes in place, and let go of again."""

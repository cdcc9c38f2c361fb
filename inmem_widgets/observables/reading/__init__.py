"""Checkpointers of any kind, read without changing them."""

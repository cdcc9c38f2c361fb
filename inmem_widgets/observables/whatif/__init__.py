"""What other sizes and policies would have done: recorded lookups, replayed."""

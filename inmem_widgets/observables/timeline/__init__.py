"""The checkpoint timeline without its looks: readers of checkpointers, and what is derived from what they read."""

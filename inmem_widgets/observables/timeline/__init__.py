"""The checkpoint timeline without its looks."""

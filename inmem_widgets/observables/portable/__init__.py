"""Threads as files: one layer from lines up to any checkpointer."""

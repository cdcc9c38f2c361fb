"""The checkpoints of a thread, as rows: lanes, states, badges, jumps."""

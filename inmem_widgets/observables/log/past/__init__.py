"""How a store or cache was at any moment of its log: the changes since then undone."""

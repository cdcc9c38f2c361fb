"""The keys of a store: found, ordered, grouped, measured, watched and edited."""

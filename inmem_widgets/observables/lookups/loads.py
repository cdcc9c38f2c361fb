"""How long answers took: misses that wait for the `update` that answers them; stampedes."""

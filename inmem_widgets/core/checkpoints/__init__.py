"""How `InMemorySaver` keeps checkpoints.

`codec` (values as bytes) <- `order` (newest first, filters) <- `tables` (by thread and namespace)
<- `live`, `storage`, `flat` (upstream's mappings), `mapped` (mappings of the caller's), `history`,
`pruning` <- `asynchronous`, `base`, `reader` (what the saver inherits).
"""

"""How `InMemorySaver` keeps checkpoints.

`codec` (values as bytes) <- `order` (newest first, filters) <- `tables` (by thread and namespace)
<- `views` and `mapped` (upstream's `storage`, `writes`, `blobs`) <- `reading`, `pruning`.
"""

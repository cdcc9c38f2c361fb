"""All frames there are, column by column."""

from __future__ import annotations

from typing import Final, get_args

from inmem_widgets.export.schema import Column, Schema
from inmem_widgets.wire import Outcome

_LOOKED = (
    Column("type", "category", "what the value is, in a word: its type, or what its bytes look like; "
           "missing where it has not been read"),
    Column("size", "whole", "bytes of text, bytes and arrays; of objects an estimate of their memory"),
)  # fmt: skip
_ENTRY = (
    Column("prompt", "text", "secrets masked, unless `mask=False`"),
    Column("llm_string", "text", "likewise"),
)
_CHECKPOINT = (
    Column("thread_id", "text", ""),
    Column("checkpoint_ns", "text", 'the namespace; "" for the outermost graph'),
    Column("checkpoint_id", "text", ""),
)
_BY = (
    Column("cell", "whole", "execution count of the notebook's cell that did it"),
    Column("os_thread", "category", "name of Python's thread"),
    Column("thread_id", "category", "LangGraph's thread, as text"),
    Column("node", "category", "LangGraph's node"),
    Column("step", "whole", "LangGraph's step"),
    Column("task", "category", "id of LangGraph's task"),
    Column("run_id", "category", "LangChain's id of the run"),
    Column("checkpoint_id", "category", "the checkpoint that the step began from"),
)

ITEMS: Final = Schema(
    "a key of a store",
    ("to_frame(store)", "key_table.to_frame()", "observable.at(…).frame()"),
    "In the store's own order; of a key table what it lists, in the order shown, as of its moment. Figures "
    "are those since watching began, and missing where nobody watches, and of earlier moments.",
    Column("namespace", "text", "of LangGraph's stores: its parts joined with `/`", optional=True),
    Column("key", "text", "as text, where keys are something else; beside a namespace the key in it"),
    *_LOOKED,
    Column("exact", "flag", "whether the size is exact"),
    Column("preview", "text", "how the value begins, at most 200 characters. Of objects, which are looked "
           "into one by one, only the first 10,000 have one, unless `preview=True`; with `preview=False` "
           "there is no such column", optional=True),
    Column("created", "time", "when the key was added; of LangGraph's stores as the item tells"),
    Column("changed", "time", "when it was last written"),
    Column("reads", "whole", "how often it was read, where reads are logged"),
    Column("writes", "whole", "how often it was written, or deleted before it came back"),
    Column("value", "object", "the value itself, with `values=True`; missing where it has not been read",
           optional=True),
)  # fmt: skip
ENTRIES: Final = Schema(
    "an entry of a cache",
    ("to_frame(cache)", "cache_counters.entries_frame()", "observable.at(…).frame()"),
    "In the order in which they would be evicted, of a widget that travels as of its moment. Hits, times and "
    "loads are known while somebody watches, and not of earlier moments.",
    *_ENTRY,
    Column("asked", "text", "the prompt as a view shows it: what was asked last, in short, secrets masked"),
    Column("generations", "whole", "how many answers; missing where the value is no list of them"),
    Column("text", "text", "of the first generation, secrets masked"),
    Column("hits", "whole", "lookups that found it"),
    Column("inserted", "time", "when it was cached"),
    Column("last_hit", "time", "when it was last found"),
    Column("load_time", "real", "seconds between the miss and the answer"),
    Column("input_tokens", "whole", "as `usage_metadata` tells"),
    Column("output_tokens", "whole", "likewise"),
    Column("size", "whole", "bytes of key and value, an estimate"),
    Column("value", "object", "the generations themselves, with `values=True`", optional=True),
)
LOOKUPS: Final = Schema(
    "a lookup in a cache",
    ('to_frame(cache, "lookups")', "cache_counters.lookups_frame()"),
    "The latest 1,000, oldest first.",
    Column("number", "count", "1, 2, 3, … since watching began"),
    Column("time", "time", ""),
    Column("outcome", "category", "what it met", get_args(Outcome)),
    Column("prompt", "text", "secrets masked; missing where it took too much memory"),
    Column("llm_string", "text", "likewise"),
    Column("asked", "text", "likewise: the prompt as a view shows it"),
    Column("load_time", "real", "seconds: of a miss until its answer, of a hit those it saved"),
    Column("waiting", "flag", "a miss that has no answer yet"),
    Column("beside", "flag", "a miss while an earlier one of its key was unanswered"),
    Column("lookups_ago", "whole", "since the entry was evicted or cleared"),
)
HISTORY: Final = Schema(
    "a while in the life of a cache",
    ('to_frame(cache, "history")', "cache_counters.history_frame()"),
    "Since watching began in at most 400 rows, or the last five minutes by the second; oldest first.",
    Column("time", "time", "at which the row begins"),
    Column("seconds", "number", "that it lasts; the last one is not over"),
    Column("hits", "count", ""),
    Column("misses", "count", ""),
    Column("evictions", "count", ""),
)
WHAT_IF: Final = Schema(
    "a simulated size and policy of a cache",
    ("cache_counters.what_if()",),
    "",
    Column("policy", "category", ""),
    Column("maxsize", "count", "entries"),
    Column("hit_ratio", "number", "0 to 1"),
    Column("saved_seconds", "real", "missing where no load time is known"),
    Column("saved_tokens", "real", "missing where no token count is known"),
)
CHECKPOINTS: Final = Schema(
    "a checkpoint",
    ("to_frame(saver)", "timeline.checkpoints_frame()"),
    "The oldest first within a thread.",
    *_CHECKPOINT,
    Column("parent_id", "text", ""),
    Column("step", "whole", ""),
    Column("source", "category", "input, loop, update, fork"),
    Column("nodes", "object", "tuple of the names that ran"),
    Column("time", "time", ""),
    Column("took", "real", "seconds since the parent"),
)
STATES: Final = Schema(
    "the state of a checkpoint",
    ('to_frame(saver, "states")', "timeline.states_frame()"),
    "The oldest first within a thread; then a column for each channel, named as it. Those of nothing but "
    "text are `str`, of whole numbers `Int64`, of numbers `Float64`, of truth values `boolean`; all others "
    "hold the values as objects. Missing where the channel has no value. A channel named as a column above "
    "gets ` (channel)` behind its name.",
    *_CHECKPOINT,
    Column("step", "whole", ""),
    Column("time", "time", ""),
)
WRITES: Final = Schema(
    "a write saved beside a checkpoint",
    ('to_frame(saver, "writes")', "timeline.writes_frame()"),
    "In replay order, the oldest checkpoint first.",
    *_CHECKPOINT,
    Column("step", "whole", "of the checkpoint beside which it is saved: its task ran from there"),
    Column("task", "text", "id"),
    Column("node", "text", ""),
    Column("path", "text", "of the task"),
    Column("channel", "text", ""),
    Column("type", "category", "of the value"),
    Column("size", "whole", "bytes as stored"),
    Column("preview", "text", "how the value begins"),
    Column("error", "text", "why it cannot be deserialised"),
)
WEIGHT: Final = Schema(
    "a stored piece of a checkpoint",
    ("timeline.weight_frame()",),
    "The oldest checkpoint first.",
    *_CHECKPOINT,
    Column("step", "whole", ""),
    Column("kind", "category", "", ("checkpoint", "writes", "value")),
    Column("channel", "text", "of a value"),
    Column("version", "text", "likewise"),
    Column("bytes", "whole", "as stored"),
    Column("holders", "whole", "how many checkpoints lead to it: what is shared is stored once"),
)
STATE_DIFF: Final = Schema(
    "a change between two checkpoints",
    ("timeline.diff_frame()",),
    "At most 400.",
    Column("op", "category", "", ("add", "del", "mod", "move")),
    Column("path", "text", "as in code"),
    Column("before", "text", "in short"),
    Column("after", "text", "in short"),
    Column("moved_from", "whole", "position"),
    Column("moved_to", "whole", "position"),
    Column("nodes", "text", 'who made it, or the source, such as "update"'),
    Column("step", "whole", ""),
    Column("task", "text", "id"),
    Column("checkpoint_id", "text", ""),
)
EVENTS: Final = Schema(
    "a change or lookup",
    ("observable.events_frame()", 'to_frame(obj, "events")', "seen.frame()"),
    "The latest that the log holds, oldest first. Secrets in texts of caches are masked. Of objects, which "
    "are looked into one by one, only the latest 10,000 have a `before`, and as many an `after`, unless "
    '`to_frame(obj, "events", preview=True)`; with `preview=False` there are no such columns.',
    Column("number", "count", "the change's: `observable.at(number)` is how it was right after it"),
    Column("time", "time", ""),
    Column("kind", "category", "as in the log: insert, change, delete, get, hit, miss, put, …"),
    Column("key", "text", "the first one's; of a cache the prompt, of a checkpointer thread, namespace, id"),
    Column("keys", "count", "how many"),
    *_LOOKED,
    Column(
        "before",
        "text",
        "how the value before began; missing where there was none, or it is not known",
        optional=True,
    ),
    Column("after", "text", "how the value written begins", optional=True),
    *_BY,
    Column("object", "category", "the name of what changed, or its type"),
)
DIFFERENCE: Final = Schema(
    "a key that differs between two moments",
    ("observable.difference(a, b)",),
    "Keys whose value is another object. Secrets in texts of caches are masked.",
    Column("key", "text", "of a cache the prompt"),
    Column("llm_string", "text", "of caches", optional=True),
    Column("change", "category", "", ("added", "changed", "deleted")),
    Column("type_before", "category", ""),
    Column("type_after", "category", ""),
    Column("size_before", "whole", "bytes"),
    Column("size_after", "whole", "bytes"),
    Column("before", "text", "how the value began; missing where there was none, or it is not known"),
    Column("after", "text", "how it begins"),
)
ALL: Final = (
    ITEMS, ENTRIES, LOOKUPS, HISTORY, WHAT_IF, CHECKPOINTS, STATES, WRITES, WEIGHT, STATE_DIFF, EVENTS,
    DIFFERENCE,
)  # fmt: skip

"""The ids that LangGraph gives tasks, made again: hashes of a checkpoint, a node and what triggered it."""

from __future__ import annotations

import binascii
from collections.abc import Callable, Iterator
from itertools import product

from inmem_widgets.core.saver import CheckpointHeader
from inmem_widgets.observables.threads.headers import step_of
from inmem_widgets.observables.threads.history import ThreadHistory

PULL, PUSH = "__pregel_pull", "__pregel_push"
OF_NODE = f"~{PULL}, "
"""How the path of a node's task begins."""
CALLERS, CALLS = 10, 50
"""Tasks, and names, of which so many calls are looked for."""

Hash = Callable[..., str]


def hash_of(header: CheckpointHeader) -> Hash | None:
    """Makes the ids of tasks that run from a checkpoint, of their namespace, name and more."""
    try:
        from xxhash import xxh3_128_hexdigest  # LangGraph has it

        start = binascii.unhexlify(header.checkpoint_id.replace("-", ""))
    except (ImportError, ValueError):
        return None
    step = str((step_of(header) or 0) + 1)

    def made(ns: str, name: str, *parts: str) -> str:
        text = "".join((f"{ns}|{name}" if ns else name, step, name, *parts))
        found = xxh3_128_hexdigest(start + text.encode("utf-8", "surrogatepass"))
        return f"{found[:8]}-{found[8:12]}-{found[12:16]}-{found[16:20]}-{found[20:]}"

    return made


def run_ids(
    made: Hash, header: CheckpointHeader, names: dict[str, set[str]], joins: list[str], sent: list[str]
) -> Iterator[tuple[str, str]]:
    """The ids of tasks that may run from a checkpoint, with the names of their nodes."""
    ns = header.checkpoint_ns
    for at, name in enumerate(sent):
        yield made(ns, name, PUSH, str(at)), name
    for name, seen in names.items():
        own = {f"branch:to:{name}"}
        joined = {join for join in joins if join.endswith(f":{name}")}
        for triggers in {tuple(sorted(each)) for each in (own, seen, own | seen, own | joined, joined)}:
            yield made(ns, name, PULL, *triggers), name
    failed = {task for task, channel, _ in header.writes if channel == "__error_source_node__"}
    for task, name in product(failed, names):
        yield made(ns, name, PUSH, "node_error_handler", task), name


def called_ids(
    made: Hash, header: CheckpointHeader, names: dict[str, set[str]], callers: list[tuple[str, str, str]]
) -> Iterator[tuple[str, str]]:
    """The ids of tasks that others, given by id, node and path, may call in the functional API."""
    outer = f"{header.checkpoint_ns}|" if header.checkpoint_ns else ""
    for (task, node, path), at, name in product(callers[:CALLERS], range(CALLS), list(names)[:CALLERS]):
        yield made(f"{outer}{node}:{task}", name, PUSH, path or OF_NODE + node, str(at)), name


def names_at(history: ThreadHistory, header: CheckpointHeader) -> tuple[dict[str, set[str]], list[str]]:
    """Nodes that may run from a checkpoint, with channels that have triggered each; channels of joins."""
    names: dict[str, set[str]] = {"__start__": {"__start__"}}
    joins: set[str] = set()
    for each in [header, *history.children(header)]:
        for name, seen in each.versions_seen.items():
            names.setdefault(name, set()).update(seen)
        for channel in each.channel_versions:
            if channel.startswith("branch:to:"):
                names.setdefault(channel.removeprefix("branch:to:"), set())
            elif channel.startswith("join:"):
                joins.add(channel)
    return names, sorted(joins)

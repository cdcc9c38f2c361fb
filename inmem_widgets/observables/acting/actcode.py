"""Cells that fork, re-run and resume: by LangGraph's own methods, where these keep all that had been done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inmem_widgets.observables.acting import chats
from inmem_widgets.observables.acting.actions import Actions
from inmem_widgets.observables.acting.at import ROOT, START, At, subgraph_name
from inmem_widgets.observables.acting.calls import loop_of
from inmem_widgets.observables.acting.cell import Cell, mapping
from inmem_widgets.observables.acting.form import asked
from inmem_widgets.observables.acting.given import answers, edits
from inmem_widgets.observables.acting.literal import literal
from inmem_widgets.observables.acting.prepared import updates_of
from inmem_widgets.observables.keys.edits import parse
from inmem_widgets.observables.preview import clean, preview
from inmem_widgets.observables.threads.headers import nodes_that_ran, sent_only
from inmem_widgets.observables.threads.lanes import Key
from inmem_widgets.observables.threads.places import config_of
from inmem_widgets.observables.threads.status import finished

ANSWER = "yes"
"""Where none is given."""
MOST = 10_000
"""Characters of a state that is written out to be edited."""


def act(
    of: str,
    actions: Actions,
    saver: str,
    thread: str,
    key: Key,
    values: Mapping[str, str],
    as_node: str | None,
) -> str:
    """A cell that does what `Actions.fork` (with a run), `rerun` or `resume` does."""
    at = actions.at(thread, key)
    config = config_of(actions.observable.thread_id(thread), key)
    cell = Cell(saver, config, waits=loop_of(actions.observable.source) is not None or actions.awaits)
    if of == "fork" and at is not None:
        _fork(cell, at, edits(at, values, typed=True), as_node)
    elif of == "fork":
        _fork_unseen(cell, actions, thread, key, values, as_node)
    elif of == "rerun":
        _rerun(cell, at, actions, thread, key)
    else:
        _resume(cell, at, actions, thread, key, values)
    return cell.text()


# -- with the graph --


def _fork(cell: Cell, at: At, found: dict[str, Any], as_node: str | None) -> None:
    graph = _graph(at.ns)
    if at.finished or not at.called_in_place or (not found and as_node is None):
        cell.timeline()
        given = mapping([(name, cell.value(it, at.slots[name], graph)) for name, it in found.items()])
        source = "" if as_node is None else f", as_node={literal(as_node)}"
        cell.lines.append(f"timeline.fork({given}{source}, run=True)")
        return
    cell.name_config()
    updates = updates_of(at, found, as_node)
    written = [(_update(cell, at, values, graph), node) for values, node in updates]
    _update_state(cell, written)
    _run(cell, "fork" if not at.ns else None, "None")


def _update_state(cell: Cell, updates: list[tuple[str, str | None]]) -> None:
    if len(updates) == 1:
        values, node = updates[0]
        arguments = ["config", values, *([] if node is None else [f"as_node={literal(node)}"])]
        cell.lines.append(f"fork = {cell.call('update_state', *arguments)}")
        return
    cell.needs("langgraph.types", "StateUpdate")
    each = ", ".join(f"StateUpdate({values}, {literal(node)})" for values, node in updates)
    cell.lines.append(f"fork = {cell.call('bulk_update_state', 'config', f'[[{each}]]')}")


def _update(cell: Cell, at: At, values: Any, graph: str) -> str:
    if values is None:
        return "None"
    given = {ROOT: values} if ROOT in at.slots else values
    texts = []
    for name, value in given.items():
        slot = at.slots[name]
        replaces = slot.reduces and hasattr(value, "value")
        text = cell.value(value.value if replaces else value, slot, graph)
        if replaces:
            cell.needs("langgraph.types", "Overwrite")
            text = f"Overwrite({text})"
        texts.append((name, text))
    return texts[0][1] if ROOT in at.slots else mapping(texts)


def _rerun(cell: Cell, at: At | None, actions: Actions, thread: str, key: Key) -> None:
    newest = at.in_place if at is not None else _is_newest(actions, thread, key)
    keeps = bool(key[0]) or (bool(at.finished) if at is not None else _left_open(actions, thread, key))
    if keeps and not newest:
        cell.timeline()
        cell.lines.append("timeline.rerun()")
    elif newest:
        _run(cell, None, "None")
    else:
        cell.name_config()
        _run(cell, "config", "None")


def _resume(
    cell: Cell, at: At | None, actions: Actions, thread: str, key: Key, values: Mapping[str, str]
) -> None:
    questions = _questions(actions, thread, key) if at is None else {it.id: it.value for _, it in asked(at)}
    if at is not None and values:
        found = answers(at, values, typed=True)
    else:
        found = {name: _loose(values[name]) if name in values else ANSWER for name in questions}
    for name in found:
        cell.lines.append(f"# asked: {' '.join(preview(questions.get(name)).split())}")
    answer = literal(next(iter(found.values()))) if len(found) == 1 == len(questions) else literal(found)
    newest = at.in_place if at is not None else _is_newest(actions, thread, key)
    if newest:
        cell.needs("langgraph.types", "Command")
        _run(cell, None, f"Command(resume={answer})")
    else:
        cell.timeline()
        cell.lines.append(f"timeline.resume({answer})")


def _run(cell: Cell, config: str | None, input: str) -> None:
    """From a checkpoint, or on from the newest one of the thread."""
    newest = {"configurable": {"thread_id": cell.config["configurable"]["thread_id"]}}
    cell.lines.append(cell.call("invoke", input, config or literal(newest)))


def _graph(ns: str) -> str:
    return f"dict(graph.get_subgraphs(recurse=True))[{literal(subgraph_name(ns))}]" if ns else "graph"


# -- without it --


def _fork_unseen(
    cell: Cell, actions: Actions, thread: str, key: Key, given: Mapping[str, str], as_node: str | None
) -> None:
    """What the channels are declared as is found out by the cell."""
    state = actions.observable.reader.state(actions.observable.thread_id(thread), key)
    now = {} if state is None else state.values
    entered = now.get(START)
    texts: dict[str, str] = {}
    for name, value in (entered if type(entered) is dict else now).items():
        if type(name) is not str or name.startswith(("__", "branch:", "join:")):
            continue
        if name in given or not given or entered is not None:
            edited = _guessed(given[name], value) if name in given else value
            try:
                text = cell.value(edited, None, "graph")
            except ValueError:
                continue
            if name in given or sum(map(len, texts.values())) + len(text) <= MOST:
                texts[name] = text
    for name in given.keys() - texts.keys():
        texts[name] = literal(_loose(given[name]))
    ran = [START] if entered is not None else [] if as_node is None else [as_node]
    history = actions.observable.history(thread)
    header = history.by_key.get(key)
    if not ran and header is not None and header.metadata.get("source") == "loop":
        made = nodes_that_ran(header, history.parent(header))
        ran = made if len(made) > 1 or sent_only(header) == made else []
    cell.lines.append("# graph: the graph, compiled with this checkpointer; values: what is to be changed")
    alone = not key[0] and not _left_open(actions, thread, key)
    if alone:
        cell.name_config()
    else:
        cell.timeline()
    cell.lines.append(f"values = {mapping(list(texts.items()))}")
    if not alone:
        source = "" if as_node is None else f", as_node={literal(as_node)}"
        cell.lines.append(f"timeline.fork(values{source}, run=True)")
        return
    if entered is None:
        cell.needs("langgraph.channels", "BinaryOperatorAggregate")
        cell.needs("langgraph.channels", "DeltaChannel")
        cell.needs("langgraph.types", "Overwrite")
        cell.lines += [
            "channels = graph.channels",
            "for name, value in values.items():",
            "    if isinstance(channels[name], BinaryOperatorAggregate | DeltaChannel):",
            "        values[name] = Overwrite(value)",
        ]
    updates = [("values" if i == 0 else "None", node) for i, node in enumerate(ran or [None])]
    _update_state(cell, updates)
    _run(cell, "fork", "None")


def _guessed(text: str, now: Any) -> Any:
    if type(now) is str:
        return text
    return chats.messages_from(text, now) if chats.are_messages(now) else _loose(text)


def _loose(text: str) -> Any:
    try:
        return parse(text)
    except ValueError:
        return text


def _left_open(actions: Actions, thread: str, key: Key) -> bool:
    """Whether some tasks had finished, of a step that had not."""
    history = actions.observable.history(thread)
    header = history.by_key.get(key)
    if header is None or not finished(header):
        return False
    return all(child.metadata.get("source") != "loop" for child in history.children(header))


def _is_newest(actions: Actions, thread: str, key: Key) -> bool:
    head = actions.observable.history(thread).head
    return head is not None and (head.checkpoint_ns, head.checkpoint_id) == key


def _questions(actions: Actions, thread: str, key: Key) -> dict[str, Any]:
    """By the ids of interrupts."""
    writes = actions.observable.reader.writes(actions.observable.thread_id(thread), key) or []
    found: dict[str, Any] = {}
    for write in writes:
        if write.channel == "__interrupt__":
            for each in write.value if isinstance(write.value, list | tuple) else [write.value]:
                if type(name := getattr(each, "id", None)) is str:
                    found[clean(name)] = getattr(each, "value", None)
    return found

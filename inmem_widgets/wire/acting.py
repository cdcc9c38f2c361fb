"""What is asked for, and done, from the timeline: forks, runs, clean-up, files."""

from __future__ import annotations

from typing import Literal, TypedDict


class FormField(TypedDict):
    """A channel, or an interrupt, to give a value to."""

    name: str
    """The channel's, or the interrupt's id."""
    label: str
    type: str
    """As the graph declares it: "list[AnyMessage]", "int", "Plan"."""
    kind: Literal["text", "number", "bool", "choice", "json"]
    text: str
    """The value now: text as it is, everything else as JSON."""
    choices: list[str]
    editable: bool
    reason: str
    """Why not; else a hint, such as the interrupt's question."""


class Form(TypedDict):
    """The answer to `form`."""

    key: str
    fields: list[FormField]
    next: list[str]
    """Nodes that run from here, …"""
    kept: list[str]
    """… and those among them that had finished and are not run again."""
    as_nodes: list[str]
    """Nodes a manual update may be said to come from."""
    as_node: str | None
    """The one LangGraph takes by itself; None if it would not know."""


class FieldProblem(TypedDict):
    name: str
    message: str


class Begun(TypedDict):
    """The answer to `fork`, `rerun` and `resume`."""

    problems: list[FieldProblem]
    """Why nothing was done; empty where it was."""
    run: int | None
    """Of `runs`."""
    key: str | None
    """The checkpoint that the fork made."""


class PlanRow(TypedDict):
    thread: str
    ns: str
    checkpoints: int
    verdict: Literal["goes", "stays", "copied", "replaced"]
    why: str
    bytes: int | None


class Plan(TypedDict):
    """A dry run: the answer to `plan`."""

    token: str
    """Confirms exactly this with `apply`."""
    what: Literal["delete", "copy", "prune", "sweep"]
    rows: list[PlanRow]
    more: int
    goes: int
    """Checkpoints …"""
    stays: int
    freed: int | None
    """Bytes."""
    waiting: list[str]
    """Threads that stay because they wait for an answer: they go if `named`."""
    refused: str
    """Why it cannot be done at all; else ""."""


class Applied(TypedDict):
    """The answer to `apply`."""

    done: bool
    changed: str
    """What is another since the plan was made, so that nothing was done; else ""."""
    goes: int
    freed: int | None


class Imported(TypedDict):
    """The answer to `import`, once all pieces are there."""

    threads: list[str]
    checkpoints: int
    writes: int
    replaced: list[str]
    """Threads of these names that are there already: nothing is imported until told so."""

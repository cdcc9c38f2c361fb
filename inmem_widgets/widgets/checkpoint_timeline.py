"""The live timeline of a checkpointer's threads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import traitlets
from langchain_core.runnables import RunnableConfig

from inmem_widgets.observables import states
from inmem_widgets.observables.saver import ObservableSaver
from inmem_widgets.observables.session import State
from inmem_widgets.observables.tree import descend, value_node
from inmem_widgets.widgets.base import InspectorWidget
from inmem_widgets.wire import ValueNode


class CheckpointTimeline(InspectorWidget[ObservableSaver]):
    """Threads, checkpoints in lanes that show forks and subgraphs, and the state of the selected one."""

    bundle_name = "checkpoint_timeline"
    module_name = "checkpoint_panes"
    kind = ObservableSaver
    selection = traitlets.Dict(default_value=None, allow_none=True).tag(sync=True)
    """The selected checkpoint as a `RunnableConfig`, for `graph.get_state` and the like; settable."""

    @traitlets.validate("selection")
    def _check_selection(self, proposal: Any) -> Any:
        value = proposal["value"]
        if value is None:
            return None
        wanted = value.get("configurable")
        if not isinstance(wanted, dict) or not {"thread_id", "checkpoint_id"} <= wanted.keys():
            raise traitlets.TraitError(
                f"selection: got {value!r}, accepted is None or "
                "{'configurable': {'thread_id': …, 'checkpoint_ns': …, 'checkpoint_id': …}}"
            )
        return {
            "configurable": {
                # a view knows it as text
                "thread_id": self.observable.thread_id(str(wanted["thread_id"])),
                "checkpoint_ns": wanted.get("checkpoint_ns", ""),
                "checkpoint_id": wanted["checkpoint_id"],
            }
        }

    def make_state(self, params: Mapping[str, Any]) -> State:
        return states.checkpoint_timeline(self.observable)(params)

    def answer(self, method: str, params: Mapping[str, Any], view: str) -> Any:
        if method != "state":
            return super().answer(method, params, view)
        return self.state_tree(
            str(params["thread"]), str(params["ns"]), str(params["id"]), list(params.get("path") or [])
        )

    def state_tree(self, thread: str, ns: str, checkpoint_id: str, path: list[int]) -> ValueNode:
        """The node at `path` in a checkpoint's channel values, with its children.

        Raises:
            LookupError: the checkpoint, or the path in it, is gone.
        """
        config: RunnableConfig = {
            "configurable": {
                "thread_id": self.observable.thread_id(thread),
                "checkpoint_ns": ns,
                "checkpoint_id": checkpoint_id,
            }
        }
        values = self.observable.state(config)
        if values is None:
            raise LookupError(f"checkpoint {checkpoint_id} of thread {thread} is gone")
        name, value = descend(values, path)
        return value_node(name, value, depth=1)

    def html_rows(self) -> tuple[list[str], list[list[str]], str]:
        saver = self.observable
        threads = saver.thread_list()[:10]
        rows = [
            [t["id"], f"{t['checkpoints']:,}", "" if t["step"] is None else str(t["step"]), t["status"]]
            for t in threads
        ]
        caption = f"{saver.checkpoints:,} checkpoints in {saver.threads:,} threads"
        return ["Thread", "Checkpoints", "Last step", "Status"], rows, caption

"""One action after another, as a cell has them."""

from __future__ import annotations

import threading
from typing import Any

from inmem_widgets.observables.acting.actions import Actions
from tests.observables.acting import SOON, Stage, T, agent_graph


def test_a_fork_that_is_not_run_is_over_when_it_returns() -> None:
    builder, ran = agent_graph()
    stage = Stage(builder, ran)
    stage.graph.invoke({"messages": [("user", "1 + 1?")], "plan": "add"}, T)
    actions = Actions(stage.observable, stage.graph, lambda: threading.Event().wait(0.02) and None)
    config: Any = {
        "configurable": {"thread_id": "t", "checkpoint_ns": "", "checkpoint_id": stage.key("tools")[1]}
    }
    for n in range(3):
        config = actions.fork_values(config, {"plan": f"another {n}"})
    actions.rerun_config(config)
    assert actions.wait(SOON)
    assert stage.state().values["plan"] == "another 2"

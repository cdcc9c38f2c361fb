"""The checkpoint timeline in JupyterLab: scrubbing, and a run that is followed."""

from __future__ import annotations

from tests.benchmarks.lab.cases import case
from tests.benchmarks.lab.report import Report, milliseconds, percentile
from tests.benchmarks.lab.session import Lab, Measured

IMPORT = "from tests.benchmarks.lab import graphs\n"
PRESSES = 40
RUNS = 7
"""Of a graph in each measurement, in turn watched and not; the least of them counts."""


@case
def scrub(lab: Lab, report: Report, runs: int) -> None:
    """The slider of a thread of 1,000 checkpoints, a step further: until the pane shows its state."""
    enough = lab.folder / "scrubbed"
    book = {
        "make": f"{IMPORT}saver = graphs.long(1_000)",
        "show": "inspect(saver)",
        "busy": "kernel.busy_until('scrubbed')",
    }
    with lab.notebook(book) as notebook:
        notebook.run_through("make")
        notebook.run_through("show")
        notebook.page.wait_for_function("document.querySelector('.imw .channel')")
        for name, goal in (("kernel idle", 100), ("kernel busy in Python", 250)):
            taken = []
            for _ in range(runs):
                if "busy" in name:
                    enough.unlink(missing_ok=True)
                    notebook.run("busy")
                    notebook.wait_for("cell.model?.executionState !== ''", "show", "busy")
                taken.append(scrubbed(notebook))
                enough.touch()
                if "busy" in name:
                    notebook.wait_until_run("busy")
            tails = [percentile(each, 0.95) for each in taken]
            report.row(f"step to state shown, p95, {name}", tails, goal, milliseconds)


def scrubbed(notebook: Measured) -> list[float]:
    """Milliseconds of each step; what was fetched ahead is a part of it."""
    notebook.call("scrub", "ArrowLeft")  # warms up
    return [notebook.call("scrub", "ArrowLeft") for _ in range(PRESSES)]


@case
def follow(lab: Lab, report: Report, runs: int) -> None:
    """A run of 200 steps, followed and not."""
    book = {
        "make": f"{IMPORT}saver, twin, n = graphs.InMemorySaver(), graphs.InMemorySaver(), 0",
        "show": "inspect(saver)",
        "next": "n += 1",
        "alone": "alone = graphs.run(twin, f't{n}')",
        "watched": "watched = graphs.run(saver, f't{n}')",
    }
    ratios = []
    with lab.notebook(book) as notebook:
        notebook.run_through("make")
        notebook.run_through("show")
        for _ in range(runs):
            times: dict[str, list[float]] = {"alone": [], "watched": []}
            for turn in range(RUNS):
                notebook.run_through("next")
                for cell in ("alone", "watched") if turn % 2 else ("watched", "alone"):
                    notebook.run_through(cell)
                    times[cell].append(notebook.evaluate(cell))
                    notebook.page.wait_for_timeout(500)  # what goes on in the background ends
            ratios.append(min(times["watched"]) / min(times["alone"]))
    report.row("time of the run, to the same not followed", ratios, 1.1)

"""Each row of the table, measured on 1,000,000 keys where nothing else is said."""

from __future__ import annotations

import random
from collections.abc import Callable

from tests.benchmarks.lab.report import Report, milliseconds, percentile, size
from tests.benchmarks.lab.session import ROOT, Lab, Measured

MILLION = 1_000_000
JUMPS = 40
BUNDLE = ROOT / "inmem_widgets" / "static" / "key_table.js"

Case = Callable[[Lab, Report, int], None]
CASES: dict[str, Case] = {}


def case(function: Case) -> Case:
    CASES[function.__name__] = function
    return function


def cells(count: int = MILLION) -> dict[str, str]:
    return {
        "fill": f"store = kernel.filled({count})",
        "show": "inspect(store)",
        "busy": "kernel.busy_until('enough')",
    }


def jumps(notebook: Measured, seed: int) -> list[float]:
    """Milliseconds of each of some jumps to random places."""
    chosen = random.Random(seed)
    notebook.call("jump", 0.5)  # warms up
    return [notebook.call("jump", chosen.random()) for _ in range(JUMPS)]


@case
def first(lab: Lab, report: Report, runs: int) -> None:
    """Each run in a fresh kernel, so that nothing of the widget has been loaded there."""
    report.row("bundle, minified", [BUNDLE.stat().st_size], 60_000, size)
    found, again, heaps, memory = [], [], [], []
    with lab.notebook(cells()) as notebook:
        for _ in range(runs):
            notebook.run_through("fill")
            before, used = notebook.evaluate("kernel.memory()"), notebook.heap()
            found.append(notebook.display("show"))
            heaps.append(notebook.heap() - used)
            memory.append((notebook.evaluate("kernel.memory()") - before) / MILLION)
            again.append(notebook.display("show"))
            notebook.restart()
    report.row("display cell run to first rows readable", [f["time"] for f in found], 200, milliseconds)
    report.row("… run again, all being loaded", [f["time"] for f in again], None, milliseconds)
    report.row("over the websocket until then, bundle apart", [f["first"] for f in found], 50_000, size)
    report.row("… and in the second after, bundle apart", [f["bytes"] for f in found], None, size)
    report.row("the bundle and its style, as sent", [f["bundle"] for f in found], None, size)
    report.row("memory a key in the kernel, imports included", memory, 10, size)
    report.row("JS heap, the Lab's widget manager included", heaps[:1], 20e6, size)


@case
def jump(lab: Lab, report: Report, runs: int) -> None:
    enough = lab.folder / "enough"
    with lab.notebook(cells()) as notebook:
        notebook.run_through("fill")
        notebook.display("show")
        for name, goal in (("kernel idle", 100), ("kernel busy in Python", 250)):
            taken = []
            for seed in range(runs):
                if "busy" in name:
                    enough.unlink(missing_ok=True)
                    notebook.run("busy")
                    notebook.wait_for("cell.model?.executionState !== ''", "show", "busy")
                taken.append(jumps(notebook, seed))
                enough.touch()
                if "busy" in name:
                    notebook.wait_until_run("busy")
            halves = [percentile(each, 0.5) for each in taken]
            report.row(f"jump anywhere to rows shown, p50, {name}", halves, None, milliseconds)
            tails = [percentile(each, 0.95) for each in taken]
            report.row(f"jump anywhere to rows shown, p95, {name}", tails, goal, milliseconds)


@case
def scroll(lab: Lab, report: Report, runs: int) -> None:
    with lab.notebook(cells()) as notebook:
        notebook.run_through("fill")
        notebook.display("show")
        notebook.call("jump", 0.3)
        for step in (20, 240):
            taken = [notebook.call("scroll", step, 4) for _ in range(runs)]
            report.row(
                f"scrolling {step} px a frame, p95 of the frames",
                [percentile(each, 0.95) for each in taken], 20, milliseconds,
                f"  p50 {milliseconds(percentile(taken[0], 0.5))}",
            )  # fmt: skip


@case
def find(lab: Lab, report: Report, runs: int) -> None:
    """Filter and sort; each run in a fresh kernel, as what was found once is remembered."""
    filters = ("answer:7f", "prod:user:a", "doc:0c1", "9:0123", "chunk:3")
    times: dict[str, list[float]] = {name: [] for name in ("Key", "Size", "Key again", "Size again")}
    firsts, completes, memory, heaps = [], [], [], []
    keys = "store._store"
    by_size = f"key=lambda key: len({keys}[key])"
    with lab.notebook(cells()) as notebook:
        for turn in range(runs):
            notebook.run_through("fill")
            ends = {
                "Key": notebook.evaluate(f"[min({keys}), max({keys})]"),
                "Size": notebook.evaluate(f"[min({keys}, {by_size}), max({keys}, {by_size})]"),
            }
            before, used = notebook.evaluate("kernel.memory()"), notebook.heap()
            notebook.display("show")
            for name in times:
                column = name.split()[0]
                times[name].append(notebook.call("sort", column, ends[column]))
                notebook.page.wait_for_timeout(1_000)  # what goes on in the background ends
            for part in (filters[turn % len(filters)], filters[(turn + 1) % len(filters)]):
                count = notebook.evaluate(f"sum({part!r} in key for key in {keys})")
                found = notebook.call("filter", part, count)
                firsts.append(found["first"])
                completes.append(found["complete"])
                notebook.call("filter", "", MILLION)
            memory.append((notebook.evaluate("kernel.memory()") - before) / MILLION)
            heaps.append(notebook.heap() - used)
            notebook.restart()
    report.row("substring filter to first results", firsts, 100, milliseconds)
    report.row("substring filter to all results", completes, 1_000, milliseconds)
    report.row("sort by key to first rows", times["Key"], 1_000, milliseconds)
    report.row("sort by size to first rows", times["Size"], 2_000, milliseconds)
    report.row("sort by key, repeated unchanged", times["Key again"], 50, milliseconds)
    report.row("sort by size, repeated unchanged", times["Size again"], 50, milliseconds)
    report.row("memory a key in the kernel, once sorted and filtered", memory, 100, size)
    report.row("JS heap after all that, as the first view of its page", heaps[:1], 20e6, size)


@case
def ten_million(lab: Lab, report: Report, runs: int) -> None:
    count = 10 * MILLION
    with lab.notebook(cells(count)) as notebook:
        notebook.run_through("fill")
        shown = notebook.display("show")
        report.row("10,000,000 keys: display to first rows", [shown["time"]], None, milliseconds)
        to_end = notebook.call("jump", 1)
        reached = f"{count - 1:07}" in notebook.call("visible")[-1]
        report.fact("last row by the scroll bar", reached, milliseconds(to_end))
        notebook.call("press", "Home", 0)
        to_end = notebook.call("press", "End", count - 1)
        reached = f"{count - 1:07}" in notebook.call("visible")[-1]
        report.fact("last row by the End key", reached, milliseconds(to_end))


@case
def watch(lab: Lab, report: Report, runs: int) -> None:
    """Ten seconds of single writes, watched and unwatched in turn."""
    seconds = 10
    book = {
        **cells(),
        "twin": "twin = kernel.filled(1_000_000)",
        "alone": f"alone = kernel.write(twin, {seconds})",
        "watched": f"watched = kernel.write(store, {seconds})",
    }
    ratios, pace, messages, data, frames, same = [], [], [], [], [], True
    with lab.notebook(book) as notebook:
        notebook.run_through("fill")
        notebook.run_through("twin")
        notebook.display("show")
        for turn in range(runs):
            order = ("alone", "watched") if turn % 2 else ("watched", "alone")
            for cell in order:
                start = notebook.call("now")
                notebook.call("record")
                notebook.run_through(cell)
                gaps, end = notebook.call("recorded"), notebook.call("now")
                if cell == "alone":
                    continue
                notebook.evaluate("store.changes.flush(5)")
                notebook.page.wait_for_timeout(2_000)  # the last message is out
                traffic = notebook.call("traffic", start, end)
                frames.append(percentile(gaps, 0.95))
                messages.append(traffic["most"]["messages"])
                data.append(traffic["most"]["bytes"])
                pace.append(notebook.evaluate("watched['changes'] / watched['took']"))
                same = same and screen_is_store(notebook)
            ratios.append(notebook.evaluate("watched['spent'] / alone['spent']"))
        note = f"  {traffic['messages']} in {(end - start) / 1_000:.1f} s"
    report.row("changes a second", pace)
    report.row("messages in the fullest second", messages, 20, note=note)
    report.row("bytes in the fullest second", data, 1e6, size)
    report.row("p95 of the frames", frames, 33, milliseconds)
    report.fact("the final screen equals the store", same)
    report.row("time in the writer's calls, to the same unwatched", ratios, 1.3)


def screen_is_store(notebook: Measured) -> bool:
    rows = notebook.call("visible")
    truth = notebook.evaluate(f"[store._store[kernel.key(n)].decode() for n in range({len(rows)})]")
    return len(rows) > 8 and all(value in row for row, value in zip(rows, truth, strict=True))


@case
def count(lab: Lab, report: Report, runs: int) -> None:
    """Ten seconds of 50,000 lookups each, cache counters open."""
    book = {
        "make": "cache, counted = kernel.InMemoryCache(maxsize=2_000), {'hits': 0, 'misses': 0}",
        "show": "inspect(cache)",
        "look": "done = kernel.look_up(cache, 10)",
        "sum": "counted = {name: counted[name] + done[name] for name in counted}",
    }
    pace, messages, data, frames, same = [], [], [], [], True
    with lab.notebook(book) as notebook:
        notebook.run_through("make")
        notebook.run_through("show")
        notebook.page.wait_for_function("document.querySelector('.imw dl.hero, .imw .empty')")
        for _ in range(runs):
            start = notebook.call("now")
            notebook.call("record")
            notebook.run_through("look")
            gaps, end = notebook.call("recorded"), notebook.call("now")
            notebook.run_through("sum")
            notebook.evaluate("cache.changes.flush(5)")
            notebook.page.wait_for_timeout(2_000)  # the last message is out
            traffic = notebook.call("traffic", start, end)
            frames.append(percentile(gaps, 0.95))
            messages.append(traffic["most"]["messages"])
            data.append(traffic["most"]["bytes"])
            pace.append(notebook.evaluate("(done['hits'] + done['misses']) / done['took']"))
            same = same and figures_are_exact(notebook)
    report.row("lookups a second", pace)
    report.row("messages in the fullest second", messages, 20)
    report.row("bytes in the fullest second", data, 1e6, size)
    report.row("p95 of the frames", frames, 33, milliseconds)
    report.fact("the final figures are exact", same)


def figures_are_exact(notebook: Measured) -> bool:
    """On screen, by the cache's own count and by that of who looked up."""
    hits, misses, evictions = notebook.evaluate(
        "[cache.stats().hits, cache.stats().misses, cache.stats().evictions]"
    )
    counted = notebook.evaluate("[counted['hits'], counted['misses']]")
    shown = notebook.call("figures")
    exact = {"Hits": f"{hits:,}", "Misses": f"{misses:,}", "Evictions": f"{evictions:,}"}
    return bool(counted == [hits, misses] and exact.items() <= shown.items())


def chosen(words: list[str]) -> list[Case]:
    return [run for name, run in CASES.items() if not words or any(word in name for word in words)]

"""A log simulated with all sizes and policies, as it is shown."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from math import isqrt

import numpy as np
from numpy.typing import NDArray

from inmem_widgets.observables.keys.background import Making
from inmem_widgets.observables.keys.task import Steps
from inmem_widgets.observables.whatif.curves import curve, part
from inmem_widgets.observables.whatif.knee import knee
from inmem_widgets.observables.whatif.script import Ints, Script, prepare
from inmem_widgets.observables.whatif.sizes import default_sizes, nice
from inmem_widgets.observables.whatif.trace import LABELS, Trace
from inmem_widgets.wire.cache import Check, Curve, Suggestion, WhatIf

CLOSER = 4
"""Sizes added to those of the curves where one is suggested, to tell it more closely."""


def study(
    trace: Trace, sizes: Sequence[int] | None, policies: Sequence[str], show: Callable[[WhatIf], None]
) -> Steps:
    """Simulate it in steps; `show` gets what there is to see after each policy, the cache's own first.

    Sizes are those given and the present one: without a limit, the number of keys.
    """
    made: WhatIf = {
        "lookups": 0, "keys": 0, "lost": trace.lost, "progress": None, "policy": trace.policy,
        "maxsize": trace.maxsize, "ratio": None, "sizes": [], "curves": [], "suggestion": None,
        "check": None, "notes": [], "problem": "",
    }  # fmt: skip
    script = yield from prepare(trace)
    lookups = script.lookups
    if not lookups:
        show({**made, "problem": "No lookups in the log"})
        return
    present = trace.maxsize or trace.keys
    chosen = sorted({*sizes, present}) if sizes else default_sizes(trace.keys, trace.maxsize)
    policies = list(dict.fromkeys((trace.policy, *policies)))
    share = 1 / len(policies)

    hits = yield from part(curve(script, trace.policy, chosen), 0.0, share)
    suggestion = yield from _suggest(script, chosen, hits)
    made = {
        **made,
        "lookups": lookups,
        "keys": int(np.count_nonzero(script.looked_up)),
        "ratio": script.measured / lookups,
        "sizes": chosen,
        "curves": [_curve(script, trace.policy, hits)],
        "suggestion": suggestion,
        "check": _check(script, hits[chosen.index(present)]),
        "notes": _notes(script, chosen, hits[-1]),
    }
    show(made)
    for number, policy in enumerate(policies[1:], 1):
        hits = yield from part(curve(script, policy, chosen), number * share, share)
        new, curves = _curve(script, policy, hits), made["curves"]
        if policy == "fifo_upstream" and any(
            each["policy"] == "fifo" and each["ratios"] == new["ratios"] for each in curves
        ):
            made = {**made, "notes": [*made["notes"], f"{new['label']} would have done as {LABELS['fifo']}"]}
        else:
            made = {**made, "curves": [*curves, new]}
        show(made)


def _suggest(script: Script, sizes: list[int], hits: list[Ints]) -> Making[Suggestion | None]:
    """The size to choose with the present policy; those it was found among are added."""
    trace, lookups = script.trace, script.lookups
    for closer in range(CLOSER + 1):
        found = knee(sizes, [int(of.sum()) / lookups for of in hits], trace.maxsize, lookups)
        at = 0 if found is None else sizes.index(found["maxsize"])
        between = nice(isqrt(sizes[at - 1] * sizes[at])) if at else 0
        if closer == CLOSER or not at or not sizes[at - 1] < between < sizes[at]:
            break
        hits[at:at] = yield from curve(script, trace.policy, [between])
        sizes.insert(at, between)
    return found


def _curve(script: Script, policy: str, hits: list[Ints]) -> Curve:
    trace, lookups = script.trace, script.lookups
    bound = policy == "optimum"  # of hits alone
    return {
        "policy": policy,
        "label": LABELS[policy],
        "ratios": [int(of.sum()) / lookups for of in hits],
        "seconds": None if bound else _saved(hits, trace.seconds),
        "tokens": None if bound else _saved(hits, trace.tokens),
    }


def _saved(hits: list[Ints], values: array[float]) -> list[float] | None:
    known = np.nan_to_num(np.asarray(values))
    return [float(of @ known) for of in hits] if _knows(values).any() else None


def _knows(values: array[float]) -> NDArray[np.bool_]:
    known: NDArray[np.bool_] = ~np.isnan(np.asarray(values))
    return known


def _check(script: Script, hits: Ints) -> Check:
    simulated, measured = int(hits.sum()), script.measured
    if not script.trace.certain:
        problem = "what was cached at first, or a lookup since, is not known"
    elif simulated != measured:
        problem = "threads crossed each other, or the cache was changed other than by its methods"
    else:
        problem = ""
    return {"simulated": simulated, "measured": measured, "problem": problem}


def _notes(script: Script, sizes: list[int], hits: Ints) -> list[str]:
    """`hits`: with the largest size."""
    trace, notes = script.trace, list[str]()
    if trace.maxsize is not None and len(trace.start) >= trace.maxsize < sizes[-1]:
        notes.append(
            f"sizes above {trace.maxsize:,} begin with the {len(trace.start):,} entries held when the log "
            "begins: they might do better"
        )
    hit = hits > 0
    for name, values in (("load time", trace.seconds), ("number of tokens", trace.tokens)):
        known = np.count_nonzero(_knows(values) & hit) if values else 0
        if 0 < known < (of := np.count_nonzero(hit)):
            notes.append(f"the {name} is known of {known:,} of the {of:,} keys that are hit")
    return notes

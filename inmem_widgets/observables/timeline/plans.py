"""Clean-up in two steps: a plan that changes nothing, then exactly that, unless something changed since."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, cast, get_args

from inmem_widgets.core.saver import InMemorySaver
from inmem_widgets.observables.acting.runs import busy
from inmem_widgets.observables.portable.kinds import access
from inmem_widgets.observables.portable.savers import Access
from inmem_widgets.observables.preview import clean, preview
from inmem_widgets.observables.saver import ObservableSaver
from inmem_widgets.observables.timeline.cleanup import (
    Findings,
    What,
    of_copy,
    of_delete,
    of_prune,
    of_sweep,
)
from inmem_widgets.wire import Applied, Plan

ROWS = 200
PLANS = 8
"""Plans that are remembered."""
_AWAIT = "In a cell: await saver.adelete_thread(…)"
_METHODS = {"delete": "delete_thread", "copy": "copy_thread", "prune": "prune"}


@dataclass(frozen=True, slots=True)
class _Kept:
    plan: Plan
    findings: Findings
    what: What
    target: Any
    prints: dict[str, bytes]
    """Fingerprints of the threads it is about, by their text."""


class Plans:
    """Plans for one checkpointer, and their execution. Any thread may call it."""

    def __init__(self, observable: ObservableSaver) -> None:
        self._observable = observable
        self._lock = threading.Lock()
        self._kept: dict[str, _Kept] = {}

    def plan(
        self,
        what: str,
        threads: Sequence[str] = (),
        target: str | None = None,
        named: Collection[str] = (),
    ) -> Plan:
        """What would be done; nothing is changed.

        "delete" removes threads; "copy" copies one to `target`; "prune" keeps the latest checkpoint of
        each namespace, as the checkpointer's own `prune(strategy="keep_latest")` does; "sweep" removes
        what is left without a checkpoint.

        Args:
            what: One of these.
            threads: As text; none means all.
            target: The thread to copy to.
            named: Threads that wait for an answer to an interrupt, and are to go all the same.

        Raises:
            TypeError, ValueError: an argument is not accepted.
        """
        if what not in get_args(What):
            raise ValueError(f"what: got {what!r:.80}, accepted are {', '.join(map(repr, get_args(What)))}")
        for name, given in (("threads", threads), ("named", named)):
            if isinstance(given, str) or not all(isinstance(each, str) for each in given):
                raise TypeError(f"{name}: got {preview(given, 80)}, accepted are ids of threads, as text")
        source: Any = self._observable.source
        if source is None:
            raise ReferenceError("the checkpointer is gone")
        try:
            of = access(source)
        except RuntimeError:
            return _refused(what, f"{type(source).__name__} needs the event loop of this thread. {_AWAIT}")
        threads = list(dict.fromkeys(threads)) or self._all(of, what)
        if problem := self._problem(of, what, threads, target):
            return _refused(what, problem)
        about = threads if target is None or what != "copy" else [*threads, target]
        prints = {thread: of.fingerprint(self._observable.thread_id(thread)) for thread in about}
        try:
            self._observable.read_whole()  # after the fingerprints: what comes between shows when applied
        except RuntimeError as error:
            return _refused(what, str(error))
        findings = self._findings(what, threads, target, named)
        made: Plan = {
            "token": secrets.token_urlsafe(12),
            "what": cast(What, what),
            "rows": findings.rows[:ROWS],
            "more": max(0, len(findings.rows) - ROWS),
            "goes": findings.goes,
            "stays": findings.stays,
            "freed": findings.freed,
            "waiting": findings.waiting,
            "refused": "" if findings.threads or findings.orphans else "There is nothing to do.",
        }
        with self._lock:
            self._kept[made["token"]] = _Kept(made, findings, cast(What, what), target, prints)
            while len(self._kept) > PLANS:
                del self._kept[next(iter(self._kept))]
        return made

    def apply(self, token: str) -> Applied:
        """Do what a plan says, unless one of its threads has changed since. A plan can be carried out once.

        Raises:
            LookupError: there is no such plan (any more).
            ReferenceError: the checkpointer is gone.
        """
        with self._lock:
            kept = self._kept.pop(token, None)
        if kept is None or kept.plan["refused"]:
            raise LookupError("token: there is no such plan any more; make another one")
        source: Any = self._observable.source
        if source is None:
            raise ReferenceError("the checkpointer is gone")
        of = access(source)
        if running := sorted(busy(source) & kept.prints.keys()):
            changed = f"a run of {running[0]} is going on: nothing was done"
            return {"done": False, "changed": changed, "goes": 0, "freed": 0}
        with of.lock():
            for thread, before in kept.prints.items():
                if of.fingerprint(self._observable.thread_id(thread)) != before:
                    changed = f"{thread} has changed since: nothing was done"
                    return {"done": False, "changed": changed, "goes": 0, "freed": 0}
            _DO[kept.what](of, kept)
        self._observable.look_again()
        return {
            "done": True,
            "changed": "",
            "goes": kept.findings.goes,
            "freed": kept.findings.freed,
        }

    def _all(self, of: Access, what: str) -> list[str]:
        if what == "sweep":
            ghosts, orphans = self._observable.reader.ghosts()
            ids = [*ghosts, *(each.thread_id for each in orphans)]
        else:
            ids = of.threads()
        return list(dict.fromkeys(clean(str(thread_id)) for thread_id in ids))

    def _problem(self, of: Access, what: str, threads: list[str], target: str | None) -> str:
        """Why it cannot be done at all."""
        name = type(of.saver).__name__
        if what == "sweep":
            if not isinstance(of.saver, InMemorySaver):
                return f"{name} does not tell what it holds without a checkpoint."
            return "" if threads else "There is nothing to sweep."
        if not of.can(_METHODS[what]):
            return f"{name} has no {_METHODS[what]}."
        if what == "copy":
            if len(threads) != 1:
                raise ValueError(f"threads: got {len(threads)}, accepted is the one to copy")
            if not isinstance(target, str) or not target:
                raise ValueError(f"target: got {target!r:.80}, accepted is the id of a thread")
            if target == threads[0]:
                return "A thread cannot be copied to itself."
        missing = [thread for thread in threads if not of.has(self._observable.thread_id(thread))]
        return f"There is no thread {missing[0]} (any more)." if missing else ""

    def _findings(
        self, what: str, threads: list[str], target: str | None, named: Collection[str]
    ) -> Findings:
        if what == "copy":
            return of_copy(self._observable, threads[0], str(target))
        if what == "sweep":
            return of_sweep(self._observable, threads)
        return (of_delete if what == "delete" else of_prune)(self._observable, threads, named)


def _delete(of: Access, kept: _Kept) -> None:
    for thread_id in kept.findings.threads:
        of.delete(thread_id)


def _copy(of: Access, kept: _Kept) -> None:
    of.call("copy_thread", kept.findings.threads[0], kept.target)


def _prune(of: Access, kept: _Kept) -> None:
    of.call("prune", kept.findings.threads, strategy="keep_latest")


def _sweep(of: Access, kept: _Kept) -> None:
    saver: InMemorySaver = of.saver
    for thread_id in kept.findings.threads:
        saver.delete_thread(thread_id)
    for thread_id, (ns, checkpoint_id) in kept.findings.orphans:
        if space := saver._tables.find(thread_id, ns):
            space.remove_writes([checkpoint_id])
    if kept.findings.orphans:
        saver._note("prune", list(dict.fromkeys(thread_id for thread_id, _ in kept.findings.orphans)))
        saver._wake()


_DO: dict[What, Callable[[Access, _Kept], None]] = {
    "delete": _delete,
    "copy": _copy,
    "prune": _prune,
    "sweep": _sweep,
}


def _refused(what: str, why: str) -> Plan:
    return {
        "token": "",
        "what": cast(What, what),
        "rows": [],
        "more": 0,
        "goes": 0,
        "stays": 0,
        "freed": 0,
        "waiting": [],
        "refused": why,
    }

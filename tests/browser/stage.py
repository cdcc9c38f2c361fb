"""A page on which the built widgets stand, and the kernel's side of them in this process."""

from __future__ import annotations

import contextlib
import itertools
import json
import mimetypes
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from time import monotonic
from typing import Any, Protocol

from playwright.sync_api import Locator, Page, Route, expect

from inmem_widgets.observables.session import Session, State
from inmem_widgets.widgets.base import InspectorWidget

HERE = Path(__file__).parent
STATIC = HERE.parent.parent / "inmem_widgets" / "static"
ORIGIN = "http://widgets.test"
PATIENCE = 30.0
"""Seconds until what does not come is given up: much, for loaded machines."""

LIGHT = {"--jp-layout-color1": "#fff", "--jp-content-font-color0": "#16191d"}
DARK = {"--jp-layout-color1": "#1b1d20", "--jp-content-font-color0": "#e8eaed"}


class Kernel(Protocol):
    """The kernel's side of one widget."""

    bundle: str
    traits: dict[str, Any]

    def receive(self, message: dict[str, Any]) -> list[dict[str, Any]]:
        """One message of the view; returns those to send back."""
        ...

    def pushed(self) -> list[dict[str, Any]]:
        """What it has sent of its own accord since it was last asked."""
        ...


class Scripted:
    """A kernel whose state is whatever `make` says; `answer` answers requests that ask for more than that."""

    def __init__(
        self,
        bundle: str,
        make: Callable[[Mapping[str, Any]], State],
        *,
        answer: Callable[[str, Mapping[str, Any]], Any] = lambda method, params: None,
        **traits: Any,
    ) -> None:
        self.bundle = bundle
        self.make = make
        self.answer = answer
        self.sessions: dict[str, Session] = {}
        self.received: list[dict[str, Any]] = []
        self.traits = {**traits, "state": Session("", make).open({})}

    def receive(self, message: dict[str, Any]) -> list[dict[str, Any]]:
        self.received.append(message)
        kind, view = message["kind"], message.get("view", "")
        if kind == "traits":
            self.traits.update(message["traits"])
        elif kind == "open":
            session = self.sessions.setdefault(view, Session(view, self.make))
            return [{"kind": "opened", "view": view, "state": session.open(message["params"])}]
        elif kind == "close":
            self.sessions.pop(view, None)
        elif kind == "request":
            reply = {"kind": "reply", "view": view, "id": message["id"]}
            if view not in self.sessions:
                return [{**reply, "error": "the view is not open"}]
            if message["method"] == "look":
                patch = self.sessions[view].patch(message["params"])
                return [*([dict(patch)] if patch else []), {**reply, "result": None}]
            if message["method"] == "ping":
                return [{**reply, "result": None}]
            if message["method"] == "module":
                parts = (("script", "js"), ("style", "css"))
                panes = message["params"].get("name") or f"{self.bundle.partition('_')[0]}_panes"
                code = {name: (STATIC / f"{panes}.{kind}").read_text("utf-8") for name, kind in parts}
                return [{**reply, "result": code}]
            result = self.answer(message["method"], message["params"])
            return [{**reply, "result": result}, *self.pushed()]
        return []

    def pushed(self) -> list[dict[str, Any]]:
        patches = (session.patch() for session in self.sessions.values())
        return [dict(patch) for patch in patches if patch]


class Real:
    """The kernel's side is the widget itself."""

    def __init__(self, widget: InspectorWidget) -> None:
        self.widget = widget
        self.bundle = widget.bundle_name
        self.synced = [name for name in ("selection", "opened") if name in widget.keys]
        self.traits = {name: getattr(widget, name) for name in ("state", *self.synced)}
        self._sent: list[dict[str, Any]] = []
        self._lock = threading.Lock()
        widget.send = self._send  # type: ignore[method-assign]
        widget.observe(self._changed, self.synced)

    def receive(self, message: dict[str, Any]) -> list[dict[str, Any]]:
        if message["kind"] == "traits":
            for name, value in message["traits"].items():
                setattr(self.widget, name, value)
        else:
            self.widget._receive(self.widget, message, [])
        return self._taken()

    def pushed(self) -> list[dict[str, Any]]:
        self.widget._push(at_once=True)  # what it would send a moment later
        return self._taken()

    def _taken(self) -> list[dict[str, Any]]:
        with self._lock:
            sent, self._sent = self._sent, []
        return sent

    def _send(self, content: dict[str, Any], buffers: Any = None) -> None:
        with self._lock:
            self._sent.append(json.loads(json.dumps(content)))  # as it travels

    def _changed(self, change: Any) -> None:
        self._send({"kind": "trait", "name": change["name"], "value": change["new"]})


class Stage:
    """The page; `show` puts a widget on it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.kernels: dict[str, Kernel] = {}
        self._ids = (f"widget-{n}" for n in itertools.count(1))
        page.expose_function("toKernel", self._receive)
        page.route(f"{ORIGIN}/**", _serve)
        page.goto(f"{ORIGIN}/stage.html")
        self.theme("light")

    def theme(self, name: str) -> None:
        self.page.evaluate(
            "([name, variables]) => stage.theme(name, variables)", [name, DARK if name == "dark" else LIGHT]
        )

    def show(self, kernel: Kernel, *, width: int | None = None, shadow: bool = False) -> Locator:
        """Render the widget and wait for its first state from the kernel."""
        widget = next(self._ids)
        self.kernels[widget] = kernel
        css = (STATIC / f"{kernel.bundle}.css").read_text("utf-8")
        self.page.evaluate(
            "([id, bundle, css, traits, options]) => stage.show(id, bundle, css, traits, options)",
            [widget, kernel.bundle, css, kernel.traits, {"width": width, "shadow": shadow}],
        )
        return self.page.locator(f"#{widget}")

    def push(self) -> None:
        """Deliver what the kernels have sent of their own accord."""
        for widget, kernel in self.kernels.items():
            for message in kernel.pushed():
                self.page.evaluate("([id, message]) => stage.deliver(id, message)", [widget, message])

    def until(self, shown: Locator) -> None:
        """Deliver what the kernels send of their own accord until this is visible."""
        end = monotonic() + PATIENCE
        while monotonic() < end:
            self.push()
            with contextlib.suppress(AssertionError):
                expect(shown).to_be_visible(timeout=100)
                return
        raise AssertionError(f"{shown} is not shown")

    def eventually(self, told: Callable[[], Any], wanted: Any = True) -> None:
        """Let the page's messages come in until that is told: what is on screen may be ahead of them."""
        end = monotonic() + PATIENCE
        while (found := told()) != wanted:
            assert monotonic() < end, f"{found!r} instead of {wanted!r}"
            self.page.wait_for_timeout(20)

    def halt(self) -> None:
        """The page's clock, which was installed, moves only when it is told to: moments last."""
        self.page.clock.pause_at(self.page.evaluate("Date.now() / 1000") + 10)

    def update(self, widget: Locator, trait: str, value: Any) -> None:
        """The kernel sets a synced trait."""
        self.page.evaluate(
            "([id, name, value]) => stage.models.get(id).update(name, value)",
            [widget.get_attribute("id"), trait, value],
        )

    def deaf(self, widget: Locator, deaf: bool = True) -> None:
        """Lose the view's messages, as when the kernel is gone."""
        self.page.evaluate(
            "([id, deaf]) => { stage.models.get(id).deaf = deaf }", [widget.get_attribute("id"), deaf]
        )

    def end(self, widget: Locator) -> None:
        """Abort the render signal, as when the cell runs again."""
        self.page.evaluate("(id) => stage.end(id)", widget.get_attribute("id"))

    def _receive(self, widget: str, message: dict[str, Any]) -> list[dict[str, Any]]:
        return self.kernels[widget].receive(message)


def _serve(route: Route) -> None:
    name = route.request.url.removeprefix(f"{ORIGIN}/")
    path = STATIC / name.removeprefix("static/") if name.startswith("static/") else HERE / name
    if not path.is_file():
        route.fulfill(status=404)
        return
    kind = mimetypes.guess_type(path.name)[0] or "text/plain"
    route.fulfill(body=path.read_bytes(), content_type=f"{kind}; charset=utf-8")

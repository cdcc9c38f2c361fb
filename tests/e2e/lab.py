"""A real JupyterLab or Notebook 7, alone in its own folders, and a notebook open in it."""

from __future__ import annotations

import ast
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Locator, Page

SETTINGS = {
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    # every cell in the page, on screen or not, so that tests need not scroll about
    "@jupyterlab/notebook-extension/tracker": {"windowingMode": "none"},
    "@jupyterlab/docmanager-extension/plugin": {"autosave": False},
}
STARTS_WITHIN = 120
"""Seconds that a server or a page may take."""


@contextmanager
def jupyterlab(
    folder: Path,
    home: Path,
    *,
    theme: str = "JupyterLab Light",
    app: Literal["jupyterlab", "notebook"] = "jupyterlab",
) -> Iterator[str]:
    """Serve `folder`; yields the address of a file there. All that Jupyter writes goes below `home`.

    The address has `{file}` where the name of the file belongs.
    """
    for plugin, settings in {
        **SETTINGS,
        "@jupyterlab/apputils-extension/themes": {"theme": theme},
    }.items():
        file = home / "settings" / f"{plugin}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(settings))
    port, token = _free_port(), "tour"
    command = [
        *(sys.executable, "-m", app, "--no-browser", "--allow-root", "--expose-app-in-browser"),
        *(f"--ServerApp.port={port}", "--ServerApp.port_retries=0", f"--IdentityProvider.token={token}"),
        *(f"--ServerApp.root_dir={folder}", "--LabApp.extension_manager=readonly"),
    ]
    server = subprocess.Popen(
        command, env=_isolated(home), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    log: list[str] = []
    ready = threading.Event()
    reader = threading.Thread(target=_read, args=(server, log, ready), daemon=True)
    reader.start()
    try:
        if not ready.wait(STARTS_WITHIN) or server.poll() is not None:
            raise RuntimeError(f"{app} did not start:\n" + "".join(log))
        place = {"jupyterlab": "lab/tree/{file}?reset&", "notebook": "notebooks/{file}?"}[app]
        yield f"http://127.0.0.1:{port}/{place}token={token}"
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _isolated(home: Path) -> dict[str, str]:
    folders = {
        "HOME": "home",
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython",
    }
    for folder in folders.values():
        (home / folder).mkdir(parents=True, exist_ok=True)
    return {**os.environ, "PYTHONUNBUFFERED": "1", **{name: str(home / f) for name, f in folders.items()}}


def _read(server: subprocess.Popen[str], log: list[str], ready: threading.Event) -> None:
    assert server.stderr is not None
    for line in server.stderr:  # until the server ends, or its pipe would fill
        log.append(line)
        if "is running at" in line:
            ready.set()
    ready.set()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Notebook:
    """A notebook open in a page. Waits are explicit and end in Playwright's time-out."""

    def __init__(self, page: Page, address: str, file: Path) -> None:
        self.page = page
        self.file = file
        page.set_default_timeout(STARTS_WITHIN * 1000)
        self.ids = [cell["id"] for cell in json.loads(file.read_text())["cells"]]
        page.goto(address.format(file=file.name))
        page.wait_for_function("window.jupyterapp?.shell.currentWidget?.context?.isReady")
        page.wait_for_function(
            "jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status === 'idle'"
        )
        page.evaluate("jupyterapp.shell.collapseLeft()")

    def cell(self, cell_id: str) -> Locator:
        return self.page.locator(".jp-Notebook .jp-Cell").nth(self.ids.index(cell_id))

    def output(self, cell_id: str) -> Locator:
        return self.cell(cell_id).locator(".jp-OutputArea-output")

    def widget(self, cell_id: str, kind: str = "") -> Locator:
        """The root of a widget shown by a cell."""
        return self.output(cell_id).locator(f".imw{kind}")

    def run_all(self) -> None:
        """Start it; does not wait."""
        self.page.evaluate("void jupyterapp.commands.execute('notebook:run-all-cells')")

    def run(self, cell_id: str) -> None:
        """Start one cell; does not wait."""
        self.page.evaluate(
            """index => {
                const notebook = jupyterapp.shell.currentWidget.content;
                notebook.deselectAll();
                notebook.activeCellIndex = index;
                notebook.activeCell.model.executionCount = null;
                void jupyterapp.commands.execute('notebook:run-cell');
            }""",
            self.ids.index(cell_id),
        )

    def wait_for(self, condition: str, cell_id: str, while_running: str = "") -> None:
        """Until a JavaScript condition on `cell` (its element) holds, another cell being still at work.

        Both are looked at in the same instant: this is how "while the cell runs" is tested.
        """
        self.page.wait_for_function(
            f"""([index, other]) => {{
                const cells = jupyterapp.shell.currentWidget.content.widgets;
                const cell = cells[index].node;
                return (other < 0 || cells[other].model.executionState === 'running') && ({condition});
            }}""",
            arg=[self.ids.index(cell_id), self.ids.index(while_running) if while_running else -1],
        )

    def wait_until_run(self, cell_id: str) -> None:
        """Until the cell has run.

        Raises:
            AssertionError: a cell of the notebook raised; with what it says.
        """
        done = self.page.wait_for_function(
            """index => {
                const models = jupyterapp.shell.currentWidget.content.widgets.map(cell => cell.model);
                const outputs = models.flatMap(model => model.outputs?.toJSON() ?? []);
                const error = outputs.find(output => output.output_type === 'error');
                const { executionCount, executionState } = models[index];
                return error ?? (executionCount !== null && executionState === 'idle');
            }""",
            arg=self.ids.index(cell_id),
        ).json_value()
        assert done is True, "\n".join(done["traceback"])

    def evaluate(self, expression: str) -> Any:
        """The value of a Python expression in the kernel; of built-in types."""
        found = self.page.evaluate(
            """async expression => {
                const kernel = jupyterapp.shell.currentWidget.sessionContext.session.kernel;
                const options = { code: '', silent: true, user_expressions: { value: expression } };
                const reply = await kernel.requestExecute(options).done;
                return reply.content.user_expressions.value;
            }""",
            expression,
        )
        assert found["status"] == "ok", "\n".join(found["traceback"])
        return ast.literal_eval(found["data"]["text/plain"])

    def save(self) -> None:
        self.page.evaluate("jupyterapp.commands.execute('docmanager:save')")

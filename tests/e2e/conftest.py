"""A notebook of one's own in a real JupyterLab."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.lab import Notebook, jupyterlab

OpenNotebook = Callable[[Path], Notebook]
expect.set_options(timeout=20_000)  # slow machines


@pytest.fixture(scope="module")
def lab_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the Lab of this module serves."""
    return tmp_path_factory.mktemp("notebooks")


@pytest.fixture(scope="module")
def open_notebook(
    chromium: Callable[[], Browser], lab_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[OpenNotebook]:
    """Opens a file of `lab_folder` in a page of its own."""
    with ExitStack() as stack:
        address = stack.enter_context(jupyterlab(lab_folder, tmp_path_factory.mktemp("jupyter")))

        def open_it(file: Path) -> Notebook:
            page = chromium().new_page(viewport={"width": 1200, "height": 1000})
            stack.callback(page.close)
            return Notebook(page, address, file)

        yield open_it

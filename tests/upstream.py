"""Upstream's own test files, run on our classes.

They are not shipped with their wheels, and no copy is kept here: the sdist of the installed version is
fetched once with pip into `.cache/`. Where that cannot be had (no network), the tests are skipped, loudly.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import tarfile
import warnings
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType

import pytest

CACHE = Path(__file__).parent.parent / ".cache" / "sdists"
SECONDS = 120


@cache
def sdist(distribution: str) -> Path | None:
    """The unpacked sdist of the installed version of a distribution; None if it cannot be had."""
    wanted = version(distribution)
    stem = f"{distribution.replace('-', '_')}-{wanted}"
    root = CACHE / stem
    if root.is_dir():
        return root
    CACHE.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=CACHE) as own:  # others may be at it, too
        command = [sys.executable, "-m", "pip", "download", f"{distribution}=={wanted}", "--no-deps"]
        command += ["--no-binary", ":all:", "--no-build-isolation", "--dest", own, "--quiet"]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
            problem = done.stderr
        except subprocess.TimeoutExpired:
            problem = f"no answer within {SECONDS} s"
        archive = Path(own, f"{stem}.tar.gz")
        if not archive.is_file():
            warnings.warn(
                f"UPSTREAM'S TESTS DO NOT RUN: no sdist of {distribution} {wanted}: {problem.strip()[-500:]}",
                stacklevel=2,
            )
            return None
        unpack(archive, Path(own))
        with suppress(OSError):  # another one was first
            Path(own, stem).rename(root)
    return root


def unpack(archive: Path, into: Path) -> None:
    """Unpack a tar file; nothing gets out of `into`, where this Python sees to that (from 3.11.4 on)."""
    with tarfile.open(archive) as tar:
        tar.extraction_filter = getattr(tarfile, "data_filter", lambda member, _: member)
        tar.extractall(into)


def load(distribution: str, path: str, replaced: Mapping[str, Mapping[str, object]]) -> ModuleType:
    """Import a test file of an sdist with names replaced in the modules it imports them from.

    Args:
        distribution: Such as "langchain-core".
        path: Of the test file within the sdist.
        replaced: Per module the names that the file is to see instead of upstream's.

    Returns:
        The module; put its tests into your own module's namespace with `contents`.
    """
    root = sdist(distribution)
    if root is None:
        pytest.skip(f"UPSTREAM'S TESTS DO NOT RUN: no sdist of {distribution}", allow_module_level=True)
    file = root / path
    spec = importlib.util.spec_from_file_location(f"upstream_{file.parent.name}_{file.stem}", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # for pickles and dataclasses made in it
    with pytest.MonkeyPatch.context() as patch:
        for home, names in replaced.items():
            for name, value in names.items():
                patch.setattr(f"{home}.{name}", value)
        spec.loader.exec_module(module)
    return module


def contents(module: ModuleType) -> dict[str, object]:
    """What pytest has to find of a loaded file: its fixtures, its tests and the names they use."""
    return {name: value for name, value in vars(module).items() if not name.startswith("__")}

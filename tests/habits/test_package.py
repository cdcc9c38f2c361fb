"""A wheel or sdist contains the bundles and installs where there is no Node."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.upstream import unpack

ROOT = Path(__file__).parents[2]
WIDGETS = ("key_table", "cache_counters", "checkpoint_timeline", "watch_report")
PANES = ("key_panes", "cache_panes", "checkpoint_panes", "log_panes")
BUNDLES = {f"{name}.{kind}" for name in (*WIDGETS, *PANES) for kind in ("js", "css")}
LEFT_OUT = ("node_modules", "dist", "__pycache__", ".*")

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def without_node() -> dict[str, str]:
    """The environment, its PATH less every folder that has node or npm, and no way into this checkout."""
    folders = os.environ["PATH"].split(os.pathsep)
    path = os.pathsep.join(f for f in folders if not any(Path(f, tool).exists() for tool in ("node", "npm")))
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return {**kept, "PATH": path}


def build(source: Path, out: Path, kind: str) -> subprocess.CompletedProcess[str]:
    """`python -m build` with the hatchling installed here, and without Node."""
    command = [
        sys.executable,
        "-m",
        "build",
        f"--{kind}",
        "--no-isolation",
        "--outdir",
        str(out),
        str(source),
    ]
    return subprocess.run(command, env=without_node(), capture_output=True, text=True, check=False)


def built(source: Path, out: Path, kind: str) -> Path:
    done = build(source, out, kind)
    assert done.returncode == 0, done.stdout + done.stderr
    (package,) = out.glob("*.whl" if kind == "wheel" else "*.tar.gz")
    return package


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not all((ROOT / "inmem_widgets" / "static" / name).exists() for name in BUNDLES):
        pytest.fail("the front end is not built: make test builds it")
    return built(ROOT, tmp_path_factory.mktemp("sdist"), "sdist")


@pytest.fixture(scope="module")
def wheel(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """From the sdist, as pip would."""
    unpacked = tmp_path_factory.mktemp("unpacked")
    unpack(sdist, unpacked)
    (source,) = unpacked.iterdir()
    return built(source, tmp_path_factory.mktemp("wheel"), "wheel")


def test_sdist_contents(sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {f"inmem_widgets/static/{bundle}" for bundle in BUNDLES} <= names
    assert {"LICENSE", "README.md", "pyproject.toml", "hatch_build.py", "js/package-lock.json"} <= names
    assert not [name for name in names if "node_modules" in name or "__pycache__" in name]


def test_wheel_contents(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {f"inmem_widgets/static/{bundle}" for bundle in BUNDLES} <= names
    assert "inmem_widgets/py.typed" in names
    here = ROOT / "inmem_widgets"
    assert {f"inmem_widgets/{path.relative_to(here).as_posix()}" for path in here.rglob("*.py")} <= names
    assert {name.split("/")[0].partition("-")[0] for name in names} == {"inmem_widgets"}


def test_wheel_works_where_there_is_no_node(wheel: Path, tmp_path: Path) -> None:
    """In a clean environment: installed with its dependencies, all three widgets made and drawn as HTML."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv"], check=True)
    python = tmp_path / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python"
    pip = [sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check"]
    install = [*pip, "install", "--quiet", "--no-compile", wheel]  # most of it is never imported
    subprocess.run(install, env=without_node(), check=True, stdin=subprocess.DEVNULL)
    code = """
from inmem_widgets import InMemoryByteStore, InMemoryCache, InMemorySaver, inspect
store = InMemoryByteStore()
store.mset([("greeting", b"hello")])
widget = inspect(store)
assert widget.state["size"] == 1 and len(widget._esm) > 1000, widget.state
assert "greeting" in widget._repr_mimebundle_()[0]["text/html"]
inspect(store, InMemoryCache(), InMemorySaver())
print("works")
"""
    done = subprocess.run(
        [python, "-c", code], env=without_node(), cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.stdout == "works\n", done.stderr


def test_a_checkout_without_bundles_or_npm_is_refused(tmp_path: Path) -> None:
    checkout = tmp_path / "checkout"
    shutil.copytree(ROOT, checkout, ignore=shutil.ignore_patterns(*LEFT_OUT, "static"))
    for kind in ("wheel", "sdist"):
        done = build(checkout, tmp_path / "out", kind)
        assert done.returncode != 0
        assert "needs npm" in done.stdout + done.stderr
    assert not list((tmp_path / "out").glob("*"))

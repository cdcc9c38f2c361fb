"""No package without its front end.

The bundles in `inmem_widgets/static` are built, not committed. An sdist carries them, so building
or installing from one needs no Node. A checkout has to make them: this hook runs npm when a bundle
is missing or older than its sources, and refuses to build a package without.

Twenty lines here rather than hatch-jupyter-builder: that one adds a build dependency for everyone
who installs from the sdist and, by default, carries on when npm fails.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BundleHook(BuildHookInterface):  # type: ignore[type-arg]
    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":  # a developer's tree: `make build` keeps the bundles fresh
            return
        root = Path(self.root)
        bundles = [root / "inmem_widgets" / "static" / name for name in self.config["bundles"]]
        is_sdist = (root / "PKG-INFO").exists()
        if not is_sdist and _stale(bundles, root / "js"):
            _npm(root / "js")
        missing = [path.name for path in bundles if not _built(path)]
        if missing:
            raise RuntimeError(f"inmem_widgets/static lacks {', '.join(missing)}; a package needs them")


def _built(bundle: Path) -> bool:
    return bundle.is_file() and bundle.stat().st_size > 0


def _stale(bundles: list[Path], js: Path) -> bool:
    if not all(_built(path) for path in bundles):
        return True
    sources = [*(js / "src").rglob("*"), *js.glob("*.*")]
    return max(path.stat().st_mtime for path in sources) > min(path.stat().st_mtime for path in bundles)


def _npm(js: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise RuntimeError(
            "a checkout without built bundles needs npm (Node 20 or newer) to build them: "
            "install Node, or install inmem-widgets from a wheel or an sdist, which contain them"
        )
    for command in (["ci"], ["run", "build"]):
        subprocess.run([npm, *command], cwd=js, check=True)

"""Print the JSON schema of every TypedDict in the wire module (path: first argument)."""

import importlib.util
import json
import sys
import typing
from typing import Any

import typing_extensions
from pydantic import ConfigDict, TypeAdapter, create_model

# pydantic wants this TypedDict before Python 3.12; wire.py itself stays free of dependencies.
typing.TypedDict = typing_extensions.TypedDict  # type: ignore[assignment]

REF = "#/$defs/{model}"


def load(path: str) -> list[type]:
    spec = importlib.util.spec_from_file_location("wire", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["wire"] = module
    spec.loader.exec_module(module)
    return [value for value in vars(module).values() if typing_extensions.is_typeddict(value)]


def untitled(node: Any) -> Any:
    """Without the titles pydantic gives to fields: each would become a type of its own."""
    if isinstance(node, list):
        return [untitled(item) for item in node]
    if not isinstance(node, dict):
        return node
    out = {key: untitled(value) for key, value in node.items() if key != "title"}
    if isinstance(node.get("properties"), dict):
        out["properties"] = {name: untitled(field) for name, field in node["properties"].items()}
    return out


def main() -> None:
    classes = load(sys.argv[1])
    for cls in classes:
        cls.__pydantic_config__ = ConfigDict(use_attribute_docstrings=True)  # type: ignore[attr-defined]
    everything = create_model("Wire", **{cls.__name__: (cls, ...) for cls in classes})  # type: ignore[call-overload]
    schema = untitled(TypeAdapter(everything).json_schema(ref_template=REF))
    schema["description"] = "Every type that crosses, by its name."
    json.dump(schema, sys.stdout)


if __name__ == "__main__":
    main()

"""Print the JSON schema of every TypedDict in `inmem_widgets.wire` (its checkout: first argument)."""

import json
import sys
import typing
from importlib import import_module
from typing import Any

import typing_extensions
from pydantic import ConfigDict, TypeAdapter, create_model

# pydantic wants this TypedDict before Python 3.12; the wire itself stays free of dependencies.
typing.TypedDict = typing_extensions.TypedDict  # type: ignore[assignment]

REF = "#/$defs/{model}"


def load(checkout: str) -> list[type]:
    sys.path.insert(0, checkout)
    module = import_module("inmem_widgets.wire")
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

"""The `llm_string` of a cached call: which model it was, with which parameters."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from inmem_widgets.observables.near.literals import Unread, read_json, read_literal

MOST = 200_000
"""Characters of an `llm_string` that is read; a longer one is text."""
NAMES = ("model", "model_name", "model_id", "deployment_name", "azure_deployment", "repo_id", "engine")
"""Parameters that name the model, first come first."""
_SEPARATOR = "---"
_PLAIN = re.compile(r"\w+=[^,=\[({]*(?:,\s*\w+=[^,=\[({]*)*")


@dataclass(frozen=True, slots=True)
class Model:
    """Attributes:
    params: What the call was made with, by name; of a serialised model also "class".
    overridden: The model's own values of those parameters that the call gave, too.
    """

    params: dict[str, Any] = field(default_factory=dict)
    overridden: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str | None:
        """As the provider has it; None where no parameter tells."""
        for key in NAMES:
            if type(name := self.params.get(key)) is str and name:
                return name
        return None

    @property
    def sort(self) -> str:
        """The model's class or type; "" where it is not known."""
        sort = self.params.get("class", self.params.get("_type"))
        return sort if type(sort) is str else ""


def read_model(llm_string: str) -> Model | None:
    """The parameters in an `llm_string` as langchain-core makes it; None where it is another text.

    That is `json.dumps(serialized) + "---" + str(sorted(kwargs.items()))` of models that can be
    serialised, `str(sorted(params.items()))` of others (`BaseChatModel._get_llm_string`,
    `language_models.llms.get_prompts`). "model=x,temperature=0" is read, too: tests and demos use that.
    """
    return _read(llm_string) if len(llm_string) <= 10_000 else _read.__wrapped__(llm_string)


@lru_cache(64)
def _read(llm_string: str) -> Model | None:
    if len(llm_string) > MOST:
        return None
    try:
        if _PLAIN.fullmatch(llm_string):
            return Model(dict(pair.strip().split("=", 1) for pair in llm_string.split(",")))
        if llm_string[:1] != "{":
            return Model(_pairs(llm_string))
        serialized, end = read_json(llm_string)
        if llm_string[end:] and not llm_string.startswith(_SEPARATOR, end):
            return None
        own = _own(serialized)
        call = _pairs(llm_string[end + len(_SEPARATOR) :]) if llm_string[end:] else {}
    except Unread:
        return None
    return Model({**own, **call}, {name: own[name] for name in call if name in own})


def _pairs(text: str) -> dict[str, Any]:
    pairs = read_literal(text)
    if type(pairs) is not list or any(
        type(pair) is not list or len(pair) != 2 or type(pair[0]) is not str for pair in pairs
    ):
        raise Unread("no list of parameters")
    return dict(pairs)


def _own(serialized: Any) -> dict[str, Any]:
    """The parameters of a serialised model; of one that cannot be, its text."""
    if type(serialized) is not dict:
        raise Unread("no serialised model")
    kwargs = serialized.get("kwargs")
    path = serialized.get("id")
    sort = {"class": path[-1]} if type(path) is list and path and type(path[-1]) is str else {}
    if serialized.get("type") == "constructor" and type(kwargs) is dict:
        return {**sort, **kwargs}
    rest = {name: value for name, value in serialized.items() if name not in ("lc", "id", "type", "name")}
    return {**sort, **rest}

"""Cache keys as langchain-core makes them: real calls of real models."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from langchain_core.caches import InMemoryCache as Upstream
from langchain_core.language_models import BaseChatModel, FakeListChatModel, FakeListLLM
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.tools import tool
from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import SecretStr

from inmem_widgets.core.entries import Key


class Chat(BaseChatModel):
    """One that can be serialised, as the providers' are."""

    model_name: str = "gpt-4o"
    temperature: float = 0.7
    api_key: SecretStr | None = None
    base_url: str | None = None

    @classmethod
    def is_lc_serializable(cls) -> bool:
        return True

    @property
    def lc_secrets(self) -> dict[str, str]:
        return {"api_key": "OPENAI_API_KEY"}

    @property
    def _llm_type(self) -> str:
        return "chat"

    def _generate(self, messages: Any, stop: Any = None, run_manager: Any = None, **more: Any) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=AIMessage("Sunny"))])


@tool
def weather(city: str) -> str:
    """The weather in a city."""
    return city


@tool
def search(query: str) -> str:
    """Search the web."""
    return query


WEATHER, SEARCH = convert_to_openai_tool(weather), convert_to_openai_tool(search)


def key_of(
    prompt: str | Sequence[BaseMessage], *, model: dict[str, Any] | None = None, stop: Any = None, **more: Any
) -> Key:
    """The key of a chat model's call."""
    cache = Upstream()
    Chat(cache=cache, **(model or {})).bind(**more).invoke(prompt, stop=stop)
    return next(iter(cache._cache))


def fake_key(prompt: str) -> Key:
    """Of a chat model that cannot be serialised."""
    cache = Upstream()
    FakeListChatModel(responses=["yes"], cache=cache).invoke(prompt)
    return next(iter(cache._cache))


def completion_key(prompt: str) -> Key:
    """Of a model without chat."""
    cache = Upstream()
    FakeListLLM(responses=["yes"], cache=cache).invoke(prompt)
    return next(iter(cache._cache))


def called(call: str, answer: str = "22 degrees") -> list[BaseMessage]:
    """A conversation with a tool's call."""
    calls = [{"name": "weather", "args": {"city": "Rome"}, "id": call}]
    return [
        SystemMessage("Be brief."),
        HumanMessage("How is the weather in Rome?"),
        AIMessage("", tool_calls=calls),
        ToolMessage(answer, tool_call_id=call),
    ]

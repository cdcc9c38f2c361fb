"""LangChain's objects, and the JSON that is dumped of them, as conversations and documents."""

import base64
import json
from typing import Any

import pytest
from langchain_core.documents import Document
from langchain_core.load import dumpd, dumps
from langchain_core.messages import (
    AIMessage,
    AIMessageChunk,
    BaseMessage,
    ChatMessage,
    HumanMessage,
    SystemMessage,
    ToolMessage,
    message_to_dict,
    messages_to_dict,
)
from langchain_core.outputs import ChatGeneration, Generation, LLMResult

from inmem_widgets.observables.formats import child_node, view_value
from tests.observables.test_formats import PNG

AI = AIMessage(
    "Let me look.",
    id="m1",
    tool_calls=[{"name": "search", "args": {"q": "tea", "n": [1, 2]}, "id": "call_1"}],
    usage_metadata={"input_tokens": 1200, "output_tokens": 2, "total_tokens": 1202},
    response_metadata={"model_name": "gpt", "finish_reason": "stop"},
)
TALK: list[BaseMessage] = [
    SystemMessage("Be kind."),
    HumanMessage("Where?", name="Ann"),
    AI,
    ToolMessage("nowhere", tool_call_id="call_1", name="search", status="error"),
]
DOCUMENT = Document("# Tea\n\nis **good**", id="d1", metadata={"source": "tea.md", "page": 3})


def messages_of(value: Any, format: str = "messages") -> list[Any]:
    found = view_value(value)
    assert found["format"] == format
    return [block for block in found["blocks"] if block["kind"] == "message"]


def facts_of(block: Any) -> dict[str, str]:
    return {each["label"]: each["text"] for each in block["facts"]}


def check_ai(block: Any) -> None:
    assert block["role"] == "ai"
    assert [part["text"] for part in block["text"]] == ["Let me look."]
    (call,) = block["calls"]
    assert (call["name"], call["id"]) == ("search", "call_1")
    query, numbers = call["args"]["children"]
    assert (query["name"], query["preview"]) == ("q", "tea")
    assert [child["preview"] for child in numbers["children"]] == ["1", "2"]


@pytest.mark.parametrize(
    "value",
    [
        AI,
        dumps(AI),
        dumps(AI).encode(),
        dumpd(AI),
        message_to_dict(AI),
        AI.model_dump(),
        json.dumps(AI.model_dump()),
    ],
    ids=["object", "dumps", "bytes", "dumpd", "message_to_dict", "model_dump", "JSON"],
)
def test_an_ai_message_in_all_its_forms(value: Any) -> None:
    (block,) = messages_of(value)
    check_ai(block)
    facts = facts_of(block)
    assert facts["tokens"] == "1,200 input, 2 output, 1,202 total"
    assert (facts["model_name"], facts["finish_reason"]) == ("gpt", "stop")


@pytest.mark.parametrize(
    "value",
    [
        TALK,
        tuple(TALK),
        dumps(TALK),
        dumps(TALK).encode(),
        messages_to_dict(TALK),
        json.dumps(messages_to_dict(TALK)),
    ],
    ids=["list", "tuple", "dumps", "bytes", "messages_to_dict", "its JSON"],
)
def test_a_conversation_in_all_its_forms(value: Any) -> None:
    blocks = messages_of(value)
    assert [block["role"] for block in blocks] == ["system", "human", "ai", "tool"]
    assert [block["name"] for block in blocks] == ["", "Ann", "", "search"]
    check_ai(blocks[2])
    assert facts_of(blocks[3]) == {"tool call id": "call_1", "status": "error"}


def test_generations_in_all_their_forms() -> None:
    one, two = ChatGeneration(message=AI), Generation(text="tea", generation_info={"finish_reason": "length"})
    cached = json.dumps([dumps(one), dumps(two)])
    for value in ([one, two], dumps([one, two]), cached, [[one, two]], LLMResult(generations=[[one, two]])):
        first, second = messages_of(value)
        check_ai(first)
        assert (second["role"], second["text"][0]["text"]) == ("generation", "tea")
        assert facts_of(second) == {"finish_reason": "length"}


def test_messages_of_other_libraries() -> None:
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": '{"a": 1}'}}
    human, ai = messages_of(
        [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": None, "tool_calls": [call]}]
    )
    assert (human["role"], ai["role"], ai["text"]) == ("human", "ai", [])
    assert (ai["calls"][0]["name"], ai["calls"][0]["args"]["children"][0]["name"]) == ("f", "a")
    (block,) = messages_of(AIMessage([{"type": "tool_use", "id": "t", "name": "f", "input": {"a": 1}}]))
    assert (block["text"], block["calls"][0]["id"]) == ([], "t")
    assert messages_of(AIMessageChunk("x"))[0]["role"] == "ai"
    assert messages_of(ChatMessage("x", role="critic"))[0]["role"] == "critic"


def test_parts_of_a_message() -> None:
    encoded = base64.b64encode(PNG).decode()
    parts = [
        {"type": "text", "text": "See"},
        {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{encoded}"}},
        {"type": "image", "base64": encoded, "mime_type": "image/png"},
        {"type": "image_url", "image_url": {"url": "https://example.org/a.png"}},
        {"type": "reasoning", "reasoning": "hm"},
        {"type": "input_audio", "input_audio": {}},
        "plain",
    ]
    (block,) = messages_of({"role": "human", "content": parts})
    kinds = [part["kind"] for part in block["text"]]
    assert kinds == ["text", "image", "image", "note", "note", "text", "note", "text"]
    assert block["text"][3]["text"] == "image, not drawn: https://example.org/a.png"


def test_a_state_with_messages_offers_them() -> None:
    found = view_value({"messages": TALK, "step": 1})
    assert found["formats"] == ["fields", "messages"]
    assert len(view_value({"messages": TALK}, format="messages")["blocks"]) == 4


def blocks_of(value: Any, **how: Any) -> list[Any]:
    return list(view_value(value, **how)["blocks"])


def said(block: Any) -> list[str]:
    return [each["text"][0]["text"] for each in block["blocks"]]


@pytest.mark.parametrize("base", [list, tuple])
def test_of_a_long_conversation_the_last_messages_are_shown_and_earlier_ones_when_asked_for(
    base: Any,
) -> None:
    talk = base(HumanMessage(f"said {at}") for at in range(75))
    earlier, *last = blocks_of(talk)
    assert earlier == {"kind": "earlier", "blocks": [], "more": 30, "total": 75}
    assert said({"blocks": last}) == [f"said {at}" for at in range(45, 75)]
    (middle,) = blocks_of(talk, format="messages", offset=30)
    assert said(middle) == [f"said {at}" for at in range(15, 45)]
    assert (middle["more"], middle["total"]) == (60, 75)
    (first,) = blocks_of(talk, format="messages", offset=60)
    assert said(first) == [f"said {at}" for at in range(15)]
    assert first["more"] is None
    (none,) = blocks_of(talk, format="messages", offset=1_000)
    assert none["kind"] == "earlier" and none["more"] is None


def test_heavy_messages_are_given_few_at_a_time_and_none_is_left_out() -> None:
    heavy = [HumanMessage([{"type": "text", "text": "é" * 40_000}] * 20) for _ in range(40)]
    _, *last = blocks_of(heavy)
    shown = len(last)
    offset: int | None = shown
    while offset is not None:
        (page,) = blocks_of(heavy, format="messages", offset=offset)
        shown += len(page["blocks"])
        assert page["more"] in (None, shown)
        offset = page["more"]
    assert shown == 40


def test_what_is_no_message_before_the_last_ones_is_told() -> None:
    _, *last = blocks_of([1, 2, 3, *[HumanMessage("x")] * 30])
    assert len(last) == 30
    (page,) = blocks_of([1, 2, 3, *[HumanMessage("x")] * 30], format="messages", offset=30)
    assert page["more"] is None
    assert [each["kind"] for each in page["blocks"]] == ["note"]
    assert "messages" not in view_value([*[HumanMessage("x")] * 30, 1])["formats"]


def test_long_messages_say_what_is_left_out() -> None:
    _, first, *_ = blocks_of([HumanMessage("word " * 1000)] * 300)
    text, left = first["text"]
    assert text["kind"] == "text"
    assert left["kind"] == "note"
    assert left["text"] == f"{5000 - len(text['text']):,} more characters."
    alone = view_value(HumanMessage("x" * 50_000))["blocks"]
    assert alone[0]["kind"] == "message"
    part = alone[0]["text"][0]
    assert part["kind"] == "text"
    assert part["more"] == 20_000
    (more,) = view_value(HumanMessage("x" * 50_000), offset=40_000)["blocks"]
    assert more["kind"] == "text"
    assert (more["offset"], len(more["text"]), more["more"]) == (40_000, 10_000, None)


@pytest.mark.parametrize(
    "value",
    [DOCUMENT, dumps(DOCUMENT), dumps(DOCUMENT).encode(), dumpd(DOCUMENT), DOCUMENT.model_dump()],
    ids=["object", "dumps", "bytes", "dumpd", "model_dump"],
)
def test_a_document_in_all_its_forms(value: Any) -> None:
    (block,) = messages_of(value, "document")
    assert block["role"] == "document"
    (outline,) = block["text"]
    assert [item["kind"] for item in outline["items"]] == ["heading", "paragraph"]
    facts = facts_of(block)
    assert (facts["source"], facts["page"]) == ("tea.md", "3")


def test_metadata_that_are_no_plain_facts_are_a_tree() -> None:
    document = Document("x", metadata={"a": {"b": [1, 2]}})
    message, tree = view_value(document)["blocks"]
    assert (message["kind"], tree["kind"]) == ("message", "tree")
    for value in (document, dumps(document)):
        assert child_node(value, [0, 0, 1], format="document")["preview"] == "2"
    with pytest.raises(LookupError):
        child_node([document, document], [0], format="document")
    assert len(messages_of([document] * 60, "document")) == 50


def test_nothing_dumped_is_made() -> None:
    """A constructor of any class is JSON, and one of a message's is only read."""
    evil = {"lc": 1, "type": "constructor", "id": ["os", "system"], "kwargs": {"command": "x"}}
    assert view_value(json.dumps(evil))["formats"] == ["JSON", "text"]
    odd = {"lc": 1, "type": "constructor", "id": ["nowhere", "EvilMessage"], "kwargs": {"content": "x"}}
    assert messages_of(odd)[0]["role"] == "Evil"

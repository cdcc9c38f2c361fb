"""What to show of a prompt and of a model's parameters: one line, masked."""

from __future__ import annotations

import re

from inmem_widgets.observables.near.literals import shown, unescaped
from inmem_widgets.observables.near.llmstrings import NAMES, Model, read_model
from inmem_widgets.observables.near.messages import Message, messages_of
from inmem_widgets.observables.near.secrets import is_secret, mask
from inmem_widgets.observables.preview import clean, cut
from inmem_widgets.observables.redaction import redacted

READ = 100_000
"""Characters of a prompt that is read whole; of a longer one, the end."""
ROOM = 4_000
"""Characters beyond those shown that are looked at for secrets."""
_LAST = re.compile(r'"content"\s*:\s*"')
_HIDDEN = {*NAMES, "class", "_type", "tools", "functions", "n", "stream", "streaming"}


def prompt_text(prompt: str, limit: int = 200) -> str:
    """A line about a prompt: of a conversation the last human message and what came after it ("… → tool:
    22 °C"), else how the text begins.

    Masked, without line breaks, at most `limit` characters. Never raises.
    """
    prompt = redacted(prompt)
    if len(prompt) > READ and prompt[:1] in "[{":
        return line(_end_of(prompt, limit), limit)
    messages = messages_of(prompt)
    return _conversation(messages, limit) if messages else line(prompt, limit)


def model_text(llm_string: str, limit: int = 120) -> str:
    """A line about a model: "gpt-4o · temperature 0.2 · 3 tools". Masked; never raises."""
    llm_string = redacted(llm_string)
    model = read_model(llm_string)
    if model is None:
        return line(llm_string, limit)
    name = model.name or model.sort
    parts = [name] if name else []
    names = sorted(set(model.params) - _HIDDEN, key=lambda each: (each != "temperature", each))
    rest = [_param(each, model.params[each]) for each in names]
    return line(" · ".join(filter(None, [*parts, *rest[:1], _tools(model), *rest[1:]])), limit)


def model_name(llm_string: str) -> str | None:
    """The name of the model; None where the text does not tell."""
    model = read_model(llm_string)
    name = None if model is None else model.name
    return None if name is None else line(name, 80)


def line(text: str, limit: int) -> str:
    """How a text begins, in one line of at most `limit` characters, masked."""
    text = redacted(text)
    part = text[: limit + ROOM]
    masked = mask(part)
    words = " ".join(masked.split())
    if len(part) < len(text) and (masked != part or len(words) < limit):
        first = words.rpartition(" ")[0]
        words = first if len(first) < limit else words  # the last word may be the beginning of a secret
    return cut(clean(words), limit)


def _conversation(messages: list[Message], limit: int) -> str:
    """Marks of roles only where it is not a human who speaks."""
    asked = max((at for at, each in enumerate(messages) if each.role == "human" and each.text), default=None)
    spoken = [at for at, each in enumerate(messages) if each.text]
    if not spoken:
        return line(" ".join(_marked(each) for each in messages[-3:]), limit)
    last = messages[spoken[-1]]
    if asked is None:
        return line(_marked(last), limit)
    question = messages[asked].text
    if asked == spoken[-1]:
        return line(question, limit)
    answer = line(_marked(last), max(limit // 3, 12))
    return cut(f"{line(question, max(limit - len(answer) - 3, 1))} → {answer}", limit)


def _marked(message: Message) -> str:
    return f"{message.role}: {message.text[: 10 * ROOM]}"


def _end_of(prompt: str, limit: int) -> str:
    """The last content in a long text of JSON."""
    start = prompt.rfind('"content"')
    found = _LAST.match(prompt, start) if start >= 0 else None
    if found is None:
        return prompt
    return unescaped(prompt[found.end() : found.end() + 2 * (limit + ROOM)].partition('", "')[0])


def _param(name: str, value: object) -> str:
    if value is None or value in ([], {}) or is_secret(name):
        return ""
    text = shown(value)
    return f"{name} {text}" if len(text) <= 40 else ""


def _tools(model: Model) -> str:
    tools = model.params.get("tools", model.params.get("functions"))
    if type(tools) is not list or not tools:
        return ""
    return "1 tool" if len(tools) == 1 else f"{len(tools)} tools"

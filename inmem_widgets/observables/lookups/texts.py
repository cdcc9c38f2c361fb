"""What is shown of the keys of a cache, remembered."""

from __future__ import annotations

from inmem_widgets.core.entries import Key
from inmem_widgets.observables.keys.remembered import Remembered
from inmem_widgets.observables.lookups.held import id_of
from inmem_widgets.observables.near.prompts import model_text, prompt_text

KEPT = 100_000
"""Lines remembered, of some 400 bytes: of twice as many keys at the most."""
MODELS = 1_000


class Texts:
    """Lines about prompts and models, masked. By id: no key is kept alive."""

    def __init__(self) -> None:
        self._lines: Remembered[int, tuple[str, str]] = Remembered(KEPT)
        self._models: Remembered[int, str] = Remembered(MODELS)

    def of(self, key: Key) -> tuple[str, str]:
        """The lines about prompt and model."""
        number = id_of(key)
        found = self._lines.get(number)
        if found is None:
            found = prompt_text(key[0]), self._model(key[1])
            self._lines.put(number, found)
        return found

    def _model(self, llm_string: str) -> str:
        number = hash(llm_string)
        found = self._models.get(number)
        if found is None:
            found = model_text(llm_string)
            self._models.put(number, found)
        return found

    def close(self) -> None:
        """Let go of all."""
        self._lines.clear()
        self._models.clear()

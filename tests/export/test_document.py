"""docs/frames.md says what is so."""

from __future__ import annotations

from inmem_widgets.export.schemas import ALL
from scripts.frames_document import PATH, document


def test_the_document_is_that_of_the_columns() -> None:
    assert PATH.read_text("utf-8") == document(), "run `python -m scripts.frames_document`"


def test_every_kind_of_frame_has_columns_of_different_names() -> None:
    assert len({schema.title for schema in ALL}) == len(ALL)
    for schema in ALL:
        names = [column.name for column in schema]
        assert len(set(names)) == len(names)

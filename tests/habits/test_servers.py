"""Tests that need a server say so loudly where there is none, and fail in CI."""

from __future__ import annotations

import pytest

from tests.servers import _program


def test_without_a_server_tests_are_skipped_but_never_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(
        pytest.skip.Exception, match="NOT TESTED: there is no no-such-server; `apt-get install it`"
    ):
        _program("no-such-server", package="it")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="NOT TESTED"):
        _program("no-such-server", package="it")

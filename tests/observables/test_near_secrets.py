from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inmem_widgets.observables.near.secrets import is_secret, mask
from tests.observables.chats import key_of

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P"
PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIEsecret\n-----END RSA PRIVATE KEY-----"


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ('{"api_key": "hunter2"}', "hunter2"),
        ("[('api_key', 'hunter2'), ('stop', None)]", "hunter2"),
        (r"{\"password\": \"hunter2\"}", "hunter2"),
        ("OPENAI_API_KEY=hunter2secret python", "hunter2secret"),
        ("Authorization: Bearer abcdef123456", "abcdef123456"),
        ("{'Authorization': 'Basic abcdef123456'}", "abcdef123456"),
        ("my API key: hunter2 please", "hunter2"),
        ("client_secret=hunter2&page=1", "hunter2"),
        ('"apiKey":"hunter2"', "hunter2"),
        ("postgres://me:hunter2@host/db", "hunter2"),
        ("use sk-proj-abcdefghijklmnop1234 for it", "abcdefghijklmnop"),
        (f"the token {JWT}.", "dozjgNry"),
        (PEM, "MIIEsecret"),
        ("ghp_abcdefghijklmnopqrst1234", "abcdefghijklmnop"),
        ("AKIAABCDEFGHIJKLMNOP", "ABCDEFGHIJKLMNOP"),
        ("İ password=hunter2", "hunter2"),
        ('password="open and never closed', "never closed"),
        (r'{"password": "hun\"ter2", "n": 1}', "ter2"),
        (r'"{\"password\": \"hun\\\"ter2\"}"', "ter2"),
        ('{"api_keys": ["abcdef", "hunter2"]}', "hunter2"),
        ("{'api_keys': ['ab]cdef', 'hunter2']}", "hunter2"),
        ('{"password": {"value": "hunter2"}}', "hunter2"),
        ('"credentials": {"user": "me", "pin": "hunter2', "hunter2"),
        ('{"headers": [["X-Api-Key", "hunter2"]]}', "hunter2"),
        ('{"headers": [["a", "b"], ["X-Api-Key", "hunter2"]]}', "hunter2"),
        ('[{"name": "X-Api-Key", "value": "hunter2"}]', "hunter2"),
        ("Client(api_keys=['abcdef', 'hunter2'])", "hunter2"),
        ("<password>hunter2</password>", "hunter2"),
    ],
)
def test_secrets_are_masked_by_field_and_by_shape(text: str, secret: str) -> None:
    assert secret in text
    assert secret not in mask(text)
    assert "…(" in mask(text)


@pytest.mark.parametrize(
    "text",
    [
        '{"max_tokens": 25600, "total_tokens": 123456, "token_count": 55555}',
        "[('max_tokens', 25600), ('max_token', 12345)]",
        "The secretary: Miss Moneypenny",
        "def login(password: str, token: Optional[str] = None)",
        '{"lc": 1, "type": "secret", "id": ["OPENAI_API_KEY"]}',
        "task-oriented-dialogue-systems-are-fun",
        "see https://example.org/a@b:c",
        '"properties": {"password": {"type": "string", "description": "Of the user"}}',
        '"required": ["password", "username"]',
        "<bos_token>Once upon a time<eos_token>",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert mask(text) == text


def test_a_serialised_model_shows_no_secret() -> None:
    key = key_of(
        "hi", model={"api_key": "sk-abcdefghijklmnopqrstuvwx"}, headers={"Authorization": "Bearer x1y2"}
    )
    assert "x1y2" not in mask(key[1]) and "abcdefgh" not in mask(key[1])


def test_names_of_fields() -> None:
    assert all(
        map(is_secret, ["api_key", "openai_api_key", "password", "auth_token", "X-Api-Key", "api_keys"])
    )
    assert not any(map(is_secret, ["max_tokens", "model", "key", "token_count", "stop", "tokens"]))


SNIPPETS = [
    "api_key", "password", "token", "=", ":", " ", '"', "'", "\\", "(", ")", ",", "sk-", "abcdefgh",
    "12345678",
    "…(api key)", "Bearer ", "eyJ", ".", "://", "@", "-----BEGIN PRIVATE KEY-----", "\n", "{", "[", "secret",
]  # fmt: skip


@given(st.lists(st.sampled_from(SNIPPETS), max_size=30).map("".join))
def test_what_is_masked_stays_as_it_is(text: str) -> None:
    assert mask(mask(text)) == mask(text)


@pytest.mark.parametrize(
    "piece",
    ["a", '"', "password=", 'password="', "://", "://a:", "eyJ", "eyJaaaaaaaaa.",
     "-----BEGIN PRIVATE KEY-----", "token ", "sk-", "x@", " ", "api_key: ", '"api_keys": [',
     '"password": {"', 'password="\\', "<password>", '"password": ["\\\\'],
)  # fmt: skip
@pytest.mark.timeout(30)  # what is not linear takes an hour
def test_a_megabyte_of_anything(piece: str) -> None:
    assert mask((piece * (1_000_000 // len(piece)))[:1_000_000])

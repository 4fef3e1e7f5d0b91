"""What a key says of itself is read without trust: whatever it is, nothing breaks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridgework.errors import UsageError
from bridgework.twins.twenty import keys as issuing
from bridgework.workspace.keys import usable, workspace_of

WORKSPACE = "11111111-1111-4111-8111-111111111111"


def test_a_key_tells_its_workspace() -> None:
    assert workspace_of(issuing.issue(WORKSPACE, "key", b"secret")) == WORKSPACE


@given(st.text() | st.from_regex(r"[\w-]*\.[\w-]*\.[\w-]*"))
def test_what_is_no_key_tells_nothing(text: str) -> None:
    assert workspace_of(text) is None


@pytest.mark.parametrize("key", ["", " ", "a b", "a\nb", "clé", "a\x00b"])
def test_what_cannot_be_sent_is_told_and_not_shown(key: str) -> None:
    with pytest.raises(UsageError) as caught:
        usable(key)
    assert caught.value.code == "BAD_KEY"
    assert not key.strip() or key not in str(caught.value)

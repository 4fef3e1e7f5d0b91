"""What is signed is signed by a name: one that a person can read, and that a terminal does not act on."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridgework.errors import UsageError
from bridgework.store import Store
from bridgework.store.notes import approve, approved, signed_name


@pytest.mark.parametrize(
    "name", ["", "  ", "\t", "123", "…", "An\x1b[31m", "An\nMaes", "An\u202eseaM", "An\u2028Maes", "x" * 101]
)
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(UsageError) as refused:
        signed_name(name)
    assert refused.value.code == "APPROVAL-NAME"
    assert "\x1b" not in str(refused.value)


@pytest.mark.parametrize("name", ["Dr Maes", "Zoë", "O'Brien-De Smet", "王", "x" * 100])
def test_a_name_is_taken_as_it_is_without_spaces_around_it(name: str) -> None:
    assert signed_name(f"  {name} ") == name


@given(st.text(max_size=120))
def test_a_name_that_is_taken_has_a_letter_and_nothing_that_a_terminal_acts_on(text: str) -> None:
    try:
        name = signed_name(text)
    except UsageError:
        return
    assert any(map(str.isalpha, name))
    assert name == name.strip()
    assert 0 < len(name) <= 100
    assert not any(unicodedata.category(one)[0] == "C" for one in name)


def test_no_approval_is_kept_under_anything_else(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "store.db", "a passphrase")
    with pytest.raises(UsageError):
        approve(store, "map", "aa", " \x07 ")
    assert approved(store, "map") is None
    approve(store, "map", "aa", "  Dr Maes ")
    given_ = approved(store, "map")
    store.close()
    assert given_ is not None
    assert given_.name == "Dr Maes"

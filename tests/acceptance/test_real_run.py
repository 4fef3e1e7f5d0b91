"""The script that runs a whole migration against a real server, tried on the twin."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridgework.twins.twenty import TwentyTwin
from tests.acceptance.outside import Held, Outside, differences
from tests.acceptance.practice_edits import Practice
from tests.acceptance.real_run import journey
from tests.support import small_practice


def test_a_whole_migration_leaves_nothing_that_is_not_explained(tmp_path: Path) -> None:
    with TwentyTwin() as twin:  # nobody of the practice is a member of this workspace
        result = journey(tmp_path, twin.url, twin.key, patients=25, density=0.1, sample=3)
    assert result["wrong"] == []
    assert result["checks"]["held"] > 100
    assert result["facts"]["remains without what people made"]
    assert [one["name"] for one in result["steps"] if one["name"].startswith("delta")] == [
        "delta, first pass",
        "delta, second pass",
        "delta, nothing new",
    ]


def test_what_differs_is_seen_from_outside() -> None:
    with TwentyTwin() as twin:
        outside = Outside(twin.url, twin.key)
        binned = outside.create("company", name="To be binned")
        gone = outside.create("company", name="To be destroyed")
        before = outside.hold()
        assert differences(before, outside.hold()) == []
        outside.remove("company", binned)
        outside.remove("company", gone, for_good=True)
        file = outside.attach("a.txt", b"some bytes", targetCompanyId=binned)
        after = outside.hold()
        outside.close()
    found = {(one.place, one.id): one for one in differences(before, after)}
    assert "deletedAt" in found["record company", binned].fields
    assert found["record company", gone].kind == "gone"
    assert found["record attachment", file].kind == "new"
    assert after.records["attachment"][file]["file"][0]["sha256"]


@pytest.mark.parametrize("place", ["objects", "getViews"])
def test_a_change_of_the_data_model_is_seen(place: str) -> None:
    one = {"id": "1", "name": "a", "fieldsList": [{"id": "2", "name": "b", "label": "B"}]}
    other = {"id": "1", "name": "a", "fieldsList": [{"id": "2", "name": "b", "label": "C"}]}
    (found,) = differences(Held(model={place: {"1": one}}), Held(model={place: {"1": other}}))
    assert found.fields == ("fieldsList.b.label",)


def test_an_export_that_is_not_edited_is_written_as_it_was(tmp_path: Path) -> None:
    small_practice(tmp_path / "export", patients=10)
    before = {path: path.read_bytes() for path in (tmp_path / "export").glob("*.csv")}
    Practice(tmp_path / "export").write()
    assert {path: path.read_bytes() for path in before} == before

from __future__ import annotations

from typing import Any

import pytest

from bridgework.errors import Refused, UsageError
from bridgework.workspace.model import read_model
from tests.unit.workspace_fake import NODES, field, link, many, object_

MODEL = read_model(NODES, shown=["field-jobTitle"])


def test_links_of_a_morph_field_are_found_from_the_other_side() -> None:
    assert MODEL.link_column("taskTarget", "person") == "targetPersonId"
    assert MODEL.link_column("attachment", "person") == "targetPersonId"
    assert MODEL.link_column("person", "company") == "companyId"


def test_before_1_17_links_are_fields_of_their_own() -> None:
    old = read_model(
        [
            object_("person", "people", many("taskTargets", "taskTarget", "person")),
            object_("taskTarget", "taskTargets", link("person", "person", "taskTargets")),
        ]
    )
    assert old.link_column("taskTarget", "person") == "personId"


def test_where_each_link_of_a_morph_is_a_field_of_its_own_its_name_is_kept() -> None:
    between = read_model(
        [
            object_("person", "people", many("taskTargets", "taskTarget", "targetPerson")),
            object_("taskTarget", "taskTargets", field("targetPerson", "MORPH_RELATION")),
        ]
    )
    assert between.link_column("taskTarget", "person") == "targetPersonId"


def test_a_link_to_a_custom_object_has_its_name_in_it() -> None:
    nodes = [*NODES, object_("treatment", "treatments", many("attachments", "attachment", "target"))]
    assert read_model(nodes).link_column("attachment", "treatment") == "targetTreatmentId"


def test_a_link_that_is_not_there_is_refused() -> None:
    with pytest.raises(Refused) as caught:
        MODEL.link_column("taskTarget", "workspaceMember")
    assert caught.value.code == "NO_LINK"


def test_the_field_for_files_is_found_or_there_is_none() -> None:
    assert (MODEL.file_field, MODEL.file_field_id) == ("file", "field-file")
    old = read_model([object_("attachment", "attachments", field("fullPath"))])
    assert (old.file_field, old.file_field_id) == (None, None)


def test_a_record_is_asked_for_with_its_parts_and_without_what_cannot_be_read() -> None:
    text = MODEL.object("person").selection()
    assert "emails{primaryEmail additionalEmails}" in text
    assert "companyId" in text.split()
    for unwanted in ("searchVector", "taskTargets", "attachments"):
        assert unwanted not in text


def test_named_fields_are_asked_for_alone_and_with_the_id() -> None:
    assert MODEL.object("person").selection(["companyId", "jobTitle"]) == "id companyId jobTitle"
    assert MODEL.object("person").selection(["company"]) == "id companyId"


def test_a_rich_text_by_name_is_its_markdown_and_in_a_whole_record_both() -> None:
    note = read_model([object_("note", "notes", field("bodyV2", "RICH_TEXT"))]).object("note")
    assert note.selection(["bodyV2"]) == "id bodyV2{markdown}"
    assert "bodyV2{blocknote markdown}" in note.selection()


def test_a_field_is_found_by_its_column() -> None:
    assert MODEL.object("person").field("companyId").name == "company"
    assert MODEL.object("taskTarget").field("targetPersonId").type == "MORPH_RELATION"


@pytest.mark.parametrize("name", ["bogus", "Company", ""])
def test_an_unknown_field_is_told(name: str) -> None:
    assert MODEL.object("person").find(name) is None
    with pytest.raises(UsageError) as caught:
        MODEL.object("person").field(name)
    assert caught.value.code == "UNKNOWN_FIELD"


def test_an_unknown_object_is_told() -> None:
    assert MODEL.find("invoice") is None
    with pytest.raises(UsageError) as caught:
        MODEL.object("invoice")
    assert caught.value.code == "UNKNOWN_OBJECT"


def test_what_is_unique_is_known_with_its_part() -> None:
    assert MODEL.object("person").unique_paths() == (("emails", "primaryEmail"), ("sourceSystemId", None))


def test_what_a_table_shows_is_known() -> None:
    assert MODEL.is_shown("person", "jobTitle")
    assert not MODEL.is_shown("person", "phones")
    assert not MODEL.is_shown("invoice", "jobTitle")


def test_options_keep_their_ids_for_the_way_back() -> None:
    raw: list[dict[str, Any]] = [{"id": "1", "value": "A", "label": "a", "color": "red", "position": 0}]
    model = read_model([object_("task", "tasks", field("status", "SELECT", options=raw))])
    assert [option.as_input() for option in model.object("task").field("status").options] == raw


def test_inactive_fields_and_objects_are_not_there_for_use() -> None:
    node = {**object_("old", "olds", field("gone", isActive=False)), "isActive": False}
    model = read_model([node])
    assert not model.has("old")
    assert not model.object("old").has("gone")
    assert "gone" not in model.object("old").selection()

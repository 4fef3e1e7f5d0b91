"""A preset leaves out what it says, with its reason, and nothing else."""

from __future__ import annotations

import pytest

from bridgework.errors import UsageError
from bridgework.mapping.catalogue import Preset, builtin
from bridgework.mapping.document import MapDocument
from bridgework.mapping.presets import LEFT_OUT, preset_named, with_preset
from bridgework.mapping.propose import ProfiledColumn, ProfiledFile, propose

PATIENT = ("Patiëntnr", "Naam", "Voornaam", "Rijksregisternr", "Anamnese", "Opmerkingen", "GSM", "Geboortedatum")
DOCUMENT = ("Documentnr", "Patiëntnr", "Omschrijving", "Bestandsnaam", "Opmerking")


def a_map() -> MapDocument:
    files = {"patient": PATIENT, "document": DOCUMENT}
    return propose(
        [ProfiledFile(f"{name}.csv", name, [ProfiledColumn(one) for one in some]) for name, some in files.items()]
    )


def left_out(document: MapDocument) -> set[str]:
    return {
        line.column or ""
        for source in document.sources.values()
        for line in source.lines
        if line.decision == "leave-out" and (line.why or "").startswith(LEFT_OUT)
    }


def test_complete_leaves_nothing_out() -> None:
    document = with_preset(a_map(), "complete", preset_named("complete", {}))
    assert left_out(document) == set()
    assert document.digest() == a_map().digest()


def test_crm_lean_has_no_national_number_no_clinical_text_and_no_images() -> None:
    document = with_preset(a_map(), "crm-lean", preset_named("crm-lean", {}))
    assert left_out(document) == {"Rijksregisternr", "Anamnese", "Opmerkingen", "Omschrijving", "Opmerking"}
    targets = {line.target for source in document.sources.values() for line in source.all_lines()}
    assert not targets & {"person.insz", "person.inszStatus", "person.medicalHistory", "person.remarks"}
    (file,) = (line for line in document.sources["document"].all_lines() if line.transform == "file")
    assert file.with_["without"] == ["images"]
    assert document.problems() == []
    assert document.preset == "crm-lean"
    assert MapDocument.parse(document.to_yaml()).digest() == document.digest()


def test_a_practices_own_preset_leaves_out_a_kind_of_data_but_never_numbers_and_links() -> None:
    own = {"quiet": Preset(says="nothing to reach people by", sensitivity=("contact", "identity"))}
    document = with_preset(a_map(), "quiet", preset_named("quiet", own))
    assert {"GSM", "Geboortedatum", "Naam"} <= left_out(document)
    assert not left_out(document) & {"Patiëntnr", "Documentnr"}


def test_an_unknown_preset_is_said_with_those_that_there_are() -> None:
    with pytest.raises(UsageError) as error:
        preset_named("tiny", {})
    assert error.value.code == "PRESET-UNKNOWN"
    assert all(name in (error.value.next_step or "") for name in builtin().presets)

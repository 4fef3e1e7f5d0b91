"""Rows that hang on nothing, sums that do not add up, appointments, codes and teeth, in small practices."""

from __future__ import annotations

from pathlib import Path

from tests.unit.quality_practice import codes, found_in

PATIENTS = """
    Patiëntnr;Naam;Voornaam;Geboortedatum;Gezinshoofd;Datum overlijden
    1;Maes;An;06/05/1980;;
    2;Maes;Jan;06/05/2015;1;
    3;Claes;Els;06/05/1950;99;01/01/2024
"""


def test_rows_of_records_that_are_not_there_are_told_by_what_is_missing(tmp_path: Path) -> None:
    found = found_in(
        tmp_path,
        {
            "patient": PATIENTS,
            "provider": "Verstrekkernr;Naam;Voornaam\n1;Claes;An",
            "treatment": """
                Behandelingsnr;Patiëntnr;Uitvoerder;Datum
                1;1;1;01/02/2024
                2;77;1;01/02/2024
                3;1;9;01/02/2024
                4;;1;01/02/2024
                5;1;Dr Peeters;01/02/2024
            """,
            "invoice": """
                Factuurnummer;Patiëntnr;Betaler;Behandelingsnr;Datum
                F1;2;1;1;01/02/2024
                F2;1;88;99;01/02/2024
            """,
        },
    )
    told = {"NO-SUCH-PATIENT": 1, "NO-SUCH-PROVIDER": 1, "ROW-WITHOUT-PATIENT": 1, "NAMED-IN-WORDS": 1}
    assert codes(found, "treatment") == told
    assert codes(found, "invoice") == {"PAYER-GONE": 1, "NO-SUCH-TREATMENT": 1, "INVOICE-TO-ANOTHER": 2}
    assert codes(found, "patient")["HEAD-OF-FAMILY-GONE"] == 1
    (gone,) = (one for one in found if one.code == "NO-SUCH-PATIENT")
    assert (gone.example, gone.field) == ("behandelingen.csv:3", "Patiëntnr")


def test_rows_of_a_record_that_was_set_aside_say_so(tmp_path: Path) -> None:
    patients = "Patiëntnr;Naam;Voornaam\n1;Maes;An\n2;Maes;Jan;too;many;cells"
    treatments = "Behandelingsnr;Patiëntnr;Datum\n1;2;01/02/2024"
    found = codes(found_in(tmp_path, {"patient": patients, "treatment": treatments}), "treatment")
    assert found == {"NAMES-SET-ASIDE": 1}


def test_files_of_two_exports_stop_the_migration(tmp_path: Path) -> None:
    lines = "\n".join(f"{number};{number + 5000};01/02/2024" for number in range(30))
    found = found_in(tmp_path, {"patient": PATIENTS, "treatment": f"Behandelingsnr;Patiëntnr;Datum\n{lines}"})
    stop = [one for one in found if one.severity == "stop"]
    assert [(one.code, one.object, one.field) for one in stop] == [("LINKS-BROKEN", "treatment", "Patiëntnr")]
    assert "30 of 30" in stop[0].what


def test_appointments_at_once_are_told_but_not_those_that_did_not_take_place(tmp_path: Path) -> None:
    table = """
        Afspraaknr;Patiëntnr;Behandelaar;Datum;Beginuur;Duur (min);Kabinet;Stoel;Status
        1;1;1;01/02/2024;09:00;30;K1;S1;Afgewerkt
        2;2;1;01/02/2024;09:20;20;K2;S2;Afgewerkt
        3;2;1;01/02/2024;09:40;20;K2;S2;Afgewerkt
        4;2;1;01/02/2024;09:40;20;K2;S2;Geannuleerd
        5;2;2;01/02/2024;09:10;1u;K1;S1;Afgewerkt
        6;1;2;01/02/2024;10:05;20;K1;S1;Gepland
        7;;1;01/02/2024;12:00;20;K1;S1;Afgewerkt
        8;3;1;02/02/2024;12:00;20;K1;S1;Afgewerkt
        9;1;1;03/12/2026;12:00;20;K1;S1;Gepland
        10;1;1;31/03/2024;02:30;20;K1;S1;Afgewerkt
    """
    found = codes(found_in(tmp_path, {"patient": PATIENTS, "appointment": table}), "appointment")
    assert found == {
        "OVERLAP": 1,
        "CHAIR-TAKEN-TWICE": 1,
        "PAST-STILL-PLANNED": 1,
        "APPOINTMENT-WITHOUT-PATIENT": 1,
        "AFTER-DEATH": 1,
        "HOUR-SKIPPED": 1,
    }


INVOICES = "Factuurnummer;Patiëntnr;Datum;Totaal;Deel mutualiteit;Persoonlijk aandeel;Betaald;Betaalstatus"


def test_sums_that_miss_by_cents_are_told_apart_from_those_that_miss_by_more(tmp_path: Path) -> None:
    found = found_in(
        tmp_path,
        {
            "patient": PATIENTS,
            "invoice": f"""
                {INVOICES}
                F1;1;01/02/2024;100,00;60,00;40,00;100,00;Betaald
                F2;1;01/02/2024;100,01;60,00;40,00;100,00;Betaald
                F3;1;01/02/2024;150,00;60,00;40,00;100,00;Betaald
                F4;1;01/02/2024;-20,00;-10,00;-10,00;-20,00;Betaald
                F5;1;01/02/2024;50,00;0,00;50,00;0,00;Open
                F6;1;01/02/2024;50,00;0,00;50,00;50,00;Open
                F7;1;01/02/2024;50,00;0,00;50,00;80,00;Betaald
                F8;1;01/02/2024;gratis;0,00;50,00;;Betaald
            """,
            "invoice_line": """
                Factuurnummer;Lijn;Bedrag
                F1;1;60,00
                F1;2;40,00
                F2;1;100,00
                F3;1;100,00
                F4;1;-20,00
                F6;1;€ 50,00
                F7;1;50
                F8;1;50,00
                F9;1;50,00
            """,
            "transaction": """
                Verrichtingsnr;Datum;Soort;Factuurnummer;Bedrag
                1;01/02/2024;Prestatie;F1;100,00
                2;01/02/2024;Betaling patiënt;F1;40,00
                3;01/02/2024;Betaling mutualiteit;F1;60,00
                4;01/02/2024;Betaling patiënt;F2;100,00
                5;01/02/2024;Betaling patiënt;F3;100,00
                6;01/02/2024;Creditnota;F4;-20,00
                7;01/02/2024;Betaling patiënt;F6;30,00
                8;01/02/2024;Betaling patiënt;F7;90,00
                9;01/02/2024;Terugbetaling;F7;10,00
            """,
        },
    )
    assert codes(found, "invoice") == {
        "LINES-BY-CENTS": 1,
        "LINES-NOT-TOTAL": 1,
        "SHARES-BY-CENTS": 1,
        "SHARES-NOT-TOTAL": 1,
        "INVOICE-WITHOUT-LINES": 1,
        "STATUS-AND-PAID": 2,
        "PAID-TOO-MUCH": 1,
        "PAID-NOT-IN-ACCOUNTS": 1,
        "INVOICE-OPEN": 2,
        "TEXT-IN-AMOUNT": 1,
    }
    assert codes(found, "invoice_line") == {"NO-SUCH-INVOICE": 1, "AMOUNT-FORMS": 2}


def test_a_fee_may_hold_its_supplement_or_not(tmp_path: Path) -> None:
    table = """
        Behandelingsnr;Patiëntnr;Datum;Honorarium;Tegemoetkoming;Remgeld;Supplement
        1;1;01/02/2024;50,00;40,00;10,00;15,00
        2;1;01/02/2024;65,00;40,00;10,00;15,00
        3;1;01/02/2024;50,01;40,00;10,00;
        4;1;01/02/2024;70,00;40,00;10,00;15,00
    """
    found = codes(found_in(tmp_path, {"patient": PATIENTS, "treatment": table}), "treatment")
    assert found == {"FEE-BY-CENTS": 1, "FEE-NOT-TOTAL": 1}


def test_codes_are_judged_by_the_day_of_the_treatment(tmp_path: Path) -> None:
    table = """
        Behandelingsnr;Patiëntnr;Datum;Nomenclatuurcode;Tand;Vlakken;Status
        1;2;01/02/2017;371556;;;Uitgevoerd
        2;2;01/03/2018;371556;;;Uitgevoerd
        3;2;01/02/2017;371615;;;Uitgevoerd
        4;1;01/02/2024;301022;;;Uitgevoerd
        5;1;01/02/2024;301012;;;Uitgevoerd
        6;1;01/02/2024;KR01;;;Uitgevoerd
        7;1;01/02/2024;304371;16;MO;Uitgevoerd
        8;1;01/02/2024;304393;;MO;Uitgevoerd
        9;2;01/02/2010;301011;;;Uitgevoerd
        10;1;01/02/2027;301011;;;Gepland
        11;1;01/02/2027;301011;;;Uitgevoerd
        12;1;01/02/2024;301011;55;Q;Uitgevoerd
    """
    found = codes(found_in(tmp_path, {"patient": PATIENTS, "treatment": table}), "treatment")
    assert (found["DRIFT-ABOLISHED"], found["DRIFT-NOT-YET"]) == (1, 1)
    assert (found["DRIFT-HOSPITAL"], found["DRIFT-WRONG-CHECK"], found["DRIFT-PRIVATE"]) == (1, 1, 1)
    assert (found["SURFACES-AND-CODE"], found["SURFACES-UNREADABLE"], found["TOOTH-MISSING"]) == (1, 1, 1)
    assert (found["BEFORE-BIRTH"], found["TREATED-IN-FUTURE"], found["TOOTH-AND-AGE"]) == (1, 1, 1)


def teeth(folder: Path, cells: list[str]) -> dict[str, int]:
    lines = "\n".join(f"{number};1;01/02/2024;{cell}" for number, cell in enumerate(cells))
    table = f"Behandelingsnr;Patiëntnr;Datum;Tand\n{lines}"
    return codes(found_in(folder, {"patient": PATIENTS, "treatment": table}), "treatment")


def test_teeth_are_judged_by_the_notation_of_their_column(tmp_path: Path) -> None:
    for name, cells, told in (
        ("fdi", ["36", "47"] * 60 + ["3", "16 MOD", "zie"], {"TOOTH-IN-OTHER-NOTATION": 1, "TOOTH-WITH-MORE": 1}),
        ("mixed", ["36", "47"] * 20 + ["3", "30"] * 5, {"TEETH-MIXED": 10}),
        ("universal", ["3", "30", "19"] * 10, {"TEETH-NOT-FDI": 30}),
        ("unknown", ["11", "12"] * 10, {}),
    ):
        (tmp_path / name).mkdir()
        found = teeth(tmp_path / name, cells)
        assert {code: count for code, count in found.items() if code != "TOOTH-UNREADABLE"} == told, name
        assert found.get("TOOTH-UNREADABLE", 0) == (name == "fdi")


def test_a_year_that_no_other_date_is_of_is_outside_the_life_of_the_practice(tmp_path: Path) -> None:
    lines = "\n".join(f"{number};1;0{1 + number % 9}/02/{2010 + number % 16}" for number in range(200))
    table = f"Behandelingsnr;Patiëntnr;Datum\n{lines}\n900;1;01/02/2001\n901;1;01/02/2091"
    found = found_in(tmp_path, {"patient": "Patiëntnr;Naam;Voornaam\n1;Maes;An", "treatment": table})
    (outside,) = (one for one in found if one.code == "DATE-OUTSIDE")
    assert outside.count == 2
    assert "2010 to 2028" in outside.what


def test_numbers_with_check_digits_and_postal_codes_are_judged(tmp_path: Path) -> None:
    found = found_in(
        tmp_path,
        {
            "insurer": "VI-nummer;Mutualiteit;KBO-nummer\n131;CM Limburg;0411.766.483\n506;Solidaris;0411.766.484",
            "provider": "Verstrekkernr;Naam;Rekeningnummer\n1;Claes;BE32123456789002\n2;Maes;BE33123456789002",
            "patient": """
                Patiëntnr;Naam;Voornaam;Postcode;Gemeente;Land
                1;Maes;An;9000;Gent;
                2;Maes;Jan;9998;Gent;
                3;Maes;Els;9000;Antwerpen;BE
                4;Maes;Els;9998;Parijs;FR
            """,
            "invoice": """
                Factuurnummer;Patiëntnr;Datum;Gestructureerde mededeling
                F1;1;01/02/2024;+++010/8068/17183+++
                F2;1;01/02/2024;+++010/8068/17184+++
            """,
        },
    )
    assert codes(found, "insurer") == {"ENTERPRISE-WRONG": 1, "MUTUALITY-OTHER-UNION": 1}
    assert codes(found, "provider") == {"IBAN-WRONG": 1}
    assert codes(found, "invoice") == {"OGM-WRONG": 1}
    told = codes(found, "patient")
    assert (told["POSTAL-CODE-UNKNOWN"], told["POSTAL-CODE-AND-CITY"]) == (1, 1)


def test_files_are_compared_with_the_rows_that_name_them(tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    pdf = b"%PDF-1.4 "
    for name, content in (
        ("1_Brief.pdf", pdf + b"one"),
        ("2_Brief.pdf", pdf + b"one"),
        ("3_Brief.pdf", pdf + b"two"),
        ("4_Foto.jpg", pdf + b"four"),
        ("5_Leeg.pdf", b""),
        ("Maes_An.pdf", pdf + b"nobody's"),
    ):
        (folder / name).write_bytes(content)
    table = """
        Documentnr;Patiëntnr;Bestandsnaam;Datum
        1;1;1_Brief.pdf;01/02/2024
        2;1;2_BRIEF.pdf;01/02/2024
        3;1;scans\\3_Brief.pdf;01/02/2024
        4;1;4_Foto.jpg;01/02/2024
        5;1;5_Leeg.pdf;01/02/2024
        6;1;6_Weg.pdf;01/02/2024
        7;1;1_Brief.pdf;01/02/2024
    """
    found = found_in(tmp_path, {"patient": PATIENTS, "document": table}, folder)
    assert codes(found, "document") == {
        "FILE-MISSING": 1,
        "FILE-NAMED-TWICE": 1,
        "FILE-NAME-OTHERWISE": 1,
        "FILE-SAME-CONTENT": 1,
        "FILE-OTHER-KIND": 1,
        "FILE-EMPTY": 1,
        "FILE-WITHOUT-ROW": 1,
    }
    (nobody,) = (one for one in found if one.code == "FILE-WITHOUT-ROW")
    assert nobody.example.startswith("Xxxx_Xx.xxx, 17 bytes")


def test_addresses_that_cannot_be_read_or_are_shared_are_told(tmp_path: Path) -> None:
    table = """
        Patiëntnr;Naam;Voornaam;GSM;E-mail
        1;Maes;An;0478/12.34.56;an@mail.example
        2;Maes;Jan;+32 478 12 34 56 (mama);AN@mail.example
        3;Claes;Els;12345;els at mail.example
        4;Claes;Tim;0479/11.22.33 of 0479/11.22.44;a@mail.example; b@mail.example
        5;Wouters;Bo;-;nvt
    """
    table = table.replace("a@mail.example; b@mail.example", "a@mail.example, b@mail.example")
    found = codes(found_in(tmp_path, {"patient": table}), "patient")
    assert found == {
        "PATIENTS-SHARE-PHONE": 2,
        "PATIENTS-SHARE-EMAIL": 2,
        "PHONE-UNREADABLE": 1,
        "PHONE-WITH-WORDS": 1,
        "PHONES-IN-ONE-CELL": 1,
        "EMAIL-UNREADABLE": 1,
        "EMAILS-IN-ONE-CELL": 1,
        "WORD-FOR-NOTHING": 2,
    }


def test_words_for_one_choice_are_told_where_they_are_mixed(tmp_path: Path) -> None:
    lines = "\n".join(
        f"{number};Maes;An;{'V' if number > 2 else 'Mevr'};{'J' if number > 1 else 'x'}" for number in range(8)
    )
    found = found_in(tmp_path, {"patient": f"Patiëntnr;Naam;Voornaam;Geslacht;Actief\n{lines}"})
    told = {one.field: (one.count, one.what.partition(": ")[2]) for one in found if one.code == "WORD-FORMS"}
    assert told == {"Geslacht": (3, "v ×5, mevr ×3"), "Actief": (2, "j ×6, x ×2")}

"""The people of an invented practice: insurers, providers, referrers, and patients with their families."""

from __future__ import annotations

import unicodedata
from datetime import date, timedelta
from decimal import Decimal

from bridgework.belgium import enterprise, insz
from tests.bench import header_words as words
from tests.bench.header_draws import TODAY, Chance, Choice, Draws, Record, Ref, names, spoken


class People(Draws):
    """Makes the records of everybody whom appointments, treatments and invoices refer to."""

    def _insurer(self, _: int) -> Record:
        fund, union, dutch, french = words.INSURERS[len(self.records["insurer"])]
        name = french if self._language() in {"fr", "de"} else dutch
        return {
            **self._address(),
            "number": Ref("insurer", fund, name),
            "name": name,
            "union": union,
            "registration_number": enterprise.compose(f"04{self._chance.randint(0, 999999):06d}"),
            "phone": self._landline(),
            "email": self._sometimes(0.7, f"info@fonds{fund}.example"),
            "fax": self._sometimes(0.6, self._landline()),
            "active": self._chance.random() < 0.85,
        }

    def _caregiver(self, first: str, last: str) -> Record:
        """What providers and referrers have in common."""
        return {
            **self._address(),
            **self._stamps(),
            "first_name": first,
            "last_name": last,
            "full_name": (last, first),
            "title": self._text("staff_title"),
            "specialty": self._choice("specialty", (60, 12, 10, 8, 10)),
            "email": self._sometimes(0.85, _mail(first, last, "praktijk.example")),
            "phone": self._sometimes(0.9, self._landline()),
            "mobile": self._sometimes(0.8, self._mobile()),
            "fax": self._sometimes(0.3, self._landline()),
            "language": self._choice("language", (45, 45, 5, 5)),
            "active": self._chance.random() < 0.8,
            "address2": self._sometimes(0.3, f"{self._chance.choice(words.STREETS[spoken(self._language())])} 12"),
            "address3": self._sometimes(0.1, self._text("floor")),
            "remark": self._sometimes(0.3, self._text("remark")),
        }

    def _provider(self, number: int) -> Record:
        first, last, _ = self._name()
        initials = first[0].upper() + last[0].upper()
        taken = {ref.initials for ref in self._refs["provider"]}
        initials = initials if initials not in taken else initials + str(len(taken))
        return {
            **self._caregiver(first, last),
            "number": Ref("provider", number % 1000, f"{last} {first}", initials),
            "initials": initials,
            "riziv": self._riziv(),
            "convention": self._choice("convention", (60, 15, 25)),
            "iban": self._iban(),
            "enterprise_number": self._sometimes(0.8, enterprise.compose(f"08{self._chance.randint(0, 999999):06d}")),
            "agenda_colour": self._chance.randint(0, 16777215),
        }

    def _referrer(self, number: int) -> Record:
        first, last, _ = self._name()
        return {
            **self._caregiver(first, last),
            "number": Ref("referrer", number, f"Dr {last}"),
            "riziv": self._sometimes(0.6, self._riziv()),
            "organisation": self._sometimes(0.5, f"{self._text('organisation')} {self._address()['city']}"),
        }

    def _patient(self, number: int) -> Record:
        first, last, man = ("TEST", "TEST", True) if self._chance.random() < 0.004 else self._name()
        before = self.records["patient"][-1] if self.records["patient"] and self._chance.random() < 0.35 else None
        if before and self._chance.random() < 0.7:
            last = before["last_name"]
        born = self._day(32000, 900)
        own = Ref("patient", number, f"{last} {first}")
        return {
            "number": own,
            "last_name": last,
            "first_name": first,
            "full_name": (last, first),
            "birth_date": self._sometimes(0.98, born),
            **self._civil(born, man=man),
            **self._reach(first, last, before),
            **self._family(own, before),
            **self._insurance(),
            **self._care(),
            **self._file(),
        }

    def _civil(self, born: date, *, man: bool) -> Record:
        sequence = 2 * self._chance.randint(1, 490) + (1 if man else 0)
        number = insz.compose(born, sequence)
        if self._chance.random() < 0.007:
            number = number[:-1] + str((int(number[-1]) + 1) % 10)
        first, last, _ = self._name()
        return {
            "sex": self._sometimes(0.98, Choice("sex", 0 if man else 1)),
            "title": self._sometimes(0.8, Choice("title", 0 if man else 1)),
            "insz": self._sometimes(0.88, number),
            "language": self._choice("language", self._tongues()),
            "nationality": self._sometimes(0.7, self._text("nationality")),
            "birth_place": self._sometimes(0.4, self._address()["city"]),
            "marital_status": self._sometimes(0.5, self._choice("marital")),
            "profession": self._sometimes(0.35, self._text("profession")),
            "maiden_name": self._sometimes(0.08, last),
            "preferred_name": self._sometimes(0.12, first),
            "initials": self._sometimes(0.6, f"{first[0]}.{self._chance.choice('AMJLEP')}."),
            "eid_card": self._sometimes(0.55, _eid(self._chance)),
        }

    def _tongues(self) -> tuple[int, ...]:
        if self._many:
            return (35, 55, 10, 0)
        return {"fr": (3, 94, 2, 1), "de": (2, 13, 1, 84), "en": (40, 40, 19, 1)}.get(self._languages[0], (92, 4, 3, 1))

    def _reach(self, first: str, last: str, before: Record | None) -> Record:
        shared = (
            {name: before[name] for name in ("street", "house_number", "box", "postal_code", "city")} if before else {}
        )
        address = shared or self._address()
        mobile = before["mobile"] if before and self._chance.random() < 0.6 else self._sometimes(0.88, self._mobile())
        mail = before["email"] if before and self._chance.random() < 0.5 else _mail(first, last, _domain(self._chance))
        return {
            **address,
            "address_line": address,
            "country": self._sometimes(0.8, self._text("country")),
            "phone_home": self._sometimes(0.42, self._landline()),
            "mobile": mobile,
            "phone_work": self._sometimes(0.15, self._landline()),
            "phone_other": self._sometimes(0.1, self._mobile()),
            "fax": self._sometimes(0.03, self._landline()),
            "email": self._sometimes(0.75, mail),
            "email_other": self._sometimes(0.08, _mail(first, last, "werk.example")),
        }

    def _family(self, own: Ref, before: Record | None) -> Record:
        head = before["head_of_family"] if before else own
        return {
            "head_of_family": head,
            "family_number": str(head.number + 5000),
            "policy_holder": self._sometimes(0.6, head.name),
            "dependant": Choice("dependant", 1 if before else 0),
        }

    def _insurance(self) -> Record:
        fund = self._one("insurer")
        better = self._chance.random() < 0.2
        ct1 = self._chance.choice(
            ("111", "131", "141", "421") if better else ("110", "110", "110", "130", "140", "450")
        )
        known = self._chance.random() < 0.95
        return {
            "insurer_number": fund if known else None,
            "insurer_name": fund.name if known else None,
            "membership_number": self._sometimes(0.8, self._membership()),
            "ct1": ct1 if known else None,
            "ct2": self._chance.choice((ct1, ct1, ct1, "000")) if known else None,
            "increased_allowance": better,
            "third_party": better or self._chance.random() < 0.2,
            "maximum_bill": self._chance.random() < 0.06,
            "insured_until": self._sometimes(0.7, date(self._chance.choice((2024, 2025, 2026)), 12, 31)),
            "dental_insurance": self._sometimes(
                0.3, self._chance.choice(("Dentalia Plus", "DKV Smile", "Dento+", "Ethias Dental"))
            ),
            "policy_number": self._sometimes(0.28, f"P{self._chance.randint(10**6, 10**7)}"),
            "coverage_tier": self._sometimes(0.25, self._chance.choice(("Basis", "Plus", "Premium", "80%", "50%"))),
            "hospital_insurance": self._sometimes(
                0.3, self._chance.choice(("DKV", "AG Care", "Hospimut", "Ethias", "Hospitalia"))
            ),
        }

    def _membership(self) -> str:
        length = self._chance.choice((9, 10, 12, 13))
        return f"{self._chance.randint(10**7, 10**9):0{length}d}"

    def _care(self) -> Record:
        provider = self._one("provider")
        doctor = "Dr. " + self._chance.choice(names(self._language())[2])
        return {
            "provider_number": self._sometimes(0.95, provider),
            "referrer_number": self._sometimes(0.06, self._one("referrer")),
            "riziv_code": self._riziv_of(provider),
            "gp": self._sometimes(0.45, doctor),
            "medical_history": self._sometimes(0.3, self._text("history")),
            "allergies": self._sometimes(0.25, self._text("allergy")),
            "medication": self._sometimes(0.25, self._text("medication")),
            "risk": self._sometimes(0.1, self._text("risk")),
        }

    def _riziv_of(self, provider: Ref) -> str:
        return str(self._by_key[provider]["riziv"])

    def _file(self) -> Record:
        first = self._day(6000, 60)
        last = first + timedelta(days=self._chance.randint(0, (TODAY - first).days))
        dead = self._chance.random() < 0.05
        archived = dead or self._chance.random() < 0.22
        return {
            **self._stamps(),
            "first_visit": first,
            "last_visit": last,
            "next_recall": self._sometimes(0.55, last + timedelta(days=self._chance.choice((180, 365)))),
            "recall_interval": self._sometimes(0.6, self._chance.choice((3, 6, 6, 6, 12))),
            "recall_method": self._sometimes(0.7, self._choice("recall_method", (50, 30, 10, 10))),
            "remark": self._sometimes(0.25, self._text("remark")),
            "sms_consent": self._chance.random() < 0.75,
            "email_consent": self._chance.random() < 0.6,
            "privacy_consent": self._chance.random() < 0.7,
            "active": not archived,
            "deceased": dead,
            "deceased_on": self._day(3000, 10) if dead else None,
            "archived_on": self._day(3000, 10) if archived else None,
            "iban": self._sometimes(0.2, self._iban()),
            "balance": self._sometimes(
                0.95, self._chance.choice((Decimal(0), Decimal(0), Decimal(0), self._cents(-5000, 40000)))
            ),
        }


def _domain(chance: Chance) -> str:
    return chance.choice(("telenet.example", "gmail.example", "skynet.example", "hotmail.example"))


def _mail(first: str, last: str, domain: str) -> str:
    plain = unicodedata.normalize("NFKD", f"{first}.{last}").encode("ascii", "ignore").decode().lower()
    return f"{plain}@{domain}".replace(" ", "").replace("'", "")


def _eid(chance: Chance) -> str:
    ten = chance.randint(5900000000, 5999999999)
    return f"{ten}{ten % 97 or 97:02d}"

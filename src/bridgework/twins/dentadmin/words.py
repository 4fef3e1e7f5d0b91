"""The words a practice writes in its own language: pick-lists by key, remarks, messages, automations and reports."""

from __future__ import annotations

from bridgework.belgium.insz import Sex

from .export_format import Language
from .pick_lists import words

_REMARKS = {
    "nl": (
        "Belt liever 's avonds",
        "Angstpatiënt; rustig aanpakken",
        "Komt met de rolstoel, gelijkvloers kabinet",
        "Betaalt steeds contant",
        'Vraagt "alles via mail"',
        "Rookt 10/dag",
        "Latexallergie!",
        "Zie oude fiche",
        "Kost € 50 extra besproken",
        "Afspraken enkel op woensdagnamiddag",
        "Draagt nachtbeugel",
    ),
    "fr": (
        "Appeler plutôt le soir",
        "Patient anxieux ; aller doucement",
        "Vient en fauteuil roulant, rez-de-chaussée",
        "Paie toujours en espèces",
        'Demande "tout par e-mail"',
        "Fume 10/jour",
        "Allergie au latex !",
        "Voir ancienne fiche",
        "Supplément de 50 € discuté",
        "Rendez-vous le mercredi après-midi uniquement",
        "Porte une gouttière la nuit",
    ),
}
_LONG_REMARKS = {
    "nl": (
        "Allergisch aan penicilline.\r\nNeemt bloedverdunners; huisarts bellen vóór extractie.",
        "Offerte besproken:\n- kroon 16\n- implantaat 36\nPatiënt denkt na.",
        'Moeder belde: "kind heeft pijn".\r\nSpoed ingepland; geen antwoord meer gekregen.',
    ),
    "fr": (
        "Allergique à la pénicilline.\r\nSous anticoagulants ; appeler le médecin avant extraction.",
        "Devis discuté :\n- couronne 16\n- implant 36\nLe patient réfléchit.",
        'La mère a téléphoné : "l\'enfant a mal".\r\nUrgence prévue ; plus de nouvelles.',
    ),
}
_HISTORIES = {
    "nl": (
        "Penicilline-allergie",
        "Diabetes type 2",
        "Hoge bloeddruk",
        "Asaflow 80 mg",
        "Astma; puffer",
        "Zwanger",
        "Geen bijzonderheden",
        "Kunstklep (profylaxe)",
        "Hepatitis B (2009)",
    ),
    "fr": (
        "Allergie à la pénicilline",
        "Diabète type 2",
        "Hypertension",
        "Asaflow 80 mg",
        "Asthme ; aérosol",
        "Enceinte",
        "Rien à signaler",
        "Valve cardiaque (prophylaxie)",
        "Hépatite B (2009)",
    ),
}
_TREATMENT_NOTES = {
    "nl": (
        "Composiet A2",
        "Verdoving Ultracain 1 cp",
        "Nabehandeling over 6 maanden",
        "Patiënt akkoord met supplement",
        "Moeilijk bereikbaar",
        "Onder cofferdam",
        "Röntgen: geen bijzonderheden",
    ),
    "fr": (
        "Composite A2",
        "Anesthésie Ultracaïne 1 carp.",
        "Contrôle dans 6 mois",
        "Patient d'accord avec le supplément",
        "Accès difficile",
        "Sous digue",
        "Radio : rien à signaler",
    ),
}
_REASONS = {
    "nl": (
        "halfjaarlijkse controle",
        "pijn rechtsonder",
        "vulling afgebroken",
        "tandsteen",
        "nieuwe patiënt",
        "beugel",
    ),
    "fr": (
        "contrôle semestriel",
        "douleur en bas à droite",
        "obturation cassée",
        "tartre",
        "nouveau patient",
        "appareil",
    ),
}
_APPOINTMENT_NOTES = {
    "nl": ("Belde af wegens ziekte", "Komt 10 min later", "Mama komt mee", "Vraagt verdoving"),
    "fr": ("A annulé, malade", "Arrive 10 min en retard", "La maman l'accompagne", "Demande une anesthésie"),
}
_PHONE_REMARKS = {
    "nl": ("mama", "papa", "vrouw", "werk", "na 18u", "oma"),
    "fr": ("maman", "papa", "épouse", "bureau", "mamie"),
}
_PHONE_LINKS = {"nl": ("of", "/", "- mama:", "en"), "fr": ("ou", "/", "- maman :", "et")}
_REMINDER = {
    "nl": "Beste {name}, we verwachten u op {day} om {hour}. Kan u niet komen? Bel ons tijdig.",
    "fr": "Bonjour {name}, nous vous attendons le {day} à {hour}. Un empêchement ? Prévenez-nous à temps.",
}
_RECALL = {
    "nl": "Beste {name}, het is tijd voor uw controle.\r\nMaak een afspraak via onze website of bel ons.",
    "fr": "Bonjour {name}, il est temps de faire votre contrôle.\r\nPrenez rendez-vous en ligne ou par téléphone.",
}
_SUBJECTS = {
    "nl": {
        "reminder": "Herinnering afspraak",
        "recall": "Oproep controle",
        "call": "Telefonisch contact",
        "letter": "Verslag aan verwijzer",
        "invoice": "Uw factuur",
    },
    "fr": {
        "reminder": "Rappel de rendez-vous",
        "recall": "Rappel contrôle",
        "call": "Contact téléphonique",
        "letter": "Rapport au référent",
        "invoice": "Votre facture",
    },
}
_CALLS = {
    "nl": (
        "Vraagt attest opnieuw",
        "Wil afspraak verplaatsen",
        'Gebeld: "komt morgen langs"; pijnstiller aangeraden',
        "Vraagt prijs van kroon",
        "Voicemail ingesproken",
    ),
    "fr": (
        "Demande une nouvelle attestation",
        "Veut déplacer son rendez-vous",
        'A téléphoné : "passe demain" ; antidouleur',
        "Demande le prix d'une couronne",
        "Message laissé sur le répondeur",
    ),
}
_DOCUMENT_TITLES = {
    "nl": {
        "letter": "Brief aan huisarts",
        "report": "Verslag stomatoloog",
        "panoramic": "OPG",
        "intra_oral": "Bitewing",
        "photo": "Foto glimlach",
        "prescription": "Voorschrift",
        "consent": "Toestemming",
        "estimate": "Begroting",
    },
    "fr": {
        "letter": "Lettre au médecin",
        "report": "Rapport stomatologue",
        "panoramic": "OPG",
        "intra_oral": "Bite-wing",
        "photo": "Photo sourire",
        "prescription": "Ordonnance",
        "consent": "Consentement",
        "estimate": "Devis",
    },
}
_ROOMS = {"nl": ("Kabinet 1", "Kabinet 2", "Kabinet 3"), "fr": ("Cabinet 1", "Cabinet 2", "Cabinet 3")}
_CHAIRS = {"nl": ("Stoel A", "Stoel B"), "fr": ("Fauteuil A", "Fauteuil B")}
_USERS = {"nl": ("balie", "assistent1", "automatisch"), "fr": ("accueil", "assistante1", "automatique")}
_CREDIT = {"nl": "Creditnota, dubbel aangerekend", "fr": "Note de crédit, compté deux fois"}
_PRACTICE = {"nl": "tandartspraktijk-lindelaan", "fr": "cabinet-dentaire-tilleuls"}

# Number, name, kind, trigger, delay, channel, template, active: written in both languages.
WORKFLOWS: dict[Language, str] = {
    "nl": """
Herinnering afspraak|Herinnering|Afspraak bevestigd|2 dagen voor|Sms|Beste [voornaam], afspraak op [datum] om [uur].|J
Bevestiging nieuwe afspraak|Bevestiging|Afspraak aangemaakt|onmiddellijk|E-mail|Uw afspraak is geboekt.|J
Oproep halfjaarlijkse controle|Recall|Volgende controle bereikt|0 dagen|Sms|Tijd voor uw controle.|J
Tweede oproep|Recall|Geen afspraak na oproep|30 dagen na|Brief|Sjabloon oproepbrief 2|J
Niet verschenen|Opvolging|Status = Niet verschenen|1 dag na|E-mail|We hebben u gemist.|J
Opvolging behandelplan|Opvolging|Behandeling gepland, geen afspraak|14 dagen na|Telefoon|Taak voor balie|N
Betalingsherinnering|Aanmaning|Factuur open na vervaldatum|15 dagen na|E-mail|Sjabloon herinnering 1|J
Verjaardagswens|Marketing|Verjaardag|0 dagen|E-mail|Gelukkige verjaardag [voornaam]!|N
""",
    "fr": """
Rappel de rendez-vous|Rappel|Rendez-vous confirmé|2 jours avant|SMS|Bonjour [prénom], rendez-vous le [date] à [heure].|O
Confirmation nouveau rendez-vous|Confirmation|Rendez-vous créé|immédiatement|E-mail|Votre rendez-vous est réservé.|O
Rappel contrôle semestriel|Recall|Prochain contrôle atteint|0 jour|SMS|Il est temps de faire votre contrôle.|O
Deuxième rappel|Recall|Pas de rendez-vous après rappel|30 jours après|Lettre|Modèle lettre de rappel 2|O
Absent|Suivi|Statut = Absent|1 jour après|E-mail|Vous nous avez manqué.|O
Suivi plan de traitement|Suivi|Traitement planifié sans rendez-vous|14 jours après|Téléphone|Tâche pour l'accueil|N
Rappel de paiement|Mise en demeure|Facture ouverte après échéance|15 jours après|E-mail|Modèle rappel 1|O
Anniversaire|Marketing|Anniversaire|0 jour|E-mail|Joyeux anniversaire [prénom] !|N
""",
}
REPORTS: dict[Language, str] = {
    "nl": """
Omzet per verstrekker|Tabel|Facturen|Verstrekker, Maand, Totaal|Status <> Geannuleerd|Jaar
Openstaande facturen|Lijst|Facturen|Patiënt, Factuurnummer, Totaal, Betaald|Status = Open|Vandaag
Nieuwe patiënten|Grafiek|Patiënten|Maand, Aantal||12 maanden
Niet verschenen|Lijst|Afspraken|Patiënt, Datum, Behandelaar|Status = Niet verschenen|Maand
Oproepen te versturen|Lijst|Patiënten|Naam, GSM, Volgende controle|Volgende controle <= vandaag|Week
Prestaties per nomenclatuurcode|Tabel|Behandelingen|Code, Aantal, Honorarium||Kwartaal
Leeftijdspiramide|Grafiek|Patiënten|Leeftijd, Aantal|Actief = J|Vandaag
""",
    "fr": """
Chiffre d'affaires par prestataire|Tableau|Factures|Prestataire, Mois, Total|Statut <> Annulé|Année
Factures ouvertes|Liste|Factures|Patient, N° de facture, Total, Payé|Statut = Ouvert|Aujourd'hui
Nouveaux patients|Graphique|Patients|Mois, Nombre||12 mois
Absences|Liste|Rendez-vous|Patient, Date, Prestataire|Statut = Absent|Mois
Rappels à envoyer|Liste|Patients|Nom, GSM, Prochain contrôle|Prochain contrôle <= aujourd'hui|Semaine
Prestations par code de nomenclature|Tableau|Traitements|Code, Nombre, Honoraires||Trimestre
Pyramide des âges|Graphique|Patients|Âge, Nombre|Actif = O|Aujourd'hui
""",
}


class Lists:
    """The pick-lists of one language: for each column the words by our keys, or all of them to draw from."""

    def __init__(self, language: Language) -> None:
        def pick(object_: str, column: str) -> dict[str, str]:
            return words(object_, column, language)

        sex, title, active = pick("patient", "sex"), pick("patient", "title"), pick("patient", "active")
        self.sex: dict[Sex, str] = {"M": sex["male"], "F": sex["female"]}
        self.title: dict[Sex, str] = {"M": title["mr"], "F": title["mrs"]}
        self.boolean = (active["no"], active["yes"])
        self.dental_insurance = tuple(pick("patient", "dental_insurance").values())
        self.coverage_tier = tuple(pick("patient", "coverage_tier").values())
        self.specialty = pick("provider", "specialty")
        self.referrer_specialty = tuple(pick("referrer", "specialty").values())
        self.convention = tuple(pick("provider", "convention").values())
        self.appointment_type = pick("appointment", "type")
        self.appointment_status = pick("appointment", "status")
        self.treatment_status = pick("treatment", "status")
        self.invoice_channel = pick("invoice", "channel")
        self.invoice_status = pick("invoice", "status")
        self.payment_method = pick("invoice", "payment_method")
        self.transaction_kind = pick("transaction", "kind")
        self.document_category = pick("document", "category")
        self.channel = pick("communication", "channel")
        self.direction = pick("communication", "direction")
        self.result = pick("communication", "result")


class Words:
    """The free texts of one language, and its pick-lists."""

    def __init__(self, language: Language) -> None:
        self.lists = Lists(language)
        self.document_titles = _DOCUMENT_TITLES[language]
        self.remarks = _REMARKS[language]
        self.long_remarks = _LONG_REMARKS[language]
        self.histories = _HISTORIES[language]
        self.treatment_notes = _TREATMENT_NOTES[language]
        self.reasons = _REASONS[language]
        self.appointment_notes = _APPOINTMENT_NOTES[language]
        self.phone_remarks = _PHONE_REMARKS[language]
        self.phone_links = _PHONE_LINKS[language]
        self.reminder = _REMINDER[language]
        self.recall = _RECALL[language]
        self.subjects = _SUBJECTS[language]
        self.calls = _CALLS[language]
        self.rooms = _ROOMS[language]
        self.chairs = _CHAIRS[language]
        self.users = _USERS[language]
        self.credit = _CREDIT[language]
        self.practice = _PRACTICE[language]

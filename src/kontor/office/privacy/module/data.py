"""Which tables of privacy hold personal data, and for what."""

from typing import Final

from kontor.kernel.personal_data import PersonalData, Processing
from kontor.office.privacy.module.consents import CONSENTS
from kontor.office.privacy.module.erasures import ERASURES
from kontor.office.privacy.module.papers import PAPERS
from kontor.office.privacy.module.subjects import SUBJECTS
from kontor.rulebook.ruling import Text

PROCESSINGS: Final = (
    Processing(
        key="privacy",
        title=Text("Datenschutz", "Privacy"),
        purpose=Text(
            "Pflichten des Datenschutzes erfüllen und belegen", "Perform the duties of data protection and prove it"
        ),
        persons=("customers", "prospects", "employees", "contacts"),
        categories=("authentication", "name", "communication"),
        basis="GDPR Art. 6 (1) (c), Art. 5 (2)",
        source=Text("die betroffene Person und der Verantwortliche", "the data subject and the controller"),
        recipients=Text("der Verantwortliche und die Aufsichtsbehörde", "the controller and the supervisory authority"),
        role="controller",
    ),
    Processing(
        key="pages",
        title=Text("Aufruf der Seiten und Zugriffsprotokoll", "Opening of pages and access log"),
        purpose=Text(
            "Seiten ausliefern, den Betrieb sichern und verbessern", "Deliver pages, keep them running and secure"
        ),
        persons=("prospects", "employees"),
        categories=("device",),
        basis="GDPR Art. 6 (1) (f)",
        source=Text("der Browser der betroffenen Person", "the data subject's browser"),
        recipients=Text("niemand außer dem Betreiber der Server", "nobody but who runs the servers"),
        role="controller",
        kept=("access_log", "session_address"),
    ),
    Processing(
        key="analysis",
        title=Text("Zählen von Seitenaufrufen", "Counting of page views"),
        purpose=Text("Sehen, welche Seiten gebraucht werden", "See which pages are used"),
        persons=("prospects", "employees"),
        categories=("device", "conduct"),
        basis="GDPR Art. 6 (1) (a)",
        source=Text("der Browser der betroffenen Person", "the data subject's browser"),
        recipients=Text("niemand; gezählt wird hier", "nobody; it is counted here"),
        role="controller",
        kept=("browser_cookie",),
    ),
    Processing(
        key="consents",
        title=Text("Einwilligungen in Post", "Consents to mail"),
        purpose=Text(
            "Nur schreiben, wem es recht ist, und es beweisen", "Write only to those who agree, and be able to prove it"
        ),
        persons=("customers", "prospects", "contacts"),
        categories=("name", "communication", "device"),
        basis="GDPR Art. 6 (1) (c), Art. 7 (1)",
        source=Text("die betroffene Person", "the data subject"),
        recipients=Text("niemand", "nobody"),
        role="processor",
    ),
)
PERSONAL_DATA: Final[tuple[PersonalData, ...]] = (
    *CONSENTS,
    *ERASURES,
    *PAPERS,
    *SUBJECTS,
    PersonalData(
        model="privacy.Breach",
        about=Text("wer Auskunft über eine Verletzung gibt", "who answers about a breach"),
        clause="GDPR Art. 33 (5)",
        processing="privacy",
        kept="with_tenant",
        people=("contact_email",),
        personal=("contact_name", "contact_email", "contact_phone"),
        on_erasure="mask",
    ),
    PersonalData(
        model="privacy.BreachFact",
        about=Text("wer festhielt, was bekannt wurde", "who wrote down what became known"),
        clause="GDPR Art. 33 (5)",
        processing="privacy",
        kept="with_tenant",
        people=(),
        personal=("by_name", "text"),
        on_erasure="mask",
        shared=True,
    ),
    PersonalData(
        model="privacy.BreachNotice",
        about=Text("wen man nach einer Verletzung fragen kann", "whom one may ask after a breach"),
        clause="GDPR Art. 33 (5)",
        processing="privacy",
        kept="with_tenant",
        people=(),
        personal=("recipient", "contact", "body"),
        on_erasure="mask",
        shared=True,
        categories={"recipient": "name"},
    ),
    PersonalData(
        model="privacy.Declaration",
        about=Text("wer worin eingewilligt hat, und wann nicht mehr", "who agreed to what, and when no longer"),
        clause="GDPR Art. 7 (1)",
        processing="privacy",
        kept="with_person",
        people=("person",),
        personal=("person",),
        on_erasure="delete",
    ),
    PersonalData(
        model="privacy.Export",
        about=Text("wer Kopien der Daten anfordert und abholt", "whoever orders and fetches copies of the data"),
        clause="GDPR Art. 5 (2)",
        processing="privacy",
        kept="with_tenant",
        people=("asked_by", "fetched_by"),
        personal=("asked_by", "fetched_by"),
        on_erasure="mask",
        categories={"asked_by": "authentication", "fetched_by": "authentication"},
    ),
)
WITHOUT_PERSONAL_DATA: Final[tuple[str, ...]] = (
    "privacy.BackupRun",
    "privacy.ConsentText",
    "privacy.ExportEntry",
    "privacy.PersonErasure",
    "privacy.Rehearsal",
    "privacy.ResourceReading",
    "privacy.Restriction",
    "privacy.RetentionNight",
    "privacy.Deletion",
    "privacy.Statement",
    "privacy.Subprocessor",
    "privacy.Suppression",
)

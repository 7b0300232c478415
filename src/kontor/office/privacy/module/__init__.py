"""All that the rest of the product knows about privacy."""

from kontor.kernel.page_notes import PageNote
from kontor.kernel.registry import Gate, Module, NavItem, Permission, PublicPage, register
from kontor.office.privacy.actions.demo import make_demo
from kontor.office.privacy.module.answers import CUSTOMER_ACTIONS, EVENTS
from kontor.office.privacy.module.data import PERSONAL_DATA, PROCESSINGS, WITHOUT_PERSONAL_DATA
from kontor.office.privacy.queries.consents import may_write_to
from kontor.office.privacy.queries.cookies import note
from kontor.office.privacy.queries.locks import locked_among
from kontor.office.privacy.queries.notice import address_of_notice
from kontor.office.privacy.queries.processing import judged
from kontor.office.privacy.queries.subjects import restricted
from kontor.office.privacy.queries.visits import audit_note
from kontor.office.privacy.views.statements import stands_before
from kontor.rulebook.ruling import Text

register(
    Module(
        key="privacy",
        title=Text("Datenschutz", "Privacy"),
        entitled=False,
        urls="kontor.office.privacy.urls",
        navigation=(
            NavItem(
                label=Text("Datenschutz", "Privacy"),
                url_name="privacy:record",
                permission="privacy.see",
                icon="shield-lock",
                group="settings",
                audience="house",
                order=70,
            ),
            NavItem(
                label=Text("Datenschutz", "Privacy"),
                url_name="privacy-own:overview",
                permission="privacy.own",
                icon="shield-lock",
                group="account",
                audience="customer",
                order=70,
            ),
        ),
        permissions=(
            Permission(
                "privacy.see",
                Text("Verzeichnisse und Vorgänge des Datenschutzes sehen", "See registers and cases of privacy"),
                entitled=False,
                audience="house",
            ),
            Permission(
                "privacy.keep",
                Text("Verzeichnisse und Vorgänge des Datenschutzes führen", "Keep registers and cases of privacy"),
                entitled=False,
                audience="house",
            ),
            Permission(
                "privacy.calls",
                Text("Das Protokoll der Aufrufe lesen", "Read the log of calls"),
                entitled=False,
                audience="house",
            ),
            Permission(
                "privacy.export",
                Text("Eine Kopie aller Daten anfordern und abholen", "Order and fetch a copy of all data"),
                entitled=False,
            ),
            Permission(
                "privacy.trail",
                Text("Sehen und prüfen, wer was getan hat", "See and prove who did what"),
                entitled=False,
            ),
            Permission(
                "privacy.consents",
                Text("Einwilligungen führen und beweisen", "Keep and prove consents"),
                entitled=False,
            ),
            Permission(
                "privacy.notice",
                Text("Die Datenschutzerklärung veröffentlichen", "Publish the privacy notice"),
                entitled=False,
            ),
            Permission(
                "privacy.folder",
                Text("Die Prüfmappe mit Nachweisen sehen", "See the audit's evidence folder"),
                entitled=False,
            ),
            Permission(
                "privacy.admit",
                Text("Prüfungen verlangen und Prüfer einlassen", "Ask for audits and let auditors in"),
                entitled=False,
            ),
            Permission(
                "privacy.own",
                Text("Den Datenschutz des eigenen Mandanten sehen", "See one's own tenant's privacy"),
                entitled=False,
                audience="customer",
            ),
            Permission(
                "privacy.decide",
                Text(
                    "Für den eigenen Mandanten Weisungen geben und Vereinbarungen unterschreiben",
                    "Give instructions and sign agreements for one's own tenant",
                ),
                entitled=False,
                audience="customer",
            ),
        ),
        gates=(
            Gate(
                key="privacy.statements",
                url_name="privacy:statements",
                stands_before=stands_before,
                order=45,
                lasting=True,
            ),
        ),
        public_pages=(
            PublicPage(Text("Cookie-Einstellungen", "Cookie settings"), "privacy:cookies"),
            PublicPage(Text("Ihre Daten", "Your data"), "privacy:ask"),
            PublicPage(Text("Unterauftragsverarbeiter", "Sub-processors"), "privacy:partners"),
        ),
        page_notes=(PageNote("privacy/cookie_note.html", note), PageNote("privacy/audit_note.html", audit_note)),
        customer_actions=CUSTOMER_ACTIONS,
        events=EVENTS,
        hides=locked_among,
        restricted=restricted,
        may_write=may_write_to,
        judges_work=judged,
        on_refused_address="privacy.address_refused",
        notice=address_of_notice,
        demo=make_demo,
        processings=PROCESSINGS,
        personal_data=PERSONAL_DATA,
        without_personal_data=WITHOUT_PERSONAL_DATA,
    )
)

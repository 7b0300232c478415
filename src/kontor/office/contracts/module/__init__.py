"""All that the rest of the product knows about contracts."""

from kontor.kernel.api_conditions import ApiCondition
from kontor.kernel.customer_actions import CustomerAction
from kontor.kernel.records import Reference
from kontor.kernel.registry import Gate, Measure, Meter, Module, PublicPage, register
from kontor.office.contracts.actions import (
    changing,
    ending_tasks,
    hardware,
    hardware_cases,
    installing,
    licensing,
    licensing_sites,
    ordering,
    out_of_scope,
    releases,
    secrets,
    service_orders,
    trials,
)
from kontor.office.contracts.actions.customer_notices import customer_confirms, customer_notice
from kontor.office.contracts.actions.demo import make_demo
from kontor.office.contracts.actions.ending_choice import choose_data
from kontor.office.contracts.actions.paying import give_mandate, open_mandate_form
from kontor.office.contracts.actions.terms_answers import answer_notice, open_notice
from kontor.office.contracts.module.data import PERSONAL_DATA, PROCESSINGS, WITHOUT_PERSONAL_DATA
from kontor.office.contracts.module.events import EVENTS
from kontor.office.contracts.module.navigation import NAVIGATION
from kontor.office.contracts.module.permissions import PERMISSIONS
from kontor.office.contracts.queries.accounts import accounts
from kontor.office.contracts.queries.copies import copy_notice, own_backups
from kontor.office.contracts.queries.data_contracts import data_contracts
from kontor.office.contracts.queries.erasures import erasure_wanted
from kontor.office.contracts.queries.expander import lacks_expander
from kontor.office.contracts.queries.finding import RECORDS, SEARCHED
from kontor.office.contracts.queries.hardware import delivered_devices
from kontor.office.contracts.views import ended, trying
from kontor.office.contracts.views.arrears import stands_before
from kontor.rulebook.ruling import Text

_MAILINGS = Text("Massenmailings", "Bulk mailings")

_SERVICE_EMAILS = Text("Bearbeitete Service-E-Mails", "Service e-mails handled")

_LOGINS = Text("Besucher des Kundencenters", "Visitors of the customer centre")

_CHECK_INS = Text("Anmeldungen von Besuchern", "Visitors' check-ins")

register(
    Module(
        key="contracts",
        title=Text("Verträge", "Contracts"),
        urls="kontor.office.contracts.urls",
        public_pages=(
            PublicPage(Text("Preise", "Prices"), "contracts:prices"),
            PublicPage(Text("Testen", "Try it"), "contracts:try"),
        ),
        navigation=NAVIGATION,
        meters=(
            Meter("contracts.bulk_mailings", Text("Mailings", "mailings"), "§11.3", title=_MAILINGS),
            Meter("contracts.service_emails", Text("E-Mails", "e-mails"), "§11.3", title=_SERVICE_EMAILS),
            Meter(
                "contracts.customer_centre_logins",
                Text("Besucher", "visitors"),
                "§11.3",
                measure=Measure.UNIQUE,
                title=_LOGINS,
            ),
            Meter("contracts.check_ins", Text("Besuche", "visits"), "", title=_CHECK_INS),
        ),
        api="kontor.office.contracts.api",
        copy_notice=copy_notice,
        own_backups=own_backups,
        devices=delivered_devices,
        demo=make_demo,
        on_overload="contracts.report_overload",
        on_probing="contracts.report_probing",
        on_agreement="contracts.agreement_concluded",
        gates=(
            Gate(
                key="contracts.trial",
                url_name="contracts:trial-over",
                stands_before=trying.stands_before,
                order=10,
            ),
            Gate(
                key="contracts.arrears",
                url_name="contracts:suspended",
                stands_before=stands_before,
                order=20,
                leaves_open=frozenset({"contracts.account", "documents.see"}),
            ),
            Gate(
                key="contracts.ended",
                url_name="contracts:ended",
                stands_before=ended.stands_before,
                order=15,
                leaves_open=frozenset({"contracts.account", "documents.see", "privacy.export"}),
            ),
        ),
        api_conditions=(ApiCondition(key="expander-required", lacks=lacks_expander),),
        customer_actions=(
            CustomerAction(
                key="contracts.prices_read",
                model="contracts.Contract",
                meaning=Text("Die Preise des Anbieters lesen", "Read the provider's prices"),
                act=ordering.read_prices,
            ),
            CustomerAction(
                key="contracts.mandate_form_opened",
                model="contracts.Contract",
                meaning=Text("Das SEPA-Mandat lesen", "Read the SEPA mandate"),
                act=open_mandate_form,
            ),
            CustomerAction(
                key="contracts.mandate_given",
                model="contracts.Contract",
                meaning=Text("Ein SEPA-Mandat erteilen", "Give a SEPA mandate"),
                act=give_mandate,
            ),
            CustomerAction(
                key="contracts.hardware_reported",
                model="contracts.HardwareItem",
                meaning=Text("Mängel und Ereignisse an Hardware melden", "Report defects and events of hardware"),
                act=hardware_cases.report,
            ),
            CustomerAction(
                key="contracts.hardware_inspected",
                model="contracts.HardwareDelivery",
                meaning=Text("Untersuchte Hardware vermerken", "Note that hardware was inspected"),
                act=hardware.note_inspection,
            ),
            CustomerAction(
                key="contracts.hardware_second_period",
                model="contracts.HardwareCase",
                meaning=Text("Eine weitere Frist für Hardware setzen", "Set a further period for hardware"),
                act=hardware_cases.set_second_period,
            ),
            CustomerAction(
                key="contracts.trial_chosen",
                model="contracts.Trial",
                meaning=Text("Wählen, was auf den Test folgt", "Choose what follows the trial"),
                act=trials.choose,
            ),
            CustomerAction(
                key="contracts.trial_offer_asked",
                model="contracts.Trial",
                meaning=Text("Nach dem Test um ein Angebot bitten", "Ask for an offer after the trial"),
                act=trials.ask_for_offer,
            ),
            CustomerAction(
                key="contracts.software_returned",
                model="contracts.EndingTask",
                meaning=Text("Rückgabe oder Vernichtung nachweisen", "Prove the return or destruction"),
                act=ending_tasks.return_software,
            ),
            CustomerAction(
                key="contracts.data_chosen",
                model="contracts.EndingTask",
                meaning=Text("Wählen, was aus den Daten wird", "Choose what becomes of the data"),
                act=choose_data,
            ),
            CustomerAction(
                key="contracts.notice_by_customer",
                model="contracts.Contract",
                meaning=Text("Kündigen", "Give notice"),
                act=customer_notice,
            ),
            CustomerAction(
                key="contracts.notice_confirmed",
                model="contracts.ContractNotice",
                meaning=Text("Eine Kündigung bestätigen", "Confirm a notice"),
                act=customer_confirms,
            ),
            CustomerAction(
                key="contracts.terms_notice_opened",
                model="contracts.TermsNotice",
                meaning=Text("Eine Mitteilung über geänderte Bedingungen lesen", "Read a notice of changed terms"),
                act=open_notice,
            ),
            CustomerAction(
                key="contracts.terms_notice_answered",
                model="contracts.TermsNotice",
                meaning=Text("Eine Änderung annehmen oder ihr widersprechen", "Accept a change or object to it"),
                act=answer_notice,
            ),
            CustomerAction(
                key="contracts.activate_computer",
                model="contracts.Contract",
                meaning=Text("Einen Rechner aktivieren", "Activate a computer"),
                act=licensing.activate,
            ),
            CustomerAction(
                key="contracts.release_computer",
                model="contracts.Activation",
                meaning=Text("Einen Rechner freigeben", "Release a computer"),
                act=licensing.release,
            ),
            CustomerAction(
                key="contracts.report_site",
                model="contracts.Contract",
                meaning=Text("Einen Standort melden", "Report a site"),
                act=licensing_sites.report_site,
            ),
            CustomerAction(
                key="contracts.register_copy",
                model="contracts.Contract",
                meaning=Text("Die Sicherungskopie eintragen", "Register the backup copy"),
                act=licensing_sites.register_copy,
            ),
            CustomerAction(
                key="contracts.order_more",
                model="contracts.Contract",
                meaning=Text("Mehr bestellen", "Order more"),
                act=ordering.order_more,
            ),
            CustomerAction(
                key="contracts.order_fewer",
                model="contracts.Contract",
                meaning=Text("Weniger bestellen", "Order less"),
                act=ordering.order_fewer,
            ),
            CustomerAction(
                key="contracts.order_interval",
                model="contracts.Contract",
                meaning=Text("Abrechnungsintervall wechseln", "Change the billing interval"),
                act=ordering.order_interval,
            ),
            CustomerAction(
                key="contracts.release_file",
                model="contracts.ReleaseOffer",
                meaning=Text("Eine Datei einer Ausgabe holen", "Fetch a file of a release"),
                act=releases.fetch_file,
            ),
            CustomerAction(
                key="contracts.release_postponed",
                model="contracts.ReleaseOffer",
                meaning=Text("Eine Ausgabe aufschieben", "Postpone a release"),
                act=installing.postpone,
            ),
            CustomerAction(
                key="contracts.release_installed",
                model="contracts.ReleaseOffer",
                meaning=Text("Eine Installation vermerken", "Note an installation"),
                act=installing.note_installed,
            ),
            CustomerAction(
                key="contracts.secret_opened",
                model="contracts.ConfidentialPaper",
                meaning=Text("Ein vertrauliches Papier öffnen", "Open a confidential paper"),
                act=secrets.open_secret,
            ),
            CustomerAction(
                key="contracts.secret_sharing_answered",
                model="contracts.ConfidentialSharing",
                meaning=Text("Eine Weitergabe freigeben oder ablehnen", "Approve or refuse sharing a secret"),
                act=secrets.answer_sharing,
            ),
            CustomerAction(
                key="contracts.service_answered",
                model="contracts.ServiceOrder",
                meaning=Text("Das Angebot einer Leistung beantworten", "Answer the offer of a service"),
                act=service_orders.answer_service,
            ),
            CustomerAction(
                key="contracts.scope_asked",
                model="contracts.Contract",
                meaning=Text("Etwas wünschen, das der Vertrag nicht umfasst", "Ask for what is out of scope"),
                act=out_of_scope.ask_for_more,
            ),
            CustomerAction(
                key="contracts.change_sign",
                model="contracts.ChangeOrder",
                meaning=Text("Bestellung zeichnen", "Sign an order"),
                act=changing.sign_order,
            ),
            CustomerAction(
                key="contracts.change_withdraw",
                model="contracts.ChangeOrder",
                meaning=Text("Ungezeichnete Bestellung zurücknehmen", "Take back an unsigned order"),
                act=changing.withdraw_unsigned,
            ),
        ),
        permissions=PERMISSIONS,
        search=SEARCHED,
        records=RECORDS,
        accounts=accounts,
        data_contracts=data_contracts,
        erasure_wanted=erasure_wanted,
        references=(Reference(model="contracts.OfferDraft", column="party_id", to="parties.Party"),),
        processings=PROCESSINGS,
        personal_data=PERSONAL_DATA,
        without_personal_data=WITHOUT_PERSONAL_DATA,
        events=EVENTS,
    )
)

"""All that the rest of the product knows about contracts."""

from kontor.kernel.registry import (
    ApiCondition,
    CustomerAction,
    EventKind,
    Gate,
    Measure,
    Meter,
    Module,
    NavItem,
    Permission,
    PersonalData,
    PublicPage,
    register,
)
from kontor.office.contracts.actions import changing, hardware, hardware_cases, ordering, trials
from kontor.office.contracts.actions.demo import make_demo
from kontor.office.contracts.actions.noticing import customer_notice
from kontor.office.contracts.actions.paying import give_mandate, open_mandate_form
from kontor.office.contracts.actions.terms_answers import answer_notice, open_notice
from kontor.office.contracts.queries.expander import lacks_expander
from kontor.office.contracts.queries.finding import SEARCHED
from kontor.office.contracts.views import ended, trying
from kontor.office.contracts.views.arrears import stands_before
from kontor.rulebook.ruling import Text

_BASIS = "GDPR Art. 6 (1) (b)"
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
        navigation=(
            NavItem(
                label=Text("Heute", "Today"),
                url_name="contracts:today",
                permission="contracts.see",
                icon="sun-high",
                group="work",
                audience="house",
                order=1,
            ),
            NavItem(
                label=Text("Angebote", "Offers"),
                url_name="contracts:offers",
                permission="contracts.see",
                icon="file-pencil",
                group="customers",
                audience="house",
                order=20,
            ),
            NavItem(
                label=Text("Verträge", "Contracts"),
                url_name="contracts:contracts",
                permission="contracts.see",
                icon="file-certificate",
                group="customers",
                audience="house",
                order=30,
            ),
            NavItem(
                label=Text("Tests", "Trials"),
                url_name="contracts:trials",
                permission="contracts.see",
                icon="hourglass",
                group="customers",
                audience="house",
                order=40,
            ),
            NavItem(
                label=Text("Abrechnung", "Billing"),
                url_name="contracts:billing",
                permission="contracts.bill",
                icon="calendar-check",
                group="money",
                audience="house",
                order=5,
            ),
            NavItem(
                label=Text("Monatsabschluss", "Month's close"),
                url_name="contracts:closes",
                permission="contracts.close",
                icon="lock",
                group="money",
                audience="house",
                order=6,
            ),
            NavItem(
                label=Text("Forderungen", "Claims"),
                url_name="contracts:claims",
                permission="contracts.claims",
                icon="hourglass",
                group="money",
                audience="house",
                order=25,
            ),
            NavItem(
                label=Text("Offene Beträge", "Open amounts"),
                url_name="contracts:account-claims",
                permission="contracts.account",
                icon="hourglass",
                group="account",
                audience="customer",
                order=25,
            ),
            NavItem(
                label=Text("Zahlen", "Figures"),
                url_name="contracts:figures",
                permission="contracts.figures",
                icon="chart-line",
                group="money",
                audience="house",
                order=1,
            ),
            NavItem(
                label=Text("Übersicht", "Overview"),
                url_name="contracts:account",
                permission="contracts.account",
                icon="home",
                group="work",
                audience="customer",
                order=1,
            ),
            NavItem(
                label=Text("Rechnungen", "Invoices"),
                url_name="contracts:account-invoices",
                permission="contracts.account",
                icon="file-invoice",
                group="account",
                audience="customer",
                order=20,
            ),
            NavItem(
                label=Text("Tarife", "User plans"),
                url_name="contracts:plans",
                permission="contracts.plans",
                icon="users",
                group="account",
                audience="customer",
                order=30,
            ),
            NavItem(
                label=Text("Verbrauch", "Use"),
                url_name="contracts:account-use",
                permission="contracts.use",
                icon="gauge",
                group="account",
                audience="customer",
                order=25,
            ),
            NavItem(
                label=Text("Preisänderungen", "Price changes"),
                url_name="contracts:price-changes",
                permission="contracts.prices",
                icon="trending-up",
                group="money",
                audience="house",
                order=8,
            ),
            NavItem(
                label=Text("Bedingungen ändern", "Changes of terms"),
                url_name="contracts:terms-changes",
                permission="contracts.change_terms",
                icon="git-compare",
                group="contract",
                audience="house",
                order=82,
            ),
            NavItem(
                label=Text("Klauseln", "Terms"),
                url_name="contracts:terms",
                permission="contracts.terms",
                icon="section-sign",
                group="contract",
                order=80,
            ),
            NavItem(
                label=Text("Rechner", "Calculator"),
                url_name="contracts:calculator",
                permission="contracts.terms",
                icon="calculator",
                group="contract",
                order=81,
            ),
        ),
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
        demo=make_demo,
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
                leaves_open=frozenset({"contracts.account", "documents.see"}),
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
                key="contracts.notice_by_customer",
                model="contracts.Contract",
                meaning=Text("Kündigen", "Give notice"),
                act=customer_notice,
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
        permissions=(
            Permission("contracts.see", Text("Angebote und Verträge sehen", "See offers and contracts")),
            Permission("contracts.offer", Text("Angebote schreiben und versenden", "Write and send offers")),
            Permission("contracts.confirm", Text("Aufträge bestätigen", "Confirm orders")),
            Permission("contracts.papers", Text("Nachträge zu Verträgen ablegen", "File addenda to contracts")),
            Permission(
                "contracts.registers", Text("Verzeichnisse eines Vertrags führen", "Keep a contract's registers")
            ),
            Permission("contracts.correct", Text("Leistungen erfassen, Entgelte mindern", "Log work and reduce fees")),
            Permission(
                "contracts.end", Text("Kündigungen eintragen, Verträge beenden", "Record notices, end contracts")
            ),
            Permission("contracts.figures", Text("Umsatz und Forderungen sehen", "See revenue and receivables")),
            Permission("contracts.prices", Text("Preise anpassen, Indizes führen", "Change prices, keep indices")),
            Permission("contracts.change_terms", Text("Bedingungen ändern", "Change terms")),
            Permission("contracts.bill", Text("Abrechnung laufen lassen", "Run the billing")),
            Permission("contracts.close", Text("Einen Monat abschließen", "Close a month")),
            Permission("contracts.claims", Text("Verspätete Forderungen sehen", "See late claims")),
            Permission(
                "contracts.pursue", Text("Mahnen, sperren, Raten vereinbaren", "Remind, suspend, agree on instalments")
            ),
            Permission("contracts.write_off", Text("Forderungen ausbuchen", "Write claims off")),
            Permission(
                "contracts.account",
                Text("Eigene Verträge und Rechnungen sehen", "See one's own contracts and invoices"),
                entitled=False,
            ),
            Permission(
                "contracts.plans",
                Text("Tarife an eigene Nutzer vergeben", "Assign plans to one's own users"),
                entitled=False,
            ),
            Permission(
                "contracts.use",
                Text("Eigenen Verbrauch und Grenzen sehen", "See one's own use and limits"),
                entitled=False,
            ),
            Permission(
                "contracts.report_use",
                Text("Verbrauch über die Schnittstelle melden", "Report use through the API"),
                entitled=False,
            ),
            Permission(
                "contracts.change_own",
                Text(
                    "Eigene Verträge über die Schnittstelle ändern und kündigen",
                    "Change and end one's own contracts through the API",
                ),
                entitled=False,
            ),
            Permission(
                "contracts.terms", Text("Klauseln lesen und vergleichen", "Read and compare clauses"), entitled=False
            ),
        ),
        search=SEARCHED,
        personal_data=(
            PersonalData(
                model="contracts.OfferDraft",
                about=Text("Empfänger von Erklärungen", "recipients of notices"),
                clause=_BASIS,
            ),
            PersonalData(
                model="contracts.Offer", about=Text("Empfänger von Erklärungen", "recipients of notices"), clause=_BASIS
            ),
            PersonalData(
                model="contracts.FirstUse", about=Text("wer zuerst nutzte", "who used it first"), clause=_BASIS
            ),
            PersonalData(model="contracts.Trial", about=Text("wer testet", "who tries"), clause=_BASIS),
            PersonalData(model="contracts.HardwareCase", about=Text("wer gemeldet hat", "who reported"), clause=_BASIS),
            PersonalData(model="contracts.ChangeOrder", about=Text("Besteller", "who ordered"), clause=_BASIS),
            PersonalData(model="contracts.ChangeOrderState", about=Text("Unterzeichner", "signatories"), clause=_BASIS),
            PersonalData(
                model="contracts.PlanAssignment", about=Text("Tarif je Nutzer", "plan of each user"), clause=_BASIS
            ),
            PersonalData(model="contracts.Claim", about=Text("Schuldner", "debtors"), clause=_BASIS),
            PersonalData(model="contracts.CloseResult", about=Text("Schuldner", "debtors"), clause=_BASIS),
            PersonalData(model="contracts.ClaimLetter", about=Text("Schuldner", "debtors"), clause=_BASIS),
            PersonalData(model="contracts.PaymentPlan", about=Text("Schuldner", "debtors"), clause=_BASIS),
            PersonalData(model="contracts.Contract", about=Text("Unterzeichner", "signatories"), clause=_BASIS),
            PersonalData(
                model="contracts.ContractNotice", about=Text("wer gekündigt hat", "who gave notice"), clause=_BASIS
            ),
            PersonalData(
                model="contracts.RegisterFacts", about=Text("Ansprechpersonen", "contact persons"), clause=_BASIS
            ),
            PersonalData(model="contracts.ExtraWork", about=Text("wer zustimmte", "who approved"), clause=_BASIS),
            PersonalData(
                model="contracts.TermsNoticeState", about=Text("wer geantwortet hat", "who answered"), clause=_BASIS
            ),
            PersonalData(
                model="contracts.EndingCase", about=Text("Gründe in Worten", "grounds in words"), clause=_BASIS
            ),
        ),
        without_personal_data=(
            "contracts.Addendum",
            "contracts.OfferDraftLine",
            "contracts.OfferState",
            "contracts.AgreedPrice",
            "contracts.Amendment",
            "contracts.BillingRun",
            "contracts.BillingProblem",
            "contracts.BilledPeriod",
            "contracts.ReminderPlan",
            "contracts.EnteredRate",
            "contracts.ClaimReceipt",
            "contracts.Suspension",
            "contracts.ReminderRun",
            "contracts.MonthClose",
            "contracts.CloseStep",
            "contracts.CloseProblem",
            "contracts.ReminderProblem",
            "contracts.Charge",
            "contracts.RegisterEntry",
            "contracts.FeeReduction",
            "contracts.NoticeWithdrawal",
            "contracts.EndingProof",
            "contracts.EndingTask",
            "contracts.UsageStatement",
            "contracts.IndexSeries",
            "contracts.IndexValue",
            "contracts.IndexLoss",
            "contracts.IndexAgreement",
            "contracts.PriceRun",
            "contracts.PriceProblem",
            "contracts.PriceAdjustment",
            "contracts.PriceAdjustmentState",
            "contracts.TermsChange",
            "contracts.TermsNotice",
            "contracts.TrialOffering",
            "contracts.HardwareDelivery",
            "contracts.HardwareItem",
            "contracts.HardwareStep",
        ),
        events=(
            EventKind("contracts.offer_sent", Text("Ein Angebot wurde versandt", "An offer was sent")),
            EventKind("contracts.offer_withdrawn", Text("Ein Angebot wurde zurückgezogen", "An offer was withdrawn")),
            EventKind("contracts.offer_accepted", Text("Ein Angebot wurde angenommen", "An offer was accepted")),
            EventKind("contracts.order_confirmed", Text("Ein Auftrag wurde bestätigt", "An order was confirmed")),
            EventKind("contracts.concluded", Text("Ein Vertrag ist geschlossen", "A contract was concluded")),
            EventKind("contracts.hardware_moved", Text("Hardware kam voran", "Hardware moved on")),
            EventKind("contracts.trial_moved", Text("Ein Test kam voran", "A trial moved on")),
            EventKind("contracts.change_moved", Text("Eine Bestellung kam voran", "An order moved on")),
            EventKind("contracts.notice_given", Text("Ein Vertrag wurde gekündigt", "Notice was given")),
            EventKind(
                "contracts.notice_withdrawn", Text("Eine Kündigung wurde zurückgenommen", "A notice was withdrawn")
            ),
            EventKind("contracts.ended", Text("Das Ende eines Vertrags steht fest", "A contract's end is known")),
            EventKind("contracts.renewed", Text("Ein Vertrag hat sich verlängert", "A contract was renewed")),
            EventKind("contracts.claims_moved", Text("Rechnungen sind überfällig", "Invoices are overdue")),
            EventKind("contracts.reminders_moved", Text("Ein Mahnlauf kam voran", "A run of reminders moved on")),
            EventKind("contracts.plan_broken", Text("Ein Zahlungsplan ist gebrochen", "A payment plan was broken")),
            EventKind("contracts.suspended", Text("Leistungen sind ausgesetzt", "Services were suspended")),
            EventKind("contracts.suspension_lifted", Text("Eine Sperre ist aufgehoben", "A suspension was lifted")),
            EventKind("contracts.register_noted", Text("Ein Verzeichnis wurde ergänzt", "A register was added to")),
            EventKind("contracts.work_logged", Text("Leistung wurde erfasst", "Work was logged")),
            EventKind("contracts.fee_reduced", Text("Ein Entgelt wurde gemindert", "A fee was reduced")),
            EventKind("contracts.billing_moved", Text("Eine Abrechnung kam voran", "A billing run moved on")),
            EventKind("contracts.close_moved", Text("Ein Monatsabschluss kam voran", "A month's close moved on")),
            EventKind(
                "contracts.terms_moved", Text("Eine Änderung der Bedingungen kam voran", "A change of terms moved on")
            ),
            EventKind("contracts.prices_moved", Text("Preise wurden angekündigt", "Prices were announced")),
            EventKind("contracts.moved_in", Text("Ein Zugang ist eingerichtet", "An account has been set up")),
        ),
    )
)

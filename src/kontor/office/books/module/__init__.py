"""All that the rest of the product knows about the books."""

from kontor.kernel.customer_actions import CustomerAction
from kontor.kernel.registry import EventKind, Module, NavItem, Permission, register
from kontor.kernel.search_sources import SearchSource
from kontor.office.books.actions.checkouts import pay_as_customer
from kontor.office.books.actions.mandates import revoke_as_customer
from kontor.office.books.actions.objecting import stop_payment_uses
from kontor.office.books.actions.receiving import note_opened
from kontor.office.books.module.data import PERSONAL_DATA, PROCESSINGS, WITHOUT_PERSONAL_DATA
from kontor.office.books.module.keeping import KEEPINGS
from kontor.office.books.queries.accounts import own_law
from kontor.office.books.queries.finding import find_invoices
from kontor.rulebook.ruling import Text

register(
    Module(
        key="books",
        title=Text("Bücher", "Books"),
        urls="kontor.office.books.urls",
        api="kontor.office.books.api",
        navigation=(
            NavItem(
                label=Text("Rechnungen", "Invoices"),
                url_name="books:invoices",
                permission="books.see",
                icon="file-invoice",
                group="money",
                order=10,
            ),
            NavItem(
                label=Text("Zahlungen", "Payments"),
                url_name="books:waiting",
                permission="books.payments",
                icon="building-bank",
                group="money",
                order=20,
                also=("books:payments", "books:collections", "books:mandates", "books:refunds", "books:statements"),
            ),
            NavItem(
                label=Text("Preislisten", "Price lists"),
                url_name="books:price-lists",
                permission="books.see",
                icon="tags",
                group="money",
                order=30,
            ),
            NavItem(
                label=Text("Verkäufer", "Sellers"),
                url_name="books:sellers",
                permission="books.see",
                icon="building-store",
                group="settings",
                order=30,
            ),
        ),
        permissions=(
            Permission("books.see", Text("Preise, Angebote und Rechnungen sehen", "See prices, quotes and invoices")),
            Permission("books.prices", Text("Verkäufer und Preislisten pflegen", "Keep sellers and price lists")),
            Permission("books.invoices", Text("Rechnungen stellen und stornieren", "Issue and cancel invoices")),
            Permission("books.payments", Text("Zahlungen einlesen und zuordnen", "Import and match payments")),
            Permission(
                "books.received",
                Text("Erhaltene Rechnungen über die Schnittstelle lesen", "Read invoices received through the API"),
                entitled=False,
            ),
        ),
        search=(
            SearchSource(
                key="books.invoices",
                label=Text("Rechnungen", "Invoices"),
                permission="books.see",
                find=find_invoices,
                order=40,
            ),
        ),
        keepings=KEEPINGS,
        accounts=own_law,
        on_objection=stop_payment_uses,
        processings=PROCESSINGS,
        personal_data=PERSONAL_DATA,
        without_personal_data=WITHOUT_PERSONAL_DATA,
        customer_actions=(
            CustomerAction(
                key="books.pay",
                model="books.Invoice",
                meaning=Text("Der Kunde zahlt über einen Zahlungsdienst", "The customer pays through a processor"),
                act=pay_as_customer,
            ),
            CustomerAction(
                key="books.mandate_revoked_by_customer",
                model="books.Mandate",
                meaning=Text("Der Kunde widerruft sein SEPA-Mandat", "The customer revokes its SEPA mandate"),
                act=revoke_as_customer,
            ),
            CustomerAction(
                key="books.invoice_opened",
                model="books.Invoice",
                meaning=Text("Der Kunde öffnet seine Rechnung", "The customer opens its invoice"),
                act=note_opened,
            ),
        ),
        events=(
            EventKind(
                "books.received_invoice", Text("Eine Rechnung an Sie ist endgültig", "An invoice to you is final")
            ),
            EventKind("books.received_payment", Text("Ihre Zahlung wurde gebucht", "A payment of yours was booked")),
            EventKind("books.invoice_credited", Text("Eine Rechnung wurde gemindert", "An invoice was reduced")),
            EventKind("books.credit_set_off", Text("Guthaben wurde verrechnet", "A credit was set off")),
            EventKind("books.invoice_issued", Text("Rechnungen wurden gestellt", "Invoices were issued")),
            EventKind("books.invoice_cancelled", Text("Eine Rechnung wurde storniert", "An invoice was cancelled")),
            EventKind("books.invoice_sent", Text("Rechnungen wurden verschickt", "Invoices were sent")),
            EventKind("books.invoice_received", Text("Eine Rechnung ging zu", "An invoice was received")),
            EventKind("books.invoice_refused", Text("Rechnungen wurden zurückgehalten", "Invoices were held back")),
            EventKind("books.invoice_given_up", Text("Eine Rechnung wurde ausgebucht", "An invoice was written off")),
            EventKind("books.payment_booked", Text("Eine Zahlung wurde gebucht", "A payment was booked")),
            EventKind("books.mandate_signed", Text("Ein SEPA-Mandat wurde erteilt", "A SEPA mandate was given")),
            EventKind("books.mandate_revoked", Text("Ein SEPA-Mandat wurde widerrufen", "A SEPA mandate was revoked")),
            EventKind("books.debit_announced", Text("Lastschriften wurden angekündigt", "Debits were announced")),
            EventKind("books.collection_made", Text("Ein Einzug wurde erstellt", "A collection was made")),
            EventKind("books.debit_returned", Text("Eine Lastschrift kam zurück", "A direct debit came back")),
            EventKind("books.refund_booked", Text("Eine Erstattung wurde gebucht", "A refund was booked")),
            EventKind("books.refund_arrived", Text("Eine Erstattung kam an", "A refund arrived")),
            EventKind(
                "books.refund_outside",
                Text("Eine Erstattung kam vom Zahlungsdienst selbst", "A refund was made at the payment service"),
            ),
            EventKind("books.payment_disputed", Text("Eine Zahlung wird bestritten", "A payment is disputed")),
            EventKind(
                "books.payment_charged_back", Text("Eine Zahlung wurde zurückbelastet", "A payment was charged back")
            ),
            EventKind(
                "books.charge_restored", Text("Eine Rückbelastung wurde aufgehoben", "A chargeback was reversed")
            ),
            EventKind("books.dispute_lost", Text("Ein Zahlungsstreit ging verloren", "A dispute was lost")),
            EventKind("books.refund_failed", Text("Eine Erstattung schlug fehl", "A refund failed")),
            EventKind("books.checkout_paid", Text("Eine Online-Zahlung kam an", "An online payment arrived")),
            EventKind("books.payment_reversed", Text("Eine Zahlung wurde zurückgenommen", "A payment was taken back")),
        ),
    )
)

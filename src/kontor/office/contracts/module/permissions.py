"""What people may do with contracts."""

from typing import Final

from kontor.kernel.registry import Permission
from kontor.rulebook.ruling import Text

PERMISSIONS: Final = (
    Permission("contracts.see", Text("Angebote und Verträge sehen", "See offers and contracts")),
    Permission("contracts.offer", Text("Angebote schreiben und versenden", "Write and send offers")),
    Permission("contracts.confirm", Text("Aufträge bestätigen", "Confirm orders")),
    Permission("contracts.papers", Text("Nachträge zu Verträgen ablegen", "File addenda to contracts")),
    Permission("contracts.registers", Text("Verzeichnisse eines Vertrags führen", "Keep a contract's registers")),
    Permission("contracts.correct", Text("Leistungen erfassen, Entgelte mindern", "Log work and reduce fees")),
    Permission("contracts.end", Text("Kündigungen eintragen, Verträge beenden", "Record notices, end contracts")),
    Permission("contracts.figures", Text("Umsatz und Forderungen sehen", "See revenue and receivables")),
    Permission("contracts.prices", Text("Preise anpassen, Indizes führen", "Change prices, keep indices")),
    Permission("contracts.change_terms", Text("Bedingungen ändern", "Change terms")),
    Permission("contracts.bill", Text("Abrechnung laufen lassen", "Run the billing")),
    Permission("contracts.close", Text("Einen Monat abschließen", "Close a month")),
    Permission("contracts.claims", Text("Verspätete Forderungen sehen", "See late claims")),
    Permission("contracts.pursue", Text("Mahnen, sperren, Raten vereinbaren", "Remind, suspend, agree on instalments")),
    Permission("contracts.lock", Text("Zugänge von Kunden sperren", "Lock customers' accesses"), audience="house"),
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
        "contracts.synchronise",
        Text("Lokale Installationen abgleichen", "Synchronise local installations"),
        entitled=False,
    ),
    Permission("contracts.limits", Text("Grenzen für Anfragen setzen", "Set limits for requests")),
    Permission("contracts.release", Text("Ausgaben und Funktionen veröffentlichen", "Publish releases and functions")),
    Permission(
        "contracts.activate",
        Text("Eigene Rechner über die Schnittstelle aktivieren", "Activate one's own computers through the API"),
        entitled=False,
    ),
    Permission("contracts.terms", Text("Klauseln lesen und vergleichen", "Read and compare clauses"), entitled=False),
)

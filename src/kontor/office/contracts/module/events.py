"""What contracts tell others."""

from typing import Final

from kontor.kernel.registry import EventKind
from kontor.rulebook.ruling import Text

EVENTS: Final = (
    EventKind("contracts.offer_sent", Text("Ein Angebot wurde versandt", "An offer was sent")),
    EventKind("contracts.offer_withdrawn", Text("Ein Angebot wurde zurückgezogen", "An offer was withdrawn")),
    EventKind("contracts.offer_accepted", Text("Ein Angebot wurde angenommen", "An offer was accepted")),
    EventKind("contracts.order_confirmed", Text("Ein Auftrag wurde bestätigt", "An order was confirmed")),
    EventKind("contracts.received_change", Text("Ein Vertrag von Ihnen änderte sich", "A contract of yours changed")),
    EventKind(
        "contracts.availability_credited",
        Text("Ein Monat wurde wegen Ausfällen gutgeschrieben", "A month was credited for outages"),
    ),
    EventKind("contracts.concluded", Text("Ein Vertrag ist geschlossen", "A contract was concluded")),
    EventKind("contracts.hardware_moved", Text("Hardware kam voran", "Hardware moved on")),
    EventKind("contracts.licence_moved", Text("Eine Lizenz kam voran", "A licence moved on")),
    EventKind(
        "contracts.network_noticed",
        Text("Ein Rechner fragte aus einem ungemeldeten Netz", "A computer asked from an unreported network"),
    ),
    EventKind("contracts.trial_moved", Text("Ein Test kam voran", "A trial moved on")),
    EventKind("contracts.change_moved", Text("Eine Bestellung kam voran", "An order moved on")),
    EventKind("contracts.notice_given", Text("Ein Vertrag wurde gekündigt", "Notice was given")),
    EventKind("contracts.notice_withdrawn", Text("Eine Kündigung wurde zurückgenommen", "A notice was withdrawn")),
    EventKind("contracts.ended", Text("Das Ende eines Vertrags steht fest", "A contract's end is known")),
    EventKind(
        "contracts.ending_task_overdue",
        Text("Eine Aufgabe nach dem Ende ist überfällig", "A task after the end is overdue"),
    ),
    EventKind("contracts.renewed", Text("Ein Vertrag hat sich verlängert", "A contract was renewed")),
    EventKind("contracts.claims_moved", Text("Rechnungen sind überfällig", "Invoices are overdue")),
    EventKind("contracts.reminders_moved", Text("Ein Mahnlauf kam voran", "A run of reminders moved on")),
    EventKind("contracts.plan_broken", Text("Ein Zahlungsplan ist gebrochen", "A payment plan was broken")),
    EventKind("contracts.suspended", Text("Leistungen sind ausgesetzt", "Services were suspended")),
    EventKind("contracts.house_locked", Text("Eine Sperre ist verhängt", "A lock was laid")),
    EventKind("contracts.access_shut", Text("Der Zugang ist gesperrt", "Access was locked")),
    EventKind("contracts.suspension_lifted", Text("Eine Sperre ist aufgehoben", "A suspension was lifted")),
    EventKind("contracts.register_noted", Text("Ein Verzeichnis wurde ergänzt", "A register was added to")),
    EventKind("contracts.service_moved", Text("Eine Leistung kam voran", "A service moved on")),
    EventKind("contracts.secret_moved", Text("Ein vertrauliches Papier kam voran", "A confidential paper moved on")),
    EventKind("contracts.work_logged", Text("Leistung wurde erfasst", "Work was logged")),
    EventKind("contracts.fee_reduced", Text("Ein Entgelt wurde gemindert", "A fee was reduced")),
    EventKind("contracts.billing_moved", Text("Eine Abrechnung kam voran", "A billing run moved on")),
    EventKind("contracts.close_moved", Text("Ein Monatsabschluss kam voran", "A month's close moved on")),
    EventKind("contracts.terms_moved", Text("Eine Änderung der Bedingungen kam voran", "A change of terms moved on")),
    EventKind("contracts.prices_moved", Text("Preise wurden angekündigt", "Prices were announced")),
    EventKind(
        "contracts.benchmark_suspected",
        Text("Ein Kunde ruft immer wieder dasselbe ab", "A customer reads the same over and over"),
    ),
    EventKind("contracts.overloaded", Text("Ein Kunde sendet zu viele Anfragen", "A customer sends too many requests")),
    EventKind("contracts.released", Text("Eine Ausgabe ist erschienen", "A release was published")),
    EventKind("contracts.function_told", Text("Eine Funktion kam oder geht", "A function came or goes")),
    EventKind("contracts.out_of_scope", Text("Ein Zusatzangebot ist gefragt", "An additional offer is asked for")),
    EventKind("contracts.moved_in", Text("Ein Zugang ist eingerichtet", "An account has been set up")),
)

"""All that the rest of the product knows about visitors."""

from kontor.kernel.devices import TerminalPage
from kontor.kernel.records import Reference
from kontor.kernel.registry import EventKind, Module, NavItem, Permission, register
from kontor.products.visitors.actions.demo import make_demo
from kontor.products.visitors.module.data import PERSONAL_DATA, PROCESSINGS, WITHOUT_PERSONAL_DATA
from kontor.products.visitors.module.keeping import KEEPINGS
from kontor.rulebook.ruling import Text

register(
    Module(
        key="visitors",
        title=Text("Besucher", "Visitors"),
        urls="kontor.products.visitors.urls",
        api="kontor.products.visitors.api",
        permissions=(
            Permission("visitors.see", Text("Besuche und Anwesende sehen", "See visits and who is here")),
            Permission(
                "visitors.invite", Text("Besuche einladen, verlegen und absagen", "Invite, move and call off visits")
            ),
            Permission("visitors.allow", Text("Besuche genehmigen", "Allow visits")),
            Permission(
                "visitors.receive", Text("Besuche am Empfang an- und abmelden", "Check visitors in and out at the desk")
            ),
            Permission(
                "visitors.contractors",
                Text("Dienstleister und Nachweise pflegen", "Keep service companies and their proofs"),
            ),
            Permission(
                "visitors.evacuate",
                Text(
                    "Räumungen und Übungen beginnen, führen und beenden", "Begin, keep and end evacuations and drills"
                ),
            ),
            Permission(
                "visitors.report",
                Text(
                    "Berichte über Besuche und Arbeitszeitnachweise sehen",
                    "See reports on visits and proofs of working time",
                ),
            ),
            Permission(
                "visitors.set_up",
                Text("Besuchsarten, Standorte und Mails einrichten", "Set up kinds of visits, sites and mails"),
            ),
        ),
        navigation=(
            NavItem(
                label=Text("Besucher", "Visitors"),
                url_name="visitors:board",
                also=("visitors:visits",),
                permission="visitors.see",
                icon="users",
                group="work",
                order=20,
            ),
            NavItem(
                label=Text("Besuchsberichte", "Visit reports"),
                url_name="visitors:report",
                also=("visitors:report-hours",),
                permission="visitors.report",
                icon="chart-bar",
                group="work",
                order=21,
            ),
            NavItem(
                label=Text("Dienstleister", "Service companies"),
                url_name="visitors:contractors",
                permission="visitors.contractors",
                icon="tool",
                group="work",
                order=22,
            ),
            NavItem(
                label=Text("Zutrittskarten", "Access cards"),
                url_name="visitors:cards",
                permission="visitors.receive",
                icon="key",
                group="work",
                order=21,
            ),
            NavItem(
                label=Text("Besuchsarten", "Kinds of visits"),
                url_name="visitors:settings",
                permission="visitors.set_up",
                icon="door-enter",
                group="settings",
                order=14,
            ),
        ),
        terminal_pages=(
            TerminalPage("visitors.kiosk", Text("Selbstanmeldung", "Self check-in"), "visitors:kiosk"),
            TerminalPage(
                "visitors.wall", Text("Wandtafel: wer im Haus ist", "Wall board: who is here"), "visitors:wall"
            ),
        ),
        events=(
            EventKind("visitors.asked", Text("Ein Besuch wartet auf Genehmigung", "A visit waits to be allowed")),
            EventKind("visitors.invited", Text("Ein Besuch ist angemeldet", "A visit is expected")),
            EventKind("visitors.allowed", Text("Ein Besuch wurde genehmigt", "A visit was allowed")),
            EventKind("visitors.refused", Text("Ein Besuch wurde abgelehnt", "A visit was refused")),
            EventKind("visitors.moved", Text("Ein Besuch wurde verlegt", "A visit was moved")),
            EventKind("visitors.cancelled", Text("Ein Besuch wurde abgesagt", "A visit was called off")),
            EventKind(
                "visitors.registered", Text("Jemand hat sich vorab angemeldet", "Somebody registered beforehand")
            ),
            EventKind("visitors.not_written", Text("Eine Einladung ging nicht hinaus", "An invitation did not go out")),
            EventKind("visitors.checked_in", Text("Ein Besuch ist angekommen", "A visitor checked in")),
            EventKind("visitors.left", Text("Ein Besuch ist gegangen", "A visitor left")),
            EventKind("visitors.missed", Text("Jemand kam nicht", "Somebody did not come")),
            EventKind("visitors.assumed_out", Text("Ein Besuch ist vermutlich gegangen", "A visitor is assumed out")),
            EventKind(
                "visitors.card_out", Text("Eine Zutrittskarte wurde ausgegeben", "An access card was handed out")
            ),
            EventKind("visitors.badge_again", Text("Ein Ausweis wurde neu gedruckt", "A badge was printed again")),
            EventKind("visitors.no_card", Text("Keine Zutrittskarte war mehr frei", "No access card was left")),
            EventKind("visitors.card_revoked", Text("Eine Zutrittskarte wurde gesperrt", "An access card was revoked")),
            EventKind("visitors.card_back", Text("Eine Zutrittskarte ist zurück", "An access card was collected")),
            EventKind("visitors.evacuation_began", Text("Eine Räumung hat begonnen", "An evacuation began")),
            EventKind(
                "visitors.seen", Text("Jemand wurde bei einer Räumung gesehen", "Somebody was seen in a roll call")
            ),
            EventKind("visitors.evacuation_ended", Text("Eine Räumung ist beendet", "An evacuation ended")),
        ),
        demo=make_demo,
        references=(
            Reference(model="visitors.Visit", column="person", to="parties.Party"),
            Reference(model="visitors.ContractorPerson", column="person", to="parties.Party"),
            Reference(model="visitors.Contractor", column="party", to="parties.Party"),
        ),
        processings=PROCESSINGS,
        personal_data=PERSONAL_DATA,
        keepings=KEEPINGS,
        without_personal_data=WITHOUT_PERSONAL_DATA,
    )
)

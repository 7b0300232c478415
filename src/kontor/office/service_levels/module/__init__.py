"""All that the rest of the product knows about service levels."""

from kontor.kernel.customer_actions import CustomerAction
from kontor.kernel.registry import EventKind, Module, NavItem, Permission, PublicPage, register
from kontor.office.service_levels.actions.claiming import file_claim
from kontor.office.service_levels.actions.demo import make_demo
from kontor.office.service_levels.actions.reporting import ask_report
from kontor.office.service_levels.module.data import PERSONAL_DATA, PROCESSINGS, WITHOUT_PERSONAL_DATA
from kontor.rulebook.ruling import Text

register(
    Module(
        key="service_levels",
        title=Text("Verfügbarkeit", "Availability"),
        entitled=False,
        urls="kontor.office.service_levels.urls",
        api="kontor.office.service_levels.api",
        public_pages=(PublicPage(Text("Status", "Status"), "service_levels:status"),),
        navigation=(
            NavItem(
                label=Text("Verfügbarkeit", "Availability"),
                url_name="service_levels:overview",
                permission="service_levels.see",
                icon="activity",
                group="work",
                audience="house",
                order=20,
            ),
            NavItem(
                label=Text("Verfügbarkeit", "Availability"),
                url_name="service_levels:received",
                permission="service_levels.received",
                icon="activity",
                group="account",
                audience="customer",
                order=28,
            ),
        ),
        permissions=(
            Permission(
                "service_levels.see",
                Text("Zustand, Ausfälle und Berichte sehen", "See states, outages and reports"),
                audience="house",
            ),
            Permission(
                "service_levels.change",
                Text("Ausfälle und Wartung führen", "Keep outages and maintenance"),
                audience="house",
            ),
            Permission(
                "service_levels.measure",
                Text("Von anderen Orten aus messen", "Measure from other places"),
                audience="house",
            ),
            Permission(
                "service_levels.decide",
                Text("Über Gutschriften für Ausfälle entscheiden", "Decide on credits for outages"),
                audience="house",
            ),
            Permission(
                "service_levels.received",
                Text("Verfügbarkeit der eigenen Verträge sehen", "See the availability of one's own contracts"),
                entitled=False,
                audience="customer",
            ),
            Permission(
                "service_levels.claim",
                Text("Gutschriften für Ausfälle verlangen", "Claim credits for outages"),
                entitled=False,
                audience="customer",
            ),
        ),
        customer_actions=(
            CustomerAction(
                key="service_levels.credit_claimed",
                model="contracts.Contract",
                meaning=Text("Eine Gutschrift für einen Ausfall verlangen", "Claim a credit for an outage"),
                act=file_claim,
            ),
            CustomerAction(
                key="service_levels.report_asked",
                model="service_levels.AvailabilityStatement",
                meaning=Text("Den Bericht eines Monats anfordern", "Ask for a month's report"),
                act=ask_report,
            ),
        ),
        events=(
            EventKind("service_levels.outage_found", Text("Ein Ausfall begann", "An outage began")),
            EventKind("service_levels.outage_ended", Text("Ein Ausfall ist zu Ende", "An outage is over")),
            EventKind("service_levels.status_changed", Text("Die Statusseite hat Neues", "The status page has news")),
            EventKind("service_levels.month_settled", Text("Ein Monat ist abgerechnet", "A month is settled")),
            EventKind(
                "service_levels.statement_corrected", Text("Ein Monat wurde berichtigt", "A month was corrected")
            ),
            EventKind("service_levels.control_differs", Text("Messungen stimmen nicht überein", "Probes do not agree")),
            EventKind(
                "service_levels.claim_reminded", Text("Über eine Gutschrift ist bald zu entscheiden", "A claim is due")
            ),
            EventKind(
                "service_levels.recovery_reminded",
                Text("Ein Ausfall ist bald zu beheben", "An outage is to be mended soon"),
            ),
            EventKind("service_levels.claim_filed", Text("Eine Gutschrift wird verlangt", "A credit is claimed")),
            EventKind(
                "service_levels.claim_decided", Text("Über eine Gutschrift ist entschieden", "A claim is decided")
            ),
        ),
        processings=PROCESSINGS,
        personal_data=PERSONAL_DATA,
        without_personal_data=WITHOUT_PERSONAL_DATA,
        demo=make_demo,
    )
)

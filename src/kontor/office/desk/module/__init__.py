"""All that the rest of the product knows about the desk."""

from kontor.kernel.customer_actions import CustomerAction
from kontor.kernel.records import Reference
from kontor.kernel.registry import EventKind, Module, NavItem, Permission, register
from kontor.office.desk.actions.centre_bridge import enter_centre
from kontor.office.desk.actions.customer import ask, confirm_request, contest, reply, take_proposal
from kontor.office.desk.actions.defects import answer_instruction
from kontor.office.desk.actions.demo import make_demo
from kontor.office.desk.actions.faults import add_to_fault, change_fault, write_fault
from kontor.office.desk.actions.helping import answer_plan, answer_trial
from kontor.office.desk.actions.satisfaction import rate
from kontor.office.desk.actions.speakers import name_contact
from kontor.office.desk.module import centre
from kontor.office.desk.module.data import PERSONAL_DATA, PROCESSINGS, WITHOUT_PERSONAL_DATA
from kontor.office.desk.module.keeping import KEEPINGS
from kontor.office.desk.queries.records import RECORDS
from kontor.office.desk.queries.speakers import too_many_without
from kontor.rulebook.ruling import Text

register(
    Module(
        key="desk",
        title=Text("Desk", "Desk"),
        opened_by=frozenset({"crm"}),
        urls="kontor.office.desk.urls",
        demo=make_demo,
        navigation=(
            *centre.NAVIGATION,
            NavItem(
                label=Text("Desk", "Desk"),
                url_name="desk:queue",
                permission="desk.see",
                icon="headset",
                group="work",
                order=5,
            ),
            NavItem(
                label=Text("Mail des Desks", "The desk's mail"),
                url_name="desk:mail",
                permission="desk.settle",
                icon="mailbox",
                group="settings",
            ),
            NavItem(
                label=Text("Hilfe und Anfragen", "Help and requests"),
                url_name="desk:own",
                permission="desk.own",
                icon="headset",
                group="account",
                audience="customer",
                order=10,
            ),
        ),
        permissions=(
            *centre.PERMISSIONS,
            Permission(
                "desk.settle",
                Text("Postfächer und Gewohnheiten des Desks festlegen", "Settle the desk's mailboxes and habits"),
            ),
            Permission(
                "desk.see",
                Text("Anfragen von Kunden sehen", "See customers' requests"),
            ),
            Permission(
                "desk.work",
                Text("Anfragen aufnehmen und bearbeiten", "Take and work on requests"),
            ),
            Permission(
                "desk.own",
                Text("Anfragen stellen und eigene sehen", "Ask and see one's own requests"),
                entitled=False,
                audience="customer",
            ),
            Permission(
                "desk.company",
                Text("Anfragen des ganzen Unternehmens sehen", "See the whole company's requests"),
                entitled=False,
                audience="customer",
            ),
        ),
        customer_actions=(
            CustomerAction(
                key="desk.replied",
                model="desk.Ticket",
                meaning=Text("Auf eine Anfrage antworten", "Answer a request"),
                act=reply,
            ),
            CustomerAction(
                key="desk.class_contested_by_customer",
                model="desk.Ticket",
                meaning=Text("Einer Einstufung widersprechen", "Contest a class"),
                act=contest,
            ),
            CustomerAction(
                key="desk.request_confirmed",
                model="desk.Ticket",
                meaning=Text("Die Anfrage eines Kollegen bestätigen", "Confirm a colleague's request"),
                act=confirm_request,
            ),
            CustomerAction(
                key="desk.rated",
                model="desk.Ticket",
                meaning=Text("Sagen, wie geholfen wurde", "Say how one was helped"),
                act=rate,
            ),
            CustomerAction(
                key="desk.proposal_taken",
                model="desk.Proposal",
                meaning=Text("Ein Angebot zu einer Anfrage beantworten", "Answer an offer made for a request"),
                act=take_proposal,
            ),
            CustomerAction(
                key="desk.help_answered_by_customer",
                model="desk.HelpPlan",
                meaning=Text("Einer Fernwartung oder einem Besuch zustimmen", "Agree to a session or a visit"),
                act=answer_plan,
            ),
            CustomerAction(
                key="desk.trial_answered_by_customer",
                model="desk.SolutionTrial",
                meaning=Text("Sagen, ob eine Lösung half", "Say whether a solution worked"),
                act=answer_trial,
            ),
            CustomerAction(
                key="desk.fault_logged",
                model="contracts.Contract",
                meaning=Text("Eine Störung notieren", "Write a fault down"),
                act=write_fault,
            ),
            CustomerAction(
                key="desk.fault_edited",
                model="desk.FaultEntry",
                meaning=Text("Eine notierte Störung ändern", "Change a fault that was written down"),
                act=change_fault,
            ),
            CustomerAction(
                key="desk.fault_added",
                model="desk.FaultEntry",
                meaning=Text("Eine notierte Störung ergänzen", "Add to a fault that was written down"),
                act=add_to_fault,
            ),
            CustomerAction(
                key="desk.instruction_answered",
                model="desk.Defect",
                meaning=Text("Sagen, ob eine Anleitung zumutbar ist", "Say whether instructions are reasonable"),
                act=answer_instruction,
            ),
            CustomerAction(
                key="desk.contact_named",
                model="contracts.Contract",
                meaning=Text("Die Ansprechperson für den Support benennen", "Name the contact for support"),
                act=name_contact,
            ),
            CustomerAction(
                key="desk.centre_entered",
                model="contracts.Contract",
                meaning=Text("Das Kundencenter des Anbieters öffnen", "Open the provider's customer centre"),
                act=enter_centre,
            ),
            CustomerAction(
                key="desk.asked",
                model="contracts.Contract",
                meaning=Text("Eine Anfrage stellen", "Make a request"),
                act=ask,
            ),
        ),
        events=(EventKind("desk.moved", Text("Eine Anfrage kam voran", "A request moved on")),),
        seat_conditions=(too_many_without,),
        keepings=KEEPINGS,
        records=RECORDS,
        references=(
            Reference(model="desk.Ticket", column="party_id", to="parties.Party"),
            Reference(model="desk.CentrePerson", column="party_id", to="parties.Party"),
        ),
        processings=PROCESSINGS,
        personal_data=PERSONAL_DATA,
        without_personal_data=WITHOUT_PERSONAL_DATA,
    )
)

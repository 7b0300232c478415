"""All that the rest of the product knows about the desk."""

from kontor.kernel.registry import CustomerAction, EventKind, Module, NavItem, Permission, PersonalData, register
from kontor.office.desk.actions.customer import ask, confirm_request, contest, rate, reply, take_proposal
from kontor.office.desk.actions.demo import make_demo
from kontor.rulebook.ruling import Text

_BASIS = "GDPR Art. 6 (1) (b)"

register(
    Module(
        key="desk",
        title=Text("Desk", "Desk"),
        entitled=False,
        urls="kontor.office.desk.urls",
        demo=make_demo,
        navigation=(
            NavItem(
                label=Text("Desk", "Desk"),
                url_name="desk:queue",
                permission="desk.see",
                icon="headset",
                group="work",
                audience="house",
                order=5,
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
            Permission(
                "desk.see",
                Text("Anfragen von Kunden sehen", "See customers' requests"),
                entitled=False,
                audience="house",
            ),
            Permission(
                "desk.work",
                Text("Anfragen aufnehmen und bearbeiten", "Take and work on requests"),
                entitled=False,
                audience="house",
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
                key="desk.asked",
                model="contracts.Contract",
                meaning=Text("Eine Anfrage stellen", "Make a request"),
                act=ask,
            ),
        ),
        events=(EventKind("desk.moved", Text("Eine Anfrage kam voran", "A request moved on")),),
        personal_data=(
            PersonalData(model="desk.Ticket", about=Text("wer gefragt hat", "who asked"), clause=_BASIS),
            PersonalData(model="desk.TicketLog", about=Text("wer etwas tat", "who did something"), clause=_BASIS),
            PersonalData(model="desk.TicketMessage", about=Text("wer was schrieb", "who wrote what"), clause=_BASIS),
            PersonalData(
                model="desk.TicketNote", about=Text("Notizen zu Anfragen", "notes on requests"), clause=_BASIS
            ),
            PersonalData(model="desk.TicketReader", about=Text("wer sie gerade liest", "who reads it"), clause=_BASIS),
            PersonalData(model="desk.ProposalAnswer", about=Text("wer zustimmte", "who accepted"), clause=_BASIS),
            PersonalData(
                model="desk.Satisfaction", about=Text("wie geholfen wurde", "how one was helped"), clause=_BASIS
            ),
            PersonalData(model="desk.IncomingMail", about=Text("wer geschrieben hat", "who wrote"), clause=_BASIS),
            PersonalData(
                model="desk.SatisfactionQuestion", about=Text("wer gefragt wurde", "who was asked"), clause=_BASIS
            ),
            PersonalData(model="desk.Mailbox", about=Text("wessen Postfach", "whose mailbox"), clause=_BASIS),
        ),
        without_personal_data=(
            "desk.TicketPromise",
            "desk.TicketAlert",
            "desk.TicketFile",
            "desk.ReplyTemplate",
            "desk.Proposal",
            "desk.DeskHabits",
        ),
    )
)

"""How customers answer what privacy shares with them, and what others hear of it."""

from typing import Final

from kontor.kernel.customer_actions import CustomerAction
from kontor.kernel.registry import EventKind
from kontor.office.privacy.actions.agreements import consent_as_customer, sign_as_customer
from kontor.office.privacy.actions.audits import audit_as_customer
from kontor.office.privacy.actions.complaints import answer_as_customer
from kontor.office.privacy.actions.instructions import insist_as_customer, instruct_as_customer, withdraw_as_customer
from kontor.office.privacy.actions.subject_forwards import authorise_as_customer, take_as_customer
from kontor.office.privacy.actions.subprocessors import approve_as_customer, object_as_customer
from kontor.office.privacy.actions.suspensions import lift_as_customer, suspend_as_customer
from kontor.rulebook.ruling import Text

CUSTOMER_ACTIONS: Final = (
    CustomerAction(
        key="privacy.subprocessor_objected_by_customer",
        model="privacy.SubprocessorNotice",
        meaning=Text("Einem Unterauftragsverarbeiter widersprechen", "Object to a sub-processor"),
        act=object_as_customer,
    ),
    CustomerAction(
        key="privacy.subprocessor_approved_by_customer",
        model="privacy.SubprocessorNotice",
        meaning=Text("Einen Unterauftragsverarbeiter genehmigen", "Approve a sub-processor"),
        act=approve_as_customer,
    ),
    CustomerAction(
        key="privacy.agreement_signed_by_customer",
        model="privacy.ProcessingAgreement",
        meaning=Text("Die Vereinbarung nach Art. 28 unterschreiben", "Sign the agreement under Art. 28"),
        act=sign_as_customer,
    ),
    CustomerAction(
        key="privacy.instructed",
        model="privacy.ProcessingAgreement",
        meaning=Text("Eine Weisung geben", "Give an instruction"),
        act=instruct_as_customer,
    ),
    CustomerAction(
        key="privacy.insisted",
        model="privacy.Instruction",
        meaning=Text("Auf einer Weisung bestehen", "Insist on an instruction"),
        act=insist_as_customer,
    ),
    CustomerAction(
        key="privacy.withdrawn",
        model="privacy.Instruction",
        meaning=Text("Eine Weisung zurücknehmen", "Withdraw an instruction"),
        act=withdraw_as_customer,
    ),
    CustomerAction(
        key="privacy.complaint_answered_by_customer",
        model="privacy.Complaint",
        meaning=Text("Den Nachweis einer Einwilligung vorlegen", "Show the proof of a consent"),
        act=answer_as_customer,
    ),
    CustomerAction(
        key="privacy.suspended_by_customer",
        model="privacy.ProcessingAgreement",
        meaning=Text("Die Verarbeitung aussetzen", "Suspend the processing"),
        act=suspend_as_customer,
    ),
    CustomerAction(
        key="privacy.lifted_by_customer",
        model="privacy.Suspension",
        meaning=Text("Die Verarbeitung weitergehen lassen", "Let the processing go on"),
        act=lift_as_customer,
    ),
    CustomerAction(
        key="privacy.accession_agreed_by_customer",
        model="privacy.Accession",
        meaning=Text("Dem Beitritt eines Weiteren zustimmen", "Agree that another joins"),
        act=consent_as_customer,
    ),
    CustomerAction(
        key="privacy.audit_requested_by_customer",
        model="privacy.ProcessingAgreement",
        meaning=Text("Eine Prüfung verlangen", "Ask for an audit"),
        act=audit_as_customer,
    ),
    CustomerAction(
        key="privacy.subject_authorised_by_customer",
        model="privacy.SubjectForward",
        meaning=Text("Die Antwort an eine Person dem Anbieter übertragen", "Hand the answer to a person over"),
        act=authorise_as_customer,
    ),
    CustomerAction(
        key="privacy.subject_taken_by_customer",
        model="privacy.SubjectForward",
        meaning=Text("Eine weitergeleitete Anfrage selbst beantworten", "Answer a forwarded request oneself"),
        act=take_as_customer,
    ),
)
EVENTS: Final = (
    EventKind(
        "privacy.subprocessor_objected",
        Text("Einem Unterauftragsverarbeiter wurde widersprochen", "A sub-processor was objected to"),
    ),
    EventKind(
        "privacy.subprocessor_approved",
        Text("Ein Unterauftragsverarbeiter ist genehmigt", "A sub-processor is approved"),
    ),
    EventKind(
        "privacy.agreement_signed",
        Text("Eine Vereinbarung nach Art. 28 ist unterschrieben", "An agreement under Art. 28 is signed"),
    ),
    EventKind("privacy.audit_requested", Text("Eine Prüfung wird verlangt", "An audit is asked for")),
    EventKind("privacy.instruction_given", Text("Eine Weisung ist da", "An instruction is there")),
    EventKind(
        "privacy.instruction_insisted", Text("Auf einer Weisung wird bestanden", "An instruction is insisted on")
    ),
    EventKind(
        "privacy.processing_suspended",
        Text("Die Verarbeitung ist ausgesetzt", "The processing is suspended"),
    ),
    EventKind(
        "privacy.suspension_lifted",
        Text("Die Verarbeitung geht weiter", "The processing goes on"),
    ),
    EventKind(
        "privacy.subject_moved", Text("Eine Datenschutz-Anfrage hat sich bewegt", "A data protection request moved")
    ),
)

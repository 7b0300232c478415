"""An invoice's files: printed from its model, proved against the standard before they leave, kept and mailed."""

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F

from kontor.kernel.actions.blobs import NewFile, keep_many
from kontor.kernel.actions.events import publish
from kontor.kernel.actions.mail import MailAddressError, NewMail, check_address, send_mails
from kontor.kernel.actions.queue import queue_many
from kontor.kernel.actions.record import Deed, record, record_many
from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.background import GiveUpError
from kontor.kernel.models import Blob
from kontor.kernel.rows import exactly, uuid7
from kontor.kernel.tenancy import current_tenant
from kontor.office.books.actions.announcing import announce_with_invoices
from kontor.office.books.formats import invoice as standard
from kontor.office.books.formats.check import check
from kontor.office.books.formats.cii import cii
from kontor.office.books.formats.finding import Finding, blocking
from kontor.office.books.formats.invoice import Profile
from kontor.office.books.formats.paper import Letterhead
from kontor.office.books.formats.stored import from_json
from kontor.office.books.formats.ubl import ubl
from kontor.office.books.formats.zugferd import zugferd, zugferd_findings
from kontor.office.books.models import Invoice, InvoiceBalance, InvoiceFile, Seller
from kontor.office.books.queries.mandates import accounts_named, with_account
from kontor.office.books.queries.receipt import ReceiptRule
from kontor.office.parties import public as parties
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

BATCH = 25  # invoices of one job: little to do again after a crash, yet few queries for each
RULES = "EN 16931, XRechnung 3.0, cent-exact"
_SUFFIX = {
    InvoiceFile.Format.ZUGFERD: ("pdf", "application/pdf"),
    InvoiceFile.Format.XRECHNUNG_CII: ("xml", "application/xml"),
    InvoiceFile.Format.XRECHNUNG_UBL: ("ubl.xml", "application/xml"),
}
_MAIL = {
    "de": (
        "{title} {number}",
        "Guten Tag,\n\nanbei erhalten Sie {title} {number}.{due}\n\nDie Datei ist eine E-Rechnung nach "
        "EN 16931; dieselbe Rechnung liegt als XRechnung bei.\n",
    ),
    "en": (
        "{title} {number}",
        "Hello,\n\nplease find {title} {number} attached.{due}\n\nThe file is an e-invoice under "
        "EN 16931; the same invoice is attached as XRechnung.\n",
    ),
}
_DUE = {"de": "\n\nZahlbar bis {due:%d.%m.%Y}.", "en": "\n\nPayable by {due:%Y-%m-%d}."}
_DUE_FROM_RECEIPT = {
    "de": "\n\nZahlungsfrist: {rule}, bei Zugang am Tag der Ausstellung bis {due:%d.%m.%Y}.",
    "en": "\n\nTime to pay: {rule}; if received on the day of issue, until {due:%Y-%m-%d}.",
}
_TITLES = {
    ("380", "de"): "Rechnung",
    ("380", "en"): "invoice",
    ("381", "de"): "Stornorechnung",
    ("381", "en"): "cancellation invoice",
    ("384", "de"): "korrigierte Rechnung",
    ("384", "en"): "corrected invoice",
    ("part", "de"): "Rechnungskorrektur",
    ("part", "en"): "credit note",
}


class InvalidInvoiceError(GiveUpError):
    """An invoice's file breaks a rule of the standard, so it does not leave the house; `findings` says which."""

    def __init__(self, number: str, findings: tuple[Finding, ...]) -> None:
        super().__init__(f"{number}: " + "; ".join(str(each) for each in findings))
        self.findings = findings
        self.text = Text(
            "Die Datei verletzt die Norm. " + " ".join(f"{each.rule}: {each.message.de}" for each in findings),
            "The file breaks the standard. " + " ".join(f"{each.rule}: {each.message.en}" for each in findings),
        )


@dataclass(frozen=True, slots=True)
class _Printed:
    """An invoice whose files are proved, and where they go."""

    row: Invoice
    addresses: Sequence[str]
    files: Mapping[InvoiceFile.Format, bytes]


@dataclass(frozen=True, slots=True)
class _Refused:
    """An invoice that cannot leave, and why."""

    row: Invoice
    reason: Text


def queue_printing(ids: Sequence[uuid.UUID]) -> None:
    """Have the files of these invoices made and sent in the background, some invoices to a job."""
    tenant = current_tenant()
    batches = [ids[place : place + BATCH] for place in range(0, len(ids), BATCH)]
    queue_many("books.print_invoices", [(tenant, {"invoices": [str(each) for each in batch]}) for batch in batches])


@transaction.atomic
def print_again(ids: Collection[uuid.UUID], *, at: datetime, actor: Actor) -> None:
    """Try once more to send invoices that were held back, after what was wrong has been mended."""
    rows = list(_unprinted(ids))
    record_many(Deed(verb="books.printing_repeated", thing=row, at=at, actor=actor) for row in rows)
    queue_printing([row.pk for row in rows])


@transaction.atomic
def print_invoices(ids: Collection[uuid.UUID], *, at: datetime) -> None:
    """
    Make and send the files of these invoices, in a fixed number of queries; those that have theirs stay as they are.

    An invoice that cannot be printed, that breaks a rule, or whose reader has no address is noted with the reason and
    holds up no other.
    """
    rows = list(_unprinted(ids))
    addresses = parties.invoice_addresses({row.party_id for row in rows})
    documents = _documents(rows)
    made = [_made(row, documents[row.pk], addresses[row.party_id]) for row in rows]
    waiting = _still_waiting(rows)  # locked only now: whoever books a payment meanwhile waits for no printer
    _send([each for each in made if isinstance(each, _Printed) and each.row.pk in waiting], at=at)
    _hold_back([each for each in made if isinstance(each, _Refused) and each.row.pk in waiting], at=at)


@transaction.atomic
def print_ubl(invoice_id: uuid.UUID, *, at: datetime) -> InvoiceFile:
    """Print an invoice as XRechnung in UBL, on request, and keep it; the one made before where there is one."""
    row = Invoice.objects.get(pk=invoice_id)
    if known := InvoiceFile.objects.filter(invoice=row, format=InvoiceFile.Format.XRECHNUNG_UBL).first():
        return known
    content = ubl(_documents([row])[row.pk])
    if found := blocking(check(content)):
        raise InvalidInvoiceError(row.number, found)
    (made,) = _kept([(row, InvoiceFile.Format.XRECHNUNG_UBL, content)], at=at)
    record("books.ubl_printed", row, at=at, actor=MACHINE, after={"sha256": bytes(made.sha256).hex()})
    return made


def _unprinted(ids: Collection[uuid.UUID]) -> Iterator[Invoice]:
    """Yield those of these invoices that have no file yet, by number."""
    rows = Invoice.objects.filter(pk__in=ids).exclude(files__format=InvoiceFile.Format.ZUGFERD)
    return rows.select_related("seller").annotate(due_rule=F("balances__due_rule")).order_by("number").iterator()


def _documents(rows: Sequence[Invoice]) -> dict[uuid.UUID, standard.Invoice]:
    """Return what is printed of each invoice, the accounts of direct debits opened, in one query for all."""
    documents = {row.pk: from_json(row.document) for row in rows}
    named: dict[uuid.UUID, list[str]] = {row.seller_id: [] for row in rows}
    for row in rows:
        payment = documents[row.pk].payment
        named[row.seller_id].append(payment.mandate if payment else "")
    accounts = accounts_named(named)
    return {row.pk: with_account(documents[row.pk], accounts, seller=row.seller_id) for row in rows}


def _made(row: Invoice, document: standard.Invoice, addresses: Sequence[str]) -> _Printed | _Refused:
    try:
        sent_to = _checked(addresses or [document.buyer.electronic_address], row.seller.email)
        files = _proved(row, document)
    except (RefusalError, InvalidInvoiceError) as refusal:
        return _Refused(row, refusal.text)
    return _Printed(row, sent_to, files)


def _proved(row: Invoice, document: standard.Invoice) -> dict[InvoiceFile.Format, bytes]:
    """Print an invoice as ZUGFeRD and XRechnung and prove both; RefusalError or InvalidInvoiceError otherwise."""
    xrechnung = cii(document, Profile.XRECHNUNG)
    page = zugferd(
        document,
        _letterhead(row.seller),
        language=row.language,  # type: ignore[arg-type]
        at=row.at,
        in_part=row.corrects_id is not None,
    )
    if found := blocking((*check(xrechnung), *zugferd_findings(page, xrechnung=xrechnung))):
        raise InvalidInvoiceError(row.number, found)
    return {InvoiceFile.Format.ZUGFERD: page, InvoiceFile.Format.XRECHNUNG_CII: xrechnung}


def _checked(addresses: Sequence[str], answers_to: str) -> Sequence[str]:
    """Return the addresses; RefusalError where the mail could not be written."""
    for address in (*addresses, answers_to):
        try:
            check_address(address)
        except MailAddressError as error:
            raise RefusalError(
                Text(f"„{address}“ ist keine E-Mail-Adresse.", f"“{address}” is no e-mail address.")
            ) from error
    return addresses


def _still_waiting(rows: Sequence[Invoice]) -> set[uuid.UUID]:
    """Lock these invoices in one order for everybody and return those that nobody printed meanwhile."""
    balances = InvoiceBalance.objects.select_for_update(no_key=True).filter(invoice__in=rows).order_by("invoice_id")
    locked = set(balances.values_list("invoice_id", flat=True))
    printed = InvoiceFile.objects.filter(invoice__in=rows, format=InvoiceFile.Format.ZUGFERD)
    return locked - set(printed.values_list("invoice_id", flat=True))


def _send(printed: Sequence[_Printed], *, at: datetime) -> None:
    if not printed:
        return
    files = iter(_kept([(each.row, form, data) for each in printed for form, data in each.files.items()], at=at))
    kept = [(each, [next(files) for _ in each.files]) for each in printed]
    send_mails([mail for each, own in kept for mail in _mails(each, [file.file for file in own])], at=at)
    sent = InvoiceBalance.objects.filter(invoice__in=[each.row for each in printed])
    exactly(len(printed), sent.update(sent_at=at, problem_de="", problem_en=""))
    record_many(
        Deed(
            verb="books.invoice_sent",
            thing=each.row,
            at=at,
            actor=MACHINE,
            after={file.format: bytes(file.sha256).hex() for file in own},
        )
        for each, own in kept
    )
    announce_with_invoices([each.row for each in printed], at=at)
    publish("books.invoice_sent", {"numbers": [each.row.number for each in printed]}, at=at)


def _hold_back(refused: Sequence[_Refused], *, at: datetime) -> None:
    """Note why these invoices did not leave, for the page of what needs a hand."""
    if not refused:
        return
    reasons = {each.row.pk: each.reason for each in refused}
    balances = list(InvoiceBalance.objects.filter(invoice__in=reasons))
    for balance in balances:
        balance.problem_de, balance.problem_en = reasons[balance.invoice_id].de, reasons[balance.invoice_id].en
    InvoiceBalance.objects.bulk_update(balances, ["problem_de", "problem_en"])
    record_many(
        Deed(verb="books.invoice_refused", thing=each.row, at=at, actor=MACHINE, after={"problem": each.reason.en})
        for each in refused
    )
    publish("books.invoice_refused", {"numbers": [each.row.number for each in refused]}, at=at)


def _kept(printed: Sequence[tuple[Invoice, InvoiceFile.Format, bytes]], *, at: datetime) -> list[InvoiceFile]:
    blobs = keep_many([_new_file(row, form, content) for row, form, content in printed], at=at)
    return InvoiceFile.objects.bulk_create(
        InvoiceFile(
            id=uuid7(),
            invoice=row,
            customer_tenant_id=row.customer_tenant_id,
            format=form,
            file=blob,
            sha256=bytes(blob.sha256),
            rules=RULES,
            at=at,
        )
        for (row, form, _), blob in zip(printed, blobs, strict=True)
    )


def _new_file(row: Invoice, form: InvoiceFile.Format, content: bytes) -> NewFile:
    suffix, media_type = _SUFFIX[form]
    return NewFile(
        data=content, name=f"{row.number}.{suffix}", media_type=media_type, customer_tenant=row.customer_tenant_id
    )


def _mails(printed: _Printed, files: Sequence[Blob]) -> Iterator[NewMail]:
    """Yield one mail for each of the customer's addresses."""
    row = printed.row
    title = _TITLES["part" if row.corrects_id else row.kind, row.language]
    subject, text = (part.format(title=title, number=row.number, due=_due(row)) for part in _MAIL[row.language])
    for address in printed.addresses:
        yield NewMail(
            to=address,
            to_name=row.customer_name,
            subject=subject[:1].upper() + subject[1:],
            text=text,
            attachments=[(file.name, file.media_type, file) for file in files],
            about=row,
            reply_to=row.seller.email,
            then=("books.invoice_received", {"invoice": str(row.pk)}) if row.due_rule else None,  # type: ignore[attr-defined]
        )


def _due(row: Invoice) -> str:
    if row.due_on is None:
        return ""
    rule = ReceiptRule.read(row.due_rule)  # type: ignore[attr-defined]
    if rule is None:
        return _DUE[row.language].format(due=row.due_on)
    return _DUE_FROM_RECEIPT[row.language].format(rule=rule.spoken.spoken(row.language), due=row.due_on)


def _letterhead(seller: Seller) -> Letterhead:
    return Letterhead(
        phone=seller.phone,
        email=seller.email,
        legal=tuple(line for line in (seller.registration, seller.legal_note) if line),
        bank_name=seller.bank,
        bank_iban=seller.iban,
        bank_bic=seller.bic,
    )

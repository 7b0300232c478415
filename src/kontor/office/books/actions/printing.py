"""An invoice's files: printed from its model, proved against the standard before they leave, kept and mailed."""

import uuid
from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from kontor.kernel.actions.blobs import keep
from kontor.kernel.actions.mail import send_mail
from kontor.kernel.actions.record import record
from kontor.kernel.actor import MACHINE
from kontor.kernel.background import GiveUpError
from kontor.kernel.models import Blob
from kontor.kernel.rows import exactly_one
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
from kontor.office.parties import public as parties

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
_TITLES = {
    ("380", "de"): "Rechnung",
    ("380", "en"): "invoice",
    ("381", "de"): "Stornorechnung",
    ("381", "en"): "cancellation invoice",
    ("384", "de"): "Rechnungskorrektur",
    ("384", "en"): "corrected invoice",
}


class InvalidInvoiceError(GiveUpError):
    """An invoice's file breaks a rule of the standard, so it does not leave the house; `findings` says which."""

    def __init__(self, number: str, findings: tuple[Finding, ...]) -> None:
        super().__init__(f"{number}: " + "; ".join(str(each) for each in findings))
        self.findings = findings


def print_invoices(ids: Collection[uuid.UUID], *, at: datetime) -> None:
    """Make and send the files of these invoices; those that have theirs already are left as they are."""
    rows = Invoice.objects.filter(pk__in=ids).exclude(files__format=InvoiceFile.Format.ZUGFERD).order_by("number")
    for row in rows.select_related("seller"):
        print_invoice(row, at=at)


@transaction.atomic
def print_invoice(row: Invoice, *, at: datetime) -> None:
    """Print one invoice as ZUGFeRD and XRechnung, prove both, keep and mail them; InvalidInvoiceError otherwise."""
    document = from_json(row.document)
    xrechnung = cii(document, Profile.XRECHNUNG)
    page = zugferd(document, _letterhead(row.seller), language=row.language, at=row.at)  # type: ignore[arg-type]
    if found := blocking((*check(xrechnung), *zugferd_findings(page, xrechnung=xrechnung))):
        raise InvalidInvoiceError(row.number, found)
    printed = {InvoiceFile.Format.ZUGFERD: page, InvoiceFile.Format.XRECHNUNG_CII: xrechnung}
    files = [_kept(row, form, content, at=at) for form, content in printed.items()]
    _mail(row, document, [file.file for file in files], at=at)
    exactly_one(InvoiceBalance.objects.filter(invoice=row).update(sent_at=at))
    hashes = {file.format: bytes(file.sha256).hex() for file in files}
    record("books.invoice_sent", row, at=at, actor=MACHINE, after=hashes)


@transaction.atomic
def print_ubl(invoice_id: uuid.UUID, *, at: datetime) -> InvoiceFile:
    """Print an invoice as XRechnung in UBL, on request, and keep it; the one made before where there is one."""
    row = Invoice.objects.get(pk=invoice_id)
    if known := InvoiceFile.objects.filter(invoice=row, format=InvoiceFile.Format.XRECHNUNG_UBL).first():
        return known
    content = ubl(from_json(row.document))
    if found := blocking(check(content)):
        raise InvalidInvoiceError(row.number, found)
    made = _kept(row, InvoiceFile.Format.XRECHNUNG_UBL, content, at=at)
    record("books.ubl_printed", row, at=at, actor=MACHINE, after={"sha256": bytes(made.sha256).hex()})
    return made


def _kept(row: Invoice, form: InvoiceFile.Format, content: bytes, *, at: datetime) -> InvoiceFile:
    suffix, media_type = _SUFFIX[form]
    blob = keep(
        content, name=f"{row.number}.{suffix}", media_type=media_type, at=at, customer_tenant=row.customer_tenant_id
    )
    return InvoiceFile.objects.create(
        invoice=row,
        customer_tenant_id=row.customer_tenant_id,
        format=form,
        file=blob,
        sha256=bytes(blob.sha256),
        rules=RULES,
        at=at,
    )


def _mail(row: Invoice, document: standard.Invoice, files: list[Blob], *, at: datetime) -> None:
    title = _TITLES[row.kind, row.language]
    subject, text = _MAIL[row.language]
    due = _DUE[row.language].format(due=row.due_on) if row.due_on else ""
    addresses = parties.invoice_addresses(row.party_id) or [document.buyer.electronic_address]
    for address in addresses:
        send_mail(
            to=address,
            to_name=row.customer_name,
            subject=subject.format(title=title, number=row.number)[:1].upper()
            + subject.format(title=title, number=row.number)[1:],
            text=text.format(title=title, number=row.number, due=due),
            attachments=[(file.name, file.media_type, file) for file in files],
            about=row,
            at=at,
            reply_to=row.seller.email,
        )


def _letterhead(seller: Seller) -> Letterhead:
    return Letterhead(
        phone=seller.phone,
        email=seller.email,
        legal=tuple(line for line in (seller.registration, seller.legal_note) if line),
        bank_name=seller.bank,
        bank_iban=seller.iban,
        bank_bic=seller.bic,
    )

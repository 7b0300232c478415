"""Giving files that came with requests: to be kept, never shown as a page of ours."""

from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header

from kontor.kernel.queries.blobs import read
from kontor.office.desk.models import TicketFile
from kontor.office.desk.queries.hanging import is_withheld


def handed_out(file: TicketFile) -> HttpResponse:
    """Answer with a file of a request; 404 for one that would act when it is opened, of which the page says so."""
    if is_withheld(file):
        raise Http404
    return sent(read(file.blob), file.name)


def sent(content: bytes, name: str) -> HttpResponse:
    """Answer with a file to be kept; it may be of any kind, so no browser shows it as a page of ours."""
    response = HttpResponse(content, content_type="application/octet-stream")
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response

"""What the pages about money answer with alike: a kept file, and why an action was refused."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib import messages
from django.http import HttpResponse

from kontor.kernel.models import Blob
from kontor.kernel.queries.blobs import read
from kontor.kernel.requests import TenantRequest
from kontor.kernel.wording import spoken
from kontor.rulebook.refusal import RefusalError


def kept_file(blob: Blob, *, shown: bool = False) -> HttpResponse:
    """Give the very bytes that were kept: shown by the browser, or to be saved."""
    place = "inline" if shown else "attachment"
    head = {"Content-Disposition": f'{place}; filename="{blob.name}"'}
    return HttpResponse(read(blob), content_type=blob.media_type, headers=head)


@contextmanager
def telling_refusals(request: TenantRequest) -> Iterator[None]:
    """Do what may be refused; the next page says why it was."""
    try:
        yield
    except RefusalError as refused:
        messages.error(request, spoken(refused.text))

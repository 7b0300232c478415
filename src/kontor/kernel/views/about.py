"""What this program is, in which version, and whose work it is: the same whatever tenant uses it under its own mark."""

from importlib.metadata import version
from typing import Final

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from kontor.kernel.requests import public

NOTICE: Final = "© Kontor contributors"  # also on every letter: kernel/typst/letter.typ
LICENCE: Final = "https://www.apache.org/licenses/LICENSE-2.0"


@public("whose work a program is may be read by everybody who uses it")
@require_GET
def about(request: HttpRequest) -> HttpResponseBase:
    """Show version, copyright and licence, beside the mark of the tenant that somebody works in."""
    tenant = getattr(request, "tenant", None)
    context = {
        "brand": tenant.name if tenant else "",
        "version": version("kontor"),
        "notice": NOTICE,
        "licence": LICENCE,
    }
    return render(request, "kernel/about.html", context)

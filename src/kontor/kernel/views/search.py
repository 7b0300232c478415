"""The search field: a page of its own, and the results alone for the field in the frame."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from kontor.kernel.finding import search as found_by, words_of
from kontor.kernel.requests import open_to_guests, signed_in

FOUND = "search-found"


@signed_in
@open_to_guests
@require_GET
def search(request: HttpRequest) -> HttpResponseBase:
    """Show what the person may see of what they typed."""
    standing = getattr(request, "standing", None)
    if standing is None:
        return redirect("identity:tenants")
    asked = request.GET.get("q", "")
    context = {"asked": asked, "groups": found_by(asked, standing=standing), "enough": bool(words_of(asked))}
    alone = request.headers.get("HX-Target") == FOUND
    return render(request, "kernel/search_found.html" if alone else "kernel/search.html", context)

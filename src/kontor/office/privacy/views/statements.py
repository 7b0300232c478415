"""What a person is asked to agree to here: before the first use, and at any time afterwards."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kontor.kernel.requests import TenantRequest, open_at_gates, signed_in
from kontor.office.privacy.actions.statements import declare
from kontor.office.privacy.queries.statements import answers_of, awaited


def stands_before(request: HttpRequest) -> bool:
    """Tell whether the person has yet to answer; whoever refuses everything goes on as well."""
    user: Any = request.user
    return awaited(user.pk)


@signed_in
@open_at_gates
@require_http_methods(["GET", "POST"])
def statements(request: TenantRequest) -> HttpResponseBase:
    """Show each statement with what one said to it, and keep what one says now."""
    if getattr(request, "standing", None) is None:
        return redirect("identity:tenants")
    answers = answers_of(request.user.pk)
    first = any(answer.said is None for answer in answers)
    changed = False  # other statements are asked by now than those that were on the page
    if request.method == "POST":
        said = {answer.statement.pk: request.POST.get(f"say-{answer.statement.pk}") == "yes" for answer in answers}
        shown = set(request.POST.get("shown", "").split())
        changed = shown != {str(key) for key in said}
        if not changed:
            declare(request.user.pk, said, at=request.at, actor=request.actor)
            messages.success(request, _("Kept. You can change it here at any time."))
            return redirect("kernel:home" if first else "privacy:statements")
    shown_now = " ".join(str(answer.statement.pk) for answer in answers)
    context = {"answers": answers, "shown": shown_now, "first": first, "changed": changed}
    return render(request, "privacy/statements.html", context, status=409 if changed else 200)

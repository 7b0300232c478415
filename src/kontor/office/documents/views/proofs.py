"""Identity cards and licences: taking a picture, the list, one with who looked at it."""

import uuid
from typing import Any, Final

from django.http import Http404, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from kontor.kernel.actions.blobs import QuotaExceededError
from kontor.kernel.components import Moment
from kontor.kernel.links import addresses
from kontor.kernel.listing import Choice, Column, Listing
from kontor.kernel.queries.blobs import read
from kontor.kernel.queries.record import history_of
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.office.documents.actions.looking import quarantined
from kontor.office.documents.actions.proofs import NAME, Captured, capture, note_look, ticket_for
from kontor.office.documents.forms.proofs import KINDS, ProofForm
from kontor.office.documents.models import Proof
from kontor.office.documents.views.answers import pictured
from kontor.office.documents.views.words import harmful_words
from kontor.office.identity.public import names_of
from kontor.rulebook.refusal import RefusalError

SEE: Final = "documents.proofs"
CAPTURE: Final = "documents.capture"
_LOOKS: Final = 60
_DEEDS: Final = {
    "documents.proof_captured": gettext_lazy("picture taken"),
    "documents.proof_shown": gettext_lazy("looked at"),
}


@requires(SEE)
@require_GET
def proofs(request: TenantRequest) -> HttpResponseBase:
    """List what was taken, without a picture."""
    listing = Listing(
        request,
        Proof.objects.all(),
        name="proofs",
        columns=(
            Column("holder", gettext_lazy("Whose"), url=addresses("documents:proof"), slot="title", sort="holder"),
            Column("kind", gettext_lazy("Kind"), value=_kind, slot="meta"),
            Column("process", gettext_lazy("What for"), slot="more", sort="process"),
            Column("at", gettext_lazy("Taken"), kind="moment", sort="at", slot="state"),
        ),
        search=("holder", "process"),
        choices=(Choice("kind", gettext_lazy("Kind"), KINDS),),
        order="-at",
    )
    context = {"listing": listing, "may_capture": request.standing.may(CAPTURE)}
    return listing.file() if listing.wants_file else render(request, "documents/proofs.html", context)


@requires(CAPTURE)
@require_http_methods(["GET", "POST"])
def proof_new(request: TenantRequest) -> HttpResponseBase:
    """Take a picture and keep it; the page's script is answered what came of it."""
    if request.method == "POST":
        return _kept(request)
    seen = request.standing.may(SEE)
    crumbs = [(_("Identity documents"), reverse("documents:proofs"))] if seen else []
    form = ProofForm(initial={"ticket": ticket_for(request.user.pk, at=request.at)})
    return render(request, "documents/proof_new.html", {"form": form, "crumbs": crumbs})


@requires(SEE)
@require_GET
def proof(request: TenantRequest, proof_id: uuid.UUID) -> HttpResponseBase:
    """Show one: whose, what for, its picture, and who looked at it."""
    found = get_object_or_404(Proof, pk=proof_id)
    happened = history_of(found.pk, limit=_LOOKS)
    names = names_of({each.actor for each in happened if each.actor})
    looks = [
        Moment(on=each.at, title=str(_DEEDS[each.verb]), text=names.get(each.actor, "") if each.actor else "")
        for each in happened
    ]
    crumbs = [(_("Identity documents"), reverse("documents:proofs"))]
    return render(
        request, "documents/proof.html", {"proof": found, "kind": _kind(found), "looks": looks, "crumbs": crumbs}
    )


@requires(SEE)
@require_GET
def proof_picture(request: TenantRequest, proof_id: uuid.UUID) -> HttpResponseBase:
    """Show the picture; the look is on record before it is (SM-018)."""
    try:
        found = note_look(proof_id, at=request.at, actor=request.actor)
    except Proof.DoesNotExist:
        raise Http404(proof_id) from None
    return pictured(read(found.picture), "image/jpeg")


def _kept(request: TenantRequest) -> JsonResponse:
    form = ProofForm(request.POST, request.FILES)
    if not form.is_valid():
        return JsonResponse({"problems": {name: errors[0] for name, errors in form.errors.items()}}, status=422)
    given = form.cleaned_data
    data, ticket = given.pop("picture").read(), given.pop("ticket")
    try:
        if harm := quarantined(data, NAME, at=request.at, actor=request.actor):
            return _refused(harmful_words(harm))
        taken = Captured(data=data, **given)
        kept = capture(taken, ticket=ticket, camera=request.user.pk, at=request.at, actor=request.actor)
    except RefusalError as refusal:
        return _refused(spoken(refusal.text))
    except QuotaExceededError as full:
        return _refused(str(full))
    where = reverse("documents:proof", args=(kept.pk,)) if request.standing.may(SEE) else reverse("documents:proof-new")
    return JsonResponse({"kept": str(kept.pk), "url": where}, status=201)


def _refused(why: str) -> JsonResponse:
    return JsonResponse({"problems": {"picture": why}}, status=422)


def _kind(row: Any) -> Any:
    return dict(KINDS)[row.kind]

"""The demo's access: a house that looks after its own, and a customer with sites and a test tenant."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from kontor.kernel.actions.rights import make_role
from kontor.kernel.actions.sandboxes import found_sandbox
from kontor.kernel.actions.tenants import open_site
from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.models import Membership, Tenant
from kontor.kernel.tenancy import current_tenant
from kontor.office.identity.actions import invitations
from kontor.office.identity.actions.instructions import commit_to, publish_instruction
from kontor.office.identity.actions.policy import change_policy
from kontor.office.identity.actions.reviews import sign_review
from kontor.office.identity.actions.site_roles import give_at_site
from kontor.office.identity.actions.training import Trained, note_training
from kontor.office.identity.queries.grants import grants
from kontor.office.identity.queries.instruction_texts import FIRST
from kontor.office.identity.queries.reviews import stands

_SHIFT = ("identity.see", "identity.change", "documents.read")


def look_after_access(at: datetime) -> None:
    """Let the house name its contact, instruct and train its people, and review its rights, as it did last month."""
    whom = {"contact_name": "Ida Lindwurm", "contact_phone": "+49 40 12 34 56", "contact_email": "ida@kontor.example"}
    change_policy(**whom, idle_minutes=240, at=at, actor=MACHINE)
    members = list(Membership.objects.select_related("user").order_by("since", "pk"))
    for topic in ("ACCESS", "CONFIDENTIALITY"):
        text = FIRST[topic]
        first = Actor.person(members[0].user)
        told = publish_instruction(topic, text_de=text.de, text_en=text.en, at=at, actor=first)
        for member in members:
            who = Actor.person(member.user)
            commit_to(
                told.pk, sha256=bytes(told.sha256), user=member.user, address="192.0.2.10", client="Firefox", at=at,
                actor=who,
            )  # fmt: skip
    for member in members[:-1]:  # whoever came last waits for the next course
        day = at.date() - timedelta(days=30)
        course = Trained(
            held_on=day, valid_until=day + timedelta(days=365), evidence="Kurs Datenschutz, Akte Personal 7"
        )
        note_training(member.user, course, at=at, actor=MACHINE)
    signer = members[0].user
    keep = [grant.pk for grant in grants(at=at)]
    sign_review(
        keep=keep, shown=stands(at=at), remark="Alle Rechte werden gebraucht.", user=signer, held=None, at=at,
        actor=Actor.person(signer),
    )  # fmt: skip


def open_sites(names: Sequence[str], *, email: str, name: str, password: str, at: datetime) -> None:
    """Open places of business, and let somebody lead the shifts at the first two of them."""
    zone = Tenant.objects.get(pk=current_tenant()).zone
    sites = [open_site(name=each, zone=zone, at=at, actor=MACHINE) for each in names]
    user = invitations.enrol(email=email, name=name, password=password, roles=[], language="de", at=at, actor=MACHINE)
    member = Membership.objects.get(user=user)
    role = make_role(name="Schichtleitung", permissions=_SHIFT, at=at, actor=MACHINE)
    for site in sites[:2]:
        give_at_site(member.pk, role=role.pk, site=site.pk, held=None, at=at, actor=MACHINE)


def try_apart(email: str, *, at: datetime) -> None:
    """Let somebody make the company's test tenant, where they may do everything."""
    member = Membership.objects.select_related("user").get(user__email=email)
    found_sandbox(member.user, at=at, actor=Actor.person(member.user))

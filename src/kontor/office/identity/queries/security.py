"""
How safe a tenant's access is: points for what is set, and the one step that brings most.

A check of your own: a function `Situation -> Check | None` and one line in `CHECKS`. None where it does not apply.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _, ngettext

from kontor.kernel.models import AccessPolicy, Membership
from kontor.kernel.wording import day
from kontor.office.identity.queries import administrators, here
from kontor.office.identity.queries.factors import demanded, with_role_demand
from kontor.office.identity.queries.instructions import share_committed
from kontor.office.identity.queries.reviews import review_due

STRONG_LENGTH: Final = 12  # characters, the length that the contracts name where they name one


@dataclass(frozen=True, slots=True)
class Situation:
    """What the checks look at: the current tenant's policy (its defaults where none was set), at a moment."""

    policy: AccessPolicy
    at: datetime


@dataclass(frozen=True, slots=True)
class Check:
    """
    weight  how much it counts, 1 to 3
    share   how much of it is reached, 0 to 1
    why     a sentence: what is there, and why it matters
    step    what to do next, as the button says it; "" where nothing is left
    """

    key: str
    label: str
    weight: int
    share: Fraction
    why: str
    step: str = ""
    url: str = ""

    @property
    def named(self) -> str:
        """The step with what it is about, where it stands apart from the check: "Second factor: Make it mandatory"."""
        return f"{self.label}: {self.step}"

    @property
    def missing(self) -> Fraction:
        """The weight that is still to be had."""
        return self.weight * (1 - self.share)

    @property
    def done(self) -> bool:
        """Whether nothing is left to do."""
        return self.share == 1


@dataclass(frozen=True, slots=True)
class Score:
    """All checks, and the next best step, None where nothing is left."""

    checks: Sequence[Check]
    best: Check | None

    @property
    def reached(self) -> int:
        """Whole per cent of the weights that are reached, rounded down: 100 is everything."""
        whole = sum(check.weight for check in self.checks)
        return int(100 * sum(check.weight * check.share for check in self.checks) / whole)


def contact(now: Situation) -> Check:
    """Somebody can be called (SM-021)."""
    policy = now.policy
    there = bool(policy.contact_name and policy.contact_phone and policy.contact_email)
    return Check(
        "contact",
        _("Administration contact"),
        2,
        Fraction(there),
        _("Whoever loses a device must know at once whom to call."),
        _("Name the contact"),
        reverse("identity:policy"),
    )


def second_factor(now: Situation) -> Check:
    """For whom a second factor is mandatory."""
    wanted = AccessPolicy.SecondFactor.MANDATORY
    own = list(with_role_demand(Membership.objects.filter(here(now.at))))
    held = sum(demanded(one, now.policy) == wanted for one in own)
    said = ngettext("%(held)s of %(all)s person must show a second factor.",
                    "%(held)s of %(all)s people must show a second factor.", len(own))  # fmt: skip
    return Check(
        "second_factor",
        _("Second factor"),
        3,
        Fraction(held, len(own)) if own else Fraction(0),
        said % {"held": held, "all": len(own)} + " " + _("A stolen password alone then opens nothing."),
        _("Make it mandatory"),
        reverse("identity:policy"),
    )


def password(now: Situation) -> Check:
    """How long passwords must be."""
    length = now.policy.password_length or 0
    return Check(
        "password",
        _("Length of passwords"),
        2,
        Fraction(length >= STRONG_LENGTH),
        _("From %(count)s characters on, trying them all out takes too long.") % {"count": STRONG_LENGTH},
        _("Ask for more characters"),
        reverse("identity:policy"),
    )


def idle(now: Situation) -> Check:
    """Whether forgotten screens close."""
    return Check(
        "idle",
        _("Forgotten screens"),
        1,
        Fraction(bool(now.policy.idle_minutes)),
        _("Without a limit, a screen that somebody left stays open."),
        _("Set a limit"),
        reverse("identity:policy"),
    )


def single_sign_on(now: Situation) -> Check:
    """Whether the company's own directory decides who comes in."""
    return Check(
        "sso",
        _("Single sign-on"),
        1,
        Fraction(now.policy.sso_only),
        _("Whoever leaves your directory then has no way in here either."),
        _("Set it up"),
        reverse("identity:sso"),
    )


def two_administrators(now: Situation) -> Check:
    """Whether somebody is there when the administrator is not."""
    enough = administrators(at=now.at).count() > 1
    return Check(
        "administrators",
        _("Two administrators"),
        1,
        Fraction(enough),
        _("With one alone, nobody can lock an access while that person is away."),
        _("Make somebody administrator"),
        reverse("identity:people"),
    )


def instruction(now: Situation) -> Check:
    """Whether everybody was instructed and is bound (SM-019, FW-037)."""
    bound = share_committed(at=now.at)
    share = Fraction(*bound) if bound and bound[1] else Fraction(0)
    held, count = bound or (0, 0)
    said = ngettext("%(held)s of %(all)s person has confirmed the instruction.",
                    "%(held)s of %(all)s people have confirmed the instruction.", count) if bound else _(
        "Nobody is told yet what to do with a lost device or a known password.")  # fmt: skip
    return Check(
        "instruction",
        _("Instruction"),
        2,
        share,
        said % {"held": held, "all": count},
        _("See who is missing") if bound else _("Publish the instruction"),
        reverse("identity:instructions"),
    )


def rights_review(now: Situation) -> Check:
    """Whether somebody has looked through the rights in time (FW-118)."""
    due = review_due(at=now.at)
    told = {"day": day(due.on)}
    return Check(
        "review",
        _("Review of rights"),
        1,
        Fraction(not due.is_due),
        (_("It was due on %(day)s.") if due.is_due else _("The next one is due on %(day)s.")) % told
        + " "
        + _("Rights that nobody needs any more are found only by looking."),
        _("Look through now"),
        reverse("identity:reviews"),
    )


CHECKS: Final[list[Callable[[Situation], Check | None]]] = [
    second_factor,
    contact,
    password,
    idle,
    single_sign_on,
    two_administrators,
    instruction,
    rights_review,
]


def score(*, at: datetime) -> Score:
    """Return how safe the current tenant's access is now."""
    now = Situation(policy_here(), at)
    checks = [found for found in (check(now) for check in CHECKS) if found is not None]
    best = max(checks, key=lambda check: check.missing)
    return Score(checks, None if best.done else best)


def policy_here() -> AccessPolicy:
    """Return the current tenant's policy; what a tenant that never set one has, where there is none."""
    return AccessPolicy.objects.first() or AccessPolicy()

"""Background work about contracts: what follows an acceptance, and the run that bills."""

import uuid
from datetime import date, datetime
from typing import Any

from kontor.kernel.actions.queue import queue
from kontor.kernel.actor import MACHINE
from kontor.kernel.background import tenant_job
from kontor.office.contracts.actions import (
    billing,
    breach_lock,
    certificates,
    changing,
    claim_letters,
    claiming,
    closing,
    conclusion,
    days,
    ending_by_itself,
    ending_tasks,
    entitling,
    erasures,
    extra_functions,
    first_use,
    foreign_users,
    licensing_keys,
    moving_in,
    overload,
    price_applying,
    price_changes,
    probing,
    reckoning,
    releases,
    reminding,
    renewing,
    suspending,
    terms_answers,
    terms_changes,
    trial_ends,
    trials,
    usage,
)
from kontor.office.contracts.jobs import agreements, beyond, licences  # noqa: F401  their jobs are declared by being read


@tenant_job("contracts.conclude")
def conclude(*, at: datetime, offer: str) -> None:
    """Conclude the contract of an accepted offer, unless its pack waits for something."""
    conclusion.conclude(uuid.UUID(offer), at=at)


@tenant_job("contracts.confirmation_received")
def confirmation_received(*, at: datetime, offer: str) -> None:
    """The customer's mail server has the confirmation: it is received."""
    conclusion.note_confirmation_received(uuid.UUID(offer), at=at)


@tenant_job("contracts.move_in")
def move_in(*, at: datetime, contract: str) -> None:  # noqa: ARG001  every job is told the time
    """Pack what the customer's tenant needs, and have it unpacked there."""
    told = moving_in.luggage(uuid.UUID(contract))
    queue("contracts.unpack", uuid.UUID(told["customer_tenant"]), told=told)
    overload.limit_customer(uuid.UUID(told["customer_tenant"]))
    probing.count_of_customer(uuid.UUID(told["customer_tenant"]))


@tenant_job("contracts.renew_licences")
def renew_licences(*, at: datetime) -> None:
    """Deliver keys anew where a licence has changed since, as by a renewal."""
    licensing_keys.renew_keys(at=at)


@tenant_job("contracts.unpack")
def unpack(*, at: datetime, told: dict[str, Any]) -> None:
    """Furnish the customer's tenant, as that tenant."""
    moving_in.move_in(told, at=at)
    first_use.expect_first_use(uuid.UUID(told["contract"]), at=at)


@tenant_job("contracts.look_for_first_use")
def look_for_first_use(*, at: datetime, contract: str) -> None:
    """Look, as the customer, whether somebody began to use a contract."""
    first_use.look_for_first_use(uuid.UUID(contract), at=at)


@tenant_job("contracts.note_first_use")
def note_first_use(*, at: datetime, told: dict[str, Any]) -> None:
    """Keep the first use of a contract, as its supplier."""
    first_use.note_first_use(told, at=at)


@tenant_job("contracts.trial_unpack")
def trial_unpack(*, at: datetime, told: dict[str, Any]) -> None:
    """Furnish a tenant for its trial, as that tenant."""
    trial_ends.unpack_trial(told, at=at)


@tenant_job("contracts.trial_close")
def trial_close(*, at: datetime, told: dict[str, Any], until: str) -> None:
    """Lock a trial's modules from a day on, as its tenant."""
    trial_ends.unlock(told, until=date.fromisoformat(until), at=at)


@tenant_job("contracts.trial_warn")
def trial_warn(*, at: datetime, trial: str, on: str) -> None:
    """Announce the end of a trial, once for each planned day."""
    trials.warn_of_end(uuid.UUID(trial), on=date.fromisoformat(on), at=at)


@tenant_job("contracts.trial_expire")
def trial_expire(*, at: datetime, trial: str) -> None:
    """End a trial that nobody ordered after."""
    if trial_ends.expire_trial(uuid.UUID(trial), at=at):
        erasures.erase_trial(uuid.UUID(trial), reason="trial_ended", at=at)


@tenant_job(erasures.TRIAL)
def trial_erased(*, at: datetime, erasure: str, trial: str) -> None:  # noqa: ARG001  the erasure has its own row
    """Note with a trial that its data are gone."""
    erasures.note_trial_erased(uuid.UUID(trial), at=at)


@tenant_job("contracts.trial_left")
def trial_left(*, at: datetime, trial: str) -> None:
    """Erase what a clean start left behind."""
    erasures.erase_trial(uuid.UUID(trial), reason="clean_start", at=at)


@tenant_job(erasures.ENDED)
def ended_erased(*, at: datetime, erasure: str) -> None:
    """Note with the contracts of a customer that its data are gone, and send it the certificate."""
    erasures.note_ended_erased(uuid.UUID(erasure), at=at)


@tenant_job("contracts.end_sessions")
def end_sessions(*, at: datetime) -> None:
    """End every session in a tenant that was locked out, as that tenant."""
    breach_lock.end_sessions_here(at=at)


@tenant_job("contracts.entitle")
def entitle(*, at: datetime, contract: str, positions: dict[str, list[str]], actor: dict[str, Any]) -> None:
    """Have the customer's entitlements follow its contract, as the customer's tenant."""
    entitling.entitle(uuid.UUID(contract), positions, at=at, actor=entitling.actor_told(actor))


@tenant_job("contracts.bill_change")
def bill_change(*, at: datetime, contract: str, until: str) -> None:
    """Invoice at once what a confirmed order costs until the next regular invoice."""
    changing.bill_at_once(uuid.UUID(contract), until=date.fromisoformat(until), at=at)


@tenant_job("contracts.day")
def day(*, at: datetime) -> None:
    """Look at all contracts, once a day."""
    days.begin_day(at=at)


@tenant_job("contracts.renew")
def renew(*, at: datetime, contracts: list[str]) -> None:
    """Renew those of a batch whose last day for notice is over."""
    renewing.renew([uuid.UUID(each) for each in contracts], at=at)


@tenant_job("contracts.bill")
def bill(*, at: datetime, run: str, contracts: list[str]) -> None:
    """Bill one batch of a run; killed in the middle, it is done again from where nothing was written."""
    billing.bill_contracts(uuid.UUID(run), [uuid.UUID(each) for each in contracts], at=at)


@tenant_job("contracts.claims")
def claims(*, at: datetime) -> None:
    """Bring claims up to date, and send what plans let the daily job send; any number of times a day."""
    claiming.keep_claims(at=at)
    reminding.start_reminders(at=at, actor=MACHINE, automatic=True)


@tenant_job("contracts.reckon")
def reckon(*, at: datetime) -> None:
    """Reckon what pages say of all contracts together."""
    reckoning.reckon(at=at)


@tenant_job("contracts.endings")
def endings(*, at: datetime) -> None:
    """End what has ended by itself by now, and tell of what is overdue after an end; any number of times a day."""
    ending_by_itself.end_by_themselves(at=at)
    ending_tasks.alert_overdue(at=at)
    erasures.plan_after_endings(at=at)


@tenant_job("contracts.certificates")
def certificates_run_out(*, at: datetime) -> None:
    """Remind of certificates of insurance that end soon."""
    certificates.remind_of_certificates(at=at)


@tenant_job("contracts.remind")
def remind(*, at: datetime, run: str, claims: list[str]) -> None:
    """Remind of one batch of claims; killed in the middle, it is done again from where nothing was written."""
    reminding.remind(uuid.UUID(run), [uuid.UUID(each) for each in claims], at=at)


@tenant_job("contracts.claim_letter_received")
def claim_letter_received(*, at: datetime, letter: str) -> None:
    """The customer's mail server has the letter: it is received on that civil day, in the seller's zone."""
    claim_letters.note_mail_taken(uuid.UUID(letter), at=at)


@tenant_job("contracts.look_at_suspensions")
def look_at_suspensions(*, at: datetime) -> None:
    """Lift the suspensions of contracts on which nothing is overdue any more."""
    suspending.lift_settled(at=at)


@tenant_job("contracts.state_use")
def state_use(*, at: datetime, contracts: list[str]) -> None:
    """State the use of one batch of contracts: months opened, closed and corrected."""
    usage.state_use([uuid.UUID(each) for each in contracts], at=at, actor=MACHINE)


@tenant_job("contracts.announce_prices")
def announce_prices(*, at: datetime, run: str, contracts: list[str]) -> None:
    """Tell the customers of one batch their new prices; done again, it tells nobody twice."""
    price_changes.announce(uuid.UUID(run), [uuid.UUID(each) for each in contracts], at=at)


@tenant_job("contracts.price_change_received")
def price_change_received(*, at: datetime, adjustment: str) -> None:
    """The customer's mail server has the announcement of new prices: it is received."""
    price_changes.note_told(uuid.UUID(adjustment), at=at)


@tenant_job("contracts.apply_prices")
def apply_prices(*, at: datetime) -> None:
    """Let announced prices take their place; any number of times a day."""
    price_applying.apply_announced(at=at)


@tenant_job("contracts.close")
def close_month(*, at: datetime, close: str) -> None:
    """Do one batch of a month's close and queue the next; killed in the middle, it is done again from nothing."""
    closing.go_on(uuid.UUID(close), at=at)


@tenant_job("contracts.watch_close")
def watch_close(*, at: datetime) -> None:
    """Go on with a close whose process was killed."""
    closing.watch(at=at)


@tenant_job("contracts.announce_terms")
def announce_terms(*, at: datetime, change: str, contracts: list[str]) -> None:
    """Send the notice of changed terms to the customers of one batch; done again, it tells nobody twice."""
    terms_changes.tell_customers(uuid.UUID(change), [uuid.UUID(each) for each in contracts], at=at)


@tenant_job("contracts.terms_notice_received")
def terms_notice_received(*, at: datetime, notice: str) -> None:
    """The customer's mail server has the notice of changed terms: it is received, and its period runs."""
    terms_answers.note_had(uuid.UUID(notice), at=at)


@tenant_job("contracts.settle_silence")
def settle_silence(*, at: datetime) -> None:
    """Take silence as consent where the period is over; any number of times a day."""
    terms_answers.settle_silence(at=at)


@tenant_job("contracts.tell_news")
def tell_news(*, at: datetime) -> None:
    """Give customers what was published before they came, and have their users' addresses looked at; once a day."""
    today = days.house_day(at)
    releases.give_releases(on=today, at=at)
    extra_functions.tell_of_functions(on=today, at=at)
    foreign_users.look_for_foreign_users()


@tenant_job("contracts.find_foreign_users")
def find_foreign_users(*, at: datetime, contract: str, domains: list[str]) -> None:
    """Look, as the customer, for users with an address of another company."""
    foreign_users.find_foreign_users(uuid.UUID(contract), domains, at=at)


@tenant_job("contracts.note_foreign_users")
def note_foreign_users(*, at: datetime, contract: str, found: list[dict[str, str]]) -> None:
    """Flag users for review, as the supplier."""
    foreign_users.note_foreign_users(uuid.UUID(contract), found, at=at)

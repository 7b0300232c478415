"""Sections about data, secrets, access, risk and liability."""

from typing import Literal

from kontor.rulebook.terms.conclusion import Counted, Form
from kontor.rulebook.terms.service import WorkingDays
from kontor.rulebook.terms.units import Amount, Flag, Holidays, Items, Key, Named, Number, Percent, Quota, Span, Words
from kontor.rulebook.terms.value import Frozen, Value, Wording


class SignIn(Frozen):
    """Who may sign in, how, and on what."""

    methods: Value[Items] | None = None
    second_factor: Value[Items] | None = None
    password_rules: Value[Items] | None = None
    user_administers: Value[Flag] | None = None
    automatic_lock: Value[Flag] | None = None
    browsers: Value[Items] | None = None
    systems: Value[Items] | None = None
    excluded_devices: Value[Items] | None = None
    device_locks: Value[Items] | None = None
    briefing: Value[Items] | None = None


class Blocking(Frozen):
    """When the provider may block access, and how that is announced."""

    reasons: Value[Items] | None = None
    notice: Value[Span] | None = None
    notice_form: Value[Form] | None = None
    notice_exceptions: Value[Items] | None = None
    working_days: Value[WorkingDays] | None = None
    holidays: Value[Holidays] | None = None
    interests_weighed: Value[Flag] | None = None
    tenant_after_violations: Value[Literal["repeated"]] | None = None
    report_states: Value[Items] | None = None


class Kept(Frozen):
    """
    One kind of data and how long it is kept.

    keep     how long; `from_year_end` counts it from the end of the calendar year
    then     what happens afterwards
    until    the event that ends it where no length of time does
    limit    whether `keep` is the longest time or the shortest
    """

    label: Wording
    keep: Value[Span] | None = None
    from_year_end: Value[Flag] | None = None
    until: Value[Literal["session_ends", "trial_ends", "account_deactivated"]] | None = None
    then: Value[Literal["delete", "anonymise", "restrict"]] | None = None
    limit: Value[Literal["at_most", "at_least"]] | None = None


class Retention(Frozen):
    """How long data is kept, by the keys `kontor calc retention --kind` knows."""

    kinds: Named[Key, Kept] = {}
    at_end: Value[Items] | None = None
    at_end_certificate: Value[Flag] | None = None
    export_formats: Value[Items] | None = None
    database_format: Value[Literal["sql_dump", "csv", "bak"]] | None = None
    withholding: Value[Literal["reasoned_until_review", "not_used"]] | None = None
    copy_notice: Value[Span] | None = None
    materials_on_request: Value[Items] | None = None


class Privacy(Frozen):
    """Processing of personal data."""

    role: Value[Literal["processor", "controller"]] | None = None
    own_purposes: Value[Flag] | None = None
    agreement_required: Value[Flag] | None = None
    clauses_unchangeable: Value[Flag] | None = None
    clause_annexes: Value[Number] | None = None
    purposes: Value[Items] | None = None
    person_categories: Value[Items] | None = None
    data_categories: Value[Items] | None = None
    sensitive_data: Value[Literal["none", "unless_justified"]] | None = None
    sensitive_documents: Value[Items] | None = None
    documented_instructions: Value[Flag] | None = None
    requests: Value[Literal["forward", "answer"]] | None = None
    breach_notice: Value[Literal["without_delay"]] | None = None
    breach_states: Value[Items] | None = None
    controller_breach_states: Value[Items] | None = None
    suspension_cured_within: Value[Span] | None = None
    transfer_bases: Value[Items] | None = None
    transfer_purposes: Value[Literal["separate", "common"]] | None = None
    storage_countries: Value[Items] | None = None
    storage_countries_for: Value[Literal["users_from_eu", "everybody"]] | None = None
    sandbox: Value[Flag] | None = None
    statements: Value[Items] | None = None
    statements_are: Value[Literal["revocable_consent", "contract_clause"]] | None = None
    user_fields: Value[Items] | None = None
    account_dissolved: Value[Literal["any_time"]] | None = None
    notice_sections: Value[Items] | None = None
    legal_bases: Value[Items] | None = None
    card_data_stored: Value[Flag] | None = None
    measures: Value[Items] | None = None
    log_fields: Value[Items] | None = None
    log_purposes: Value[Items] | None = None
    log_kept: Value[Literal["apart_from_audit", "with_audit"]] | None = None
    registration_fields: Value[Items] | None = None
    billing_fields: Value[Items] | None = None
    payment_fields: Value[Items] | None = None
    tracking_fields: Value[Items] | None = None
    survey_fields: Value[Items] | None = None
    chat_fields: Value[Items] | None = None
    chat_channels: Value[Items] | None = None
    chat_basis: Value[Literal["consent", "legitimate_interest"]] | None = None
    analysis_fields: Value[Items] | None = None
    guidance_fields: Value[Items] | None = None
    guidance_prevented_by: Value[Items] | None = None
    telemetry_purposes: Value[Items] | None = None
    necessary_cookies: Value[Items] | None = None
    consent_cookies: Value[Items] | None = None
    cookies_cleared_by: Value[Items] | None = None
    accession_needs: Value[Literal["consent_of_all"]] | None = None
    assistance: Value[Items] | None = None
    officer_named: Value[Flag] | None = None
    staff_bound: Value[Items] | None = None


class Subprocessors(Frozen):
    """Others who process on the provider's behalf."""

    mode: Value[Literal["specific", "general"]] | None = None
    notice: Value[Span] | None = None
    notice_where_possible: Value[Flag] | None = None
    objection_within: Value[Span] | None = None
    objection_form: Value[Form] | None = None
    silence_is_consent: Value[Flag] | None = None
    tasks: Value[Items] | None = None
    entry_states: Value[Items] | None = None
    named: Value[Words] | None = None
    country: Value[Words] | None = None


class Audit(Frozen):
    """The customer's right to check."""

    audits: Value[Quota] | None = None
    cost_borne_by: Value[Literal["customer", "provider"]] | None = None
    evidence: Value[Items] | None = None


class Confidentiality(Frozen):
    """Secrets of the other party."""

    after_end: Value[Span] | None = None
    unlimited: Value[Flag] | None = None
    disclosure_rules: Value[Items] | None = None
    exceptions: Value[Items] | None = None


class Liability(Frozen):
    """What the provider answers for, and up to what."""

    cap: Value[Literal["fees_of_calendar_year", "fees_of_term", "yearly_maintenance_fee"]] | None = None
    cap_share: Value[Percent] | None = None
    uncapped: Value[Items] | None = None
    excluded: Value[Items] | None = None
    data_loss: Value[Literal["cost_with_proper_backups"]] | None = None
    lapses_after: Value[Span] | None = None
    direct_only: Value[Flag] | None = None


class ForceMajeure(Frozen):
    """Events nobody controls."""

    lasts: Value[Span] | None = None
    counted_from: Value[Counted] | None = None
    then: Value[Literal["right_to_terminate", "ends"]] | None = None
    suspended_from: Value[Literal["notice_received", "notice_sent"]] | None = None
    payment_continues: Value[Flag] | None = None
    events: Value[Items] | None = None
    other_events: Value[Flag] | None = None
    form: Value[Form] | None = None


class Insurance(Frozen):
    """Cover each party must hold."""

    cover: Value[Amount] | None = None
    risks: Value[Items] | None = None
    per: Value[Items] | None = None


class Staff(Frozen):
    """Hiring of the other party's people."""

    no_hiring_after_end: Value[Span] | None = None
    penalty_months: Value[Number] | None = None


class Claims(Frozen):
    """Claims of third parties against one party because of the other."""

    notice_form: Value[Form] | None = None
    told_without_delay: Value[Flag] | None = None
    no_acknowledgement_alone: Value[Flag] | None = None
    remedies: Value[Items] | None = None
    asserted_in: Value[Items] | None = None
    defence_needs: Value[Items] | None = None


class References(Frozen):
    """Naming the customer in public."""

    provider_may_name: Value[Items] | None = None
    marks_need_consent: Value[Form] | None = None

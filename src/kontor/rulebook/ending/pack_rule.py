"""A pack's rule on ordinary notice, with the clauses it rests on and why open texts are read as they are."""

from kontor.rulebook.calc.facts import cited, known, readings
from kontor.rulebook.ending.form import Form
from kontor.rulebook.ending.notice import Counts, Late, NoticeRule, To
from kontor.rulebook.ruling import Clause
from kontor.rulebook.term import TermRule
from kontor.rulebook.terms import law_of
from kontor.rulebook.terms.conclusion import Notice
from kontor.rulebook.terms.pack import TermsPack


def notice_rule(pack: TermsPack, term: TermRule, *, clauses: tuple[Clause, ...] = ()) -> NoticeRule:
    """
    Return what a contract under this pack says about notice.

    clauses  those the terms themselves rest on

    Where the contract is silent: no form, receipt counts if its law says so (BGB 130), and the whole contract ends or
    nothing. Without a law on file receipt counts too, since nobody can act on what has not reached them.
    """
    section = pack.notice or Notice()
    law = law_of(pack)
    counts = known(section.counts) or known(law.notice.counts if law and law.notice else None)
    form, to, late = known(section.form), known(section.to), known(section.late_notice_ends)
    written, partial = known(section.email_is_written), known(section.partial)
    return NoticeRule(
        term,
        form=Form.INFORMAL if form is None else Form(form.value),
        counts=Counts.RECEIVED if counts is None else Counts(counts.value),
        to=To.TERM_END if to is None else To(to.value),
        late=Late.EARLIEST_IN_TIME if late is None else Late(late.value),
        email_is_written=written is not None and written.value,
        partial=partial is not None and partial.value,
        clauses=tuple(dict.fromkeys((*cited(section.period), *clauses, *cited(counts, late)))),
        form_clauses=cited(form),
        part_clauses=cited(partial),
        readings=readings(counts, late),
    )

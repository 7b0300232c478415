"""
What contracts come to, worked out a second time: from the clauses, by fractions, without a line of Kontor's own rules.

Only the standard library is imported here. `deal` says what was agreed and what happened, `life` what follows from it.
"""

"""
Which plans are sold for which product: a plan that belongs to another product cannot be ordered with this one.

>>> from kontor.rulebook import terms
>>> plan_fits(terms.load("leisure"), "web_pro", {"goracing"}).value
False
"""

from collections.abc import Collection

from kontor.rulebook.ruling import Ruling, Text
from kontor.rulebook.terms.pack import TermsPack
from kontor.rulebook.wording import said


def products_of(pack: TermsPack, plan: str) -> tuple[str, ...]:
    """Return the products whose terms list a plan, by key; empty for what is no plan of any."""
    if plan in pack.modules:
        return ()
    return tuple(
        product
        for product, module in pack.modules.items()
        if module.functions and plan in {each.key for each in module.functions.value}
    )


def sold_under(pack: TermsPack) -> frozenset[str]:
    """Return what items of a price list may open under these terms: modules, and the plans of products."""
    functions = [module.functions for module in pack.modules.values()]
    plans = (each.key for stated in functions if stated for each in stated.value)
    return frozenset((*pack.modules, *plans))


def plan_fits(pack: TermsPack, plan: str, products: Collection[str]) -> Ruling[bool]:
    """
    Tell whether a plan can be ordered by who has, or orders with it, these products.

    What the terms list for no product is no such plan, and fits.
    """
    for_these = products_of(pack, plan)
    inputs = (("plan", plan), ("products", ", ".join(sorted(products))))
    if not for_these:
        return Ruling(True, (), inputs, (Text("Der Tarif hängt an keinem Produkt.", "The plan needs no product."),))
    found = next((product for product in for_these if product in products), None)
    functions = [module.functions for key, module in pack.modules.items() if key in for_these]
    clauses = tuple(dict.fromkeys(clause for stated in functions if stated for clause in stated.clauses))
    names = [pack.modules[product].label for product in for_these]
    step = said(
        "Den Tarif gibt es zu: {names}.",
        "The plan is sold with: {names}.",
        names=Text(", ".join(name.de for name in names), ", ".join(name.en for name in names)),
    )
    return Ruling(found is not None, clauses, inputs, (step,))

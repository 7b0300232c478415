"""The rates and sections the tests of VAT stand on, as the law packs give them."""

from datetime import date
from decimal import Decimal

from kontor.rulebook.ruling import Clause
from kontor.rulebook.vat_rates import VatCategory, VatLaw, VatRate

STANDARD_DE = Clause("law-de", "UStG § 12 (1)")
REDUCED_DE = Clause("law-de", "UStG § 12 (2)")
ZERO_DE = Clause("law-de", "UStG § 12 (3)")
LOWERED = Clause("law-de", "UStG § 28 (1)–(3)")
MADE_AT_END = Clause("law-de", "UStG § 13 (1) Nr. 1 a")
PLACE_DE = Clause("law-de", "UStG § 3a (2)")
REVERSE_DE = Clause("law-de", "UStG § 13b")
DIRECTIVE = Clause("law-de", "Art. 196 Directive 2006/112/EC")
DELIVERY_DE = Clause("law-de", "UStG § 6a")
EXPORT_DE = Clause("law-de", "UStG § 6")
PLACE_FR = Clause("law-fr", "CGI art. 259")
RATE_FR = Clause("law-fr", "CGI art. 278")

GERMANY = VatLaw(
    country="DE",
    rates=(
        VatRate("standard", Decimal(19), date(2007, 1, 1), date(2020, 7, 1), STANDARD_DE),
        VatRate("standard", Decimal(16), date(2020, 7, 1), date(2021, 1, 1), LOWERED),
        VatRate("standard", Decimal(19), date(2021, 1, 1), None, STANDARD_DE),
        VatRate("reduced", Decimal(7), date(1983, 7, 1), date(2020, 7, 1), REDUCED_DE),
        VatRate("reduced", Decimal(5), date(2020, 7, 1), date(2021, 1, 1), LOWERED),
        VatRate("reduced", Decimal(7), date(2021, 1, 1), None, REDUCED_DE),
        VatRate("zero", Decimal(0), date(2023, 1, 1), None, ZERO_DE),
    ),
    grounds={
        VatCategory.REVERSE_CHARGE: (DIRECTIVE, PLACE_DE, REVERSE_DE),
        VatCategory.INTRA_COMMUNITY: (DELIVERY_DE,),
        VatCategory.EXPORT: (EXPORT_DE,),
        VatCategory.OUTSIDE: (PLACE_DE,),
    },
)
FRANCE = VatLaw(
    country="FR",
    rates=(
        VatRate("standard", Decimal(20), date(2014, 1, 1), None, RATE_FR),
        VatRate("intermediate", Decimal(10), date(2014, 1, 1), None, RATE_FR),
        VatRate("reduced", Decimal("5.5"), date(2014, 1, 1), None, RATE_FR),
        VatRate("particular", Decimal("2.1"), date(2014, 1, 1), None, RATE_FR),
    ),
    grounds={VatCategory.REVERSE_CHARGE: (PLACE_FR,), VatCategory.OUTSIDE: (PLACE_FR,)},
)

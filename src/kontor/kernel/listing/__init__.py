"""A list that is searched, filtered, sorted, paged and exported by what stands in its address."""

from kontor.kernel.listing.columns import Choice, Column
from kontor.kernel.listing.page import Listing

__all__ = ["Choice", "Column", "Listing"]

"""Invoices and payments over the REST API."""

from kontor.office.books.api import invoices, payments
from kontor.office.books.api.mounted import endpoints

__all__ = ["endpoints", "invoices", "payments"]

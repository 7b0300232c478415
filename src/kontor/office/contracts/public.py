"""What products may use of contracts: the records that local installations exchange with the house's servers."""

from kontor.office.contracts.actions.synchronising import Taken, Told, put_record

__all__ = ["Taken", "Told", "put_record"]

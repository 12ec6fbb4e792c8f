"""Orders as plain values, for the tests of what is invoiced."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sales_order_ext.invoicing.calendar import Schedule
from sales_order_ext.invoicing.facts import AFTER_DELIVERY, InvoiceKey, Movement, OrderFacts, RowFacts

DAY = date(2026, 1, 31)
MONTHLY = Schedule("Monthly", days=(31,), cut_offs=(25,))


def moved(qty: int, day: str, counts_on: str | None = None) -> Movement:
	return Movement(Decimal(qty), date.fromisoformat(day), date.fromisoformat(counts_on or day))


def row(name="A", qty=10, rate=100, invoiced=0, **fields) -> RowFacts:
	numbers = {"qty": Decimal(qty), "rate": Decimal(rate), "invoiced": Decimal(invoiced)}
	return RowFacts(name, ord(name), f"ITEM-{name}", amount=Decimal(qty * rate), **numbers, **fields)


def service(name="S", **fields) -> RowFacts:
	return row(name, qty=1, rate=80, needs_delivery=False, **fields)


def order(*rows: RowFacts, term=AFTER_DELIVERY, name="SO-1", customer="Arbor", **fields) -> OrderFacts:
	key = fields.pop("key", InvoiceKey("Hillside", customer, "USD"))
	return OrderFacts(name, key, term, date(2026, 1, 10), rows, **fields)

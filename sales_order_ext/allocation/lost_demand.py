"""Lost Demand in the database: what customers wanted and did not get."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal

import frappe

DOCTYPE = "Lost Demand"
QUOTATION_LOST, OPPORTUNITY_LOST = "Quotation Lost", "Opportunity Lost"
BACK_ORDER_CANCELLED, SHORTENED = "Back Order Cancelled", "Shortened"


@dataclass(frozen=True)
class LostRow:
	"""A row that was wanted: `qty` in stock units, `amount` net in the company's currency."""

	cause: str
	company: str
	posting_date: date
	reference_doctype: str
	reference_name: str
	reference_row: str
	qty: Decimal
	amount: Decimal
	item_code: str | None = None
	item_name: str | None = None
	warehouse: str | None = None
	customer: str | None = None
	party_name: str | None = None
	reasons: str | None = None
	competitors: str | None = None


def record(rows: Iterable[LostRow]) -> list[str]:
	"""Keep rows as lost; return the names of their records. A row that is kept already is left out."""
	names = []
	for row in rows:
		known = {"cause": row.cause, "reference_name": row.reference_name, "reference_row": row.reference_row}
		if not frappe.db.exists(DOCTYPE, known):
			values = asdict(row) | {"qty": float(row.qty), "amount": float(row.amount)}
			names.append(frappe.get_doc({"doctype": DOCTYPE, **values}).insert(ignore_permissions=True).name)
	return names


def add(row: LostRow) -> None:
	"""Keep a row as lost; where some of it is kept already, the quantities add up."""
	known = {"cause": row.cause, "reference_name": row.reference_name, "reference_row": row.reference_row}
	kept = frappe.db.get_value(DOCTYPE, known, ["name", "qty", "amount"], as_dict=True)
	if not kept:
		record([row])
		return
	values = {"qty": kept.qty + float(row.qty), "amount": kept.amount + float(row.amount)}
	frappe.db.set_value(DOCTYPE, kept.name, values)


def forget(reference_doctype: str, reference_name: str) -> None:
	"""Drop what was kept of a document that is not lost any more."""
	frappe.db.delete(DOCTYPE, {"reference_doctype": reference_doctype, "reference_name": reference_name})

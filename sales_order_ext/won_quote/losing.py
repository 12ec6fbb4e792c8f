"""Loses and reopens in the database: quotations, opportunities, and what was wanted in vain."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate, now_datetime

from sales_order_ext import errors, inputs, transactions
from sales_order_ext.allocation import records as allocation
from sales_order_ext.decimals import ZERO, to_decimal
from sales_order_ext.errors import OpportunityLostError
from sales_order_ext.markup import as_html
from sales_order_ext.won_quote import facts, quotes, rules
from sales_order_ext.won_quote.messages import MESSAGES

REASONS = {"Opportunity": "Opportunity Lost Reason", "Quotation": "Quotation Lost Reason"}


def names_in(rows: Any, field: str) -> list[str]:
	"""Return the names in a JSON list of texts or of rows with that field; a single text is one name."""
	is_name = isinstance(rows, str) and not rows.strip().startswith(("[", "{", '"'))
	rows = [rows] if is_name else inputs.rows(rows, field)
	found = [str(row.get(field) or "") if isinstance(row, dict) else str(row).strip() for row in rows]
	return list(dict.fromkeys(name for name in found if name))


def ensure_reasons(reasons: Sequence[str]) -> None:
	"""Throw for reasons that nobody has set up; make those that only one of the two DocTypes knows."""
	filters = {"name": ("in", list(reasons))}
	known = {
		kind: set(frappe.get_all(kind, filters, pluck="name", order_by="name")) for kind in REASONS.values()
	}
	everywhere = set().union(*known.values())
	unknown = [reason for reason in reasons if reason not in everywhere]
	if unknown:
		frappe.throw(
			_("There is no lost reason {0}. Make one first, or choose another.").format(
				as_html(", ".join(unknown))
			),
			OpportunityLostError,
		)
	for kind, field in (
		("Opportunity Lost Reason", "lost_reason"),
		("Quotation Lost Reason", "order_lost_reason"),
	):
		for reason in reasons:
			if reason not in known[kind]:
				frappe.get_doc({"doctype": kind, field: reason}).insert(ignore_permissions=True)


def lose(doc: Document, reasons: list[str], competitors: list[str], detail: str | None) -> list[str]:
	"""Lose an opportunity with its open quotations; return those. Locks quotations first, as winning does."""
	names = [row.name for row in quotes.quotations_of(doc.name)]
	transactions.start_fresh()
	transactions.lock_rows("Quotation", names)
	transactions.lock_rows("Opportunity", [doc.name])
	doc.reload()
	if doc.status == "Lost":
		return []
	found = quotes.quotations_of(doc.name)
	ordered = [row.name for row in found if rules.has_orders(row.status)]
	errors.throw_all(rules.lose_blockers(doc.name, doc.status, ordered, reasons), MESSAGES)
	ensure_reasons(reasons)
	open_ones = [row.name for row in found if row.status not in ("Lost", "Cancelled")]
	for name in open_ones:
		lose_quotation(name, reasons, competitors, detail)
	lose_opportunity(doc.name, reasons, competitors, detail)
	return open_ones


def lose_one(doc: Document, reasons: list[str], competitors: list[str], detail: str | None) -> None:
	"""Lose a single quotation."""
	transactions.start_fresh()
	transactions.lock_rows("Quotation", [doc.name])
	doc.reload()
	if doc.status == "Lost":
		return
	ordered = [doc.name] if rules.has_orders(doc.status) else []
	errors.throw_all(rules.lose_blockers(doc.opportunity or "", doc.status, ordered, reasons), MESSAGES)
	ensure_reasons(reasons)
	lose_quotation(doc.name, reasons, competitors, detail)


def lose_quotation(name: str, reasons: Sequence[str], competitors: Sequence[str], detail: str | None) -> None:
	"""Declare a quotation lost as ERPNext does; our event keeps what was wanted."""
	quotation = frappe.get_doc("Quotation", name)
	quotation.declare_enquiry_lost(
		[{"lost_reason": reason} for reason in reasons],
		[{"competitor": competitor} for competitor in competitors],
		detail,
	)


def lose_opportunity(
	name: str, reasons: Sequence[str], competitors: Sequence[str], detail: str | None
) -> None:
	"""Declare an opportunity lost as ERPNext does, once its quotations are."""
	opportunity = frappe.get_doc("Opportunity", name)
	opportunity.declare_enquiry_lost(
		[{"lost_reason": reason} for reason in reasons],
		[{"competitor": competitor} for competitor in competitors],
		detail,
	)


def reopen(opportunity: Document) -> str:
	"""Open an opportunity that is over; return its new status. The timeline tells what it was."""
	open_ones = [
		row
		for row in quotes.quotations_of(opportunity.name)
		if row.status not in ("Lost", "Ordered", "Expired")
	]
	before, status = opportunity.status, rules.reopened_status(bool(open_ones))
	opportunity.db_set("status", status)
	opportunity.add_comment("Info", _("reopened; it was {0}").format(_(before)))
	note_reopened(opportunity)
	return status


def note_reopened(opportunity: Document) -> None:
	"""Remember when an opportunity was opened again: what was ordered before does not close it any more."""
	opportunity.db_set("soe_reopened_on", now_datetime(), notify=False)
	forget(opportunity)


def follow_reopened(quotation: Document) -> None:
	"""Call a reopened opportunity quoted when a new quotation of it is submitted."""
	name = quotes.opportunity_of(quotation)
	fields = ["status", "soe_reopened_on"]
	status, reopened_on = (name and frappe.db.get_value("Opportunity", name, fields)) or (None, None)
	if status == facts.CONVERTED and reopened_on and not quotes.ordered_since(name, reopened_on):
		frappe.get_doc("Opportunity", name).db_set("status", facts.QUOTED)


def keep_quotation(doc: Document) -> list[str]:
	"""Keep every row of a lost quotation as lost demand, its alternatives excepted."""
	reasons, competitors = _told(doc)
	customer = quotes.customer_of(doc)
	rows = []
	for row in doc.items:
		qty = to_decimal(row.stock_qty)
		if row.is_alternative or not qty:
			continue
		rows.append(
			allocation.LostRow(
				cause=allocation.QUOTATION_LOST,
				company=doc.company,
				posting_date=getdate(),
				reference_doctype=doc.doctype,
				reference_name=doc.name,
				reference_row=row.name,
				qty=qty,
				amount=to_decimal(row.base_net_amount),
				item_code=row.item_code,
				item_name=row.item_name,
				warehouse=row.warehouse,
				customer=customer,
				party_name=doc.customer_name or doc.party_name,
				reasons=reasons,
				competitors=competitors,
			)
		)
	return allocation.record_lost_demand(rows)


def keep_opportunity(doc: Document) -> list[str]:
	"""Keep what was wanted by an opportunity that was lost before anything was quoted."""
	if quotes.quotations_of(doc.name):
		return []
	reasons, competitors = _told(doc)
	customer = doc.party_name if doc.opportunity_from == "Customer" else None
	wanted = [
		(row.name, row.item_code, row.item_name, to_decimal(row.qty), to_decimal(row.base_amount))
		for row in doc.items
	] or [("", None, None, ZERO, _worth(doc))]
	return allocation.record_lost_demand(
		allocation.LostRow(
			cause=allocation.OPPORTUNITY_LOST,
			company=doc.company,
			posting_date=getdate(),
			reference_doctype=doc.doctype,
			reference_name=doc.name,
			reference_row=row,
			qty=qty,
			amount=amount,
			item_code=item_code,
			item_name=item_name,
			customer=customer,
			party_name=doc.customer_name or doc.party_name,
			reasons=reasons,
			competitors=competitors,
		)
		for row, item_code, item_name, qty, amount in wanted
		if qty or amount
	)


def _worth(doc: Document) -> Decimal:
	"""Return what an opportunity without rows is worth, in the company's currency."""
	own = to_decimal(doc.opportunity_amount) * (to_decimal(doc.conversion_rate) or 1)
	return to_decimal(doc.base_opportunity_amount) or own


def _told(doc: Document) -> tuple[str, str]:
	reasons = [row.lost_reason for row in doc.lost_reasons]
	return "\n".join(reasons), "\n".join(row.competitor for row in doc.competitors)


def forget(doc: Document) -> None:
	"""Drop what was kept of a document that is not lost any more."""
	allocation.forget_lost_demand(doc.doctype, doc.name)


def find_again(names: Iterable[tuple[str, str]]) -> None:
	"""Give quotations that a pass lost their status back: (quotation, status before)."""
	for name, status in names:
		quotation = frappe.get_doc("Quotation", name)
		quotation.db_set("status", status or "Open")
		frappe.db.delete("Quotation Lost Reason Detail", {"parenttype": "Quotation", "parent": name})
		allocation.forget_lost_demand("Quotation", name)

"""Orders over what a project or ticket used: hours, materials, expenses, each billed once.

What an order bills is kept on it (`Sales Order Charge`) and counts while that order stands: once it is
cancelled, replaced or deleted, or the row is removed, the hours can be billed again. Whoever makes such an
order locks the project or ticket and what it used first, and then reads what is billed with locks.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_days, formatdate, getdate

from sales_order_ext import transactions
from sales_order_ext.decimals import to_decimal
from sales_order_ext.errors import NothingToBillError
from sales_order_ext.markup import as_html
from sales_order_ext.order_entry import billing, used
from sales_order_ext.order_entry.billing import BilledLine, Charge
from sales_order_ext.order_entry.lines import CUSTOM

CHARGE = "Sales Order Charge"
# Work may be planned ahead; who added it decides what of it is billed.
A_LONG_TIME = 36500


def order_for_project(project: Document, up_to: date) -> Document:
	"""Insert and return the draft order over what a project used until a day."""
	_lock(project)
	return _order(project, used.Where(project=project.name, up_to=up_to), project.name)


def order_for_issue(issue: Document) -> Document:
	"""Insert and return the draft order over what a ticket used until today."""
	_lock(issue)
	return _order(issue, used.Where(issue=issue.name, up_to=getdate()), issue.get("project"))


def tidy(order: Document) -> None:
	"""Let go of what rows billed that are no longer on the order; forget keys that bill nothing."""
	if not order.get("soe_charges") and not any(row.get("soe_charge_key") for row in order.get("items")):
		return
	keys = {row.get("soe_charge_key") for row in order.items}
	kept = [charge for charge in order.get("soe_charges") if charge.charge_key in keys]
	if len(kept) != len(order.get("soe_charges")):
		order.set("soe_charges", kept)
	_refuse_foreign(order, kept)
	billed = {charge.charge_key for charge in kept}
	for row in order.items:
		if row.get("soe_charge_key") and row.soe_charge_key not in billed:
			row.soe_charge_key = None


def _refuse_foreign(order: Document, kept: Collection[Document]) -> None:
	"""Throw where somebody adds what was not used for the order's project or ticket, or what they may not see."""
	if order.flags.soe_over_used:
		return
	stored = frappe.get_all(
		CHARGE, {"parent": ("in", _ancestors(order))}, pluck="source_row", order_by="name"
	)
	known = set(stored)
	added = {charge.source_row: charge for charge in kept if charge.source_row not in known}
	if not added:
		return
	for charge in _unbilled(_used_for(order)):
		if charge.row in added and added[charge.row].source_name == charge.document:
			del added[charge.row]
	for charge in added.values():
		frappe.throw(
			_(
				"{0} {1} has nothing to bill for this order. Make the order from its project or ticket."
			).format(_(charge.source_doctype), as_html(charge.source_name)),
			NothingToBillError,
		)


def _ancestors(order: Document) -> list[str]:
	"""Return the order as it is stored, and those of its customer whose charges it takes over."""
	names = [order.name or "", order.get("soe_replaced_order") or "", order.get("amended_from") or ""]
	filters = {"name": ("in", names), "customer": order.customer}
	return frappe.get_all("Sales Order", filters, pluck="name", order_by="name")


def _used_for(order: Document) -> list[Charge]:
	"""Return what was used for the order's project or ticket, as far as the user may make an order of it."""
	found: list[Charge] = []
	for field, doctype in (("project", "Project"), ("soe_issue", "Issue")):
		name = order.get(field)
		if name and frappe.has_permission(doctype, "read", doc=name):
			found += used.charges(
				used.Where(add_days(getdate(), A_LONG_TIME), **{doctype.lower(): name}), order
			)
	return found


def mark_timesheets(invoice: Document) -> None:
	"""Tell ERPNext's timesheets that an invoice bills (or, cancelled, no longer bills) their hours."""
	rows = [row.so_detail for row in invoice.items if row.get("so_detail")]
	details = _details_of(rows) if rows and not invoice.get("is_return") else {}
	for name in sorted(details):
		timesheet = frappe.get_doc("Timesheet", name)
		for log in timesheet.time_logs:
			if log.name in details[name] and (not log.sales_invoice or log.sales_invoice == invoice.name):
				log.sales_invoice = invoice.name if invoice.docstatus == 1 else None
		timesheet.calculate_total_amounts()
		timesheet.calculate_percentage_billed()
		timesheet.flags.ignore_validate_update_after_submit = True
		timesheet.set_status()
		timesheet.db_update_all()


def _lock(doc: Document) -> None:
	transactions.start_fresh()
	transactions.lock_rows(doc.doctype, [doc.name])
	transactions.hold_locks()


def _order(source: Document, where: used.Where, project: str | None) -> Document:
	if not source.get("customer"):
		frappe.throw(
			_("{0} {1} has no customer. Name one there to bill it.").format(_(source.doctype), source.name),
			NothingToBillError,
		)
	order = frappe.new_doc("Sales Order")
	order.update({"customer": source.customer, "project": project, "order_type": "Maintenance",
		"company": source.get("company") or frappe.defaults.get_user_default("Company"),
		"transaction_date": getdate(), "delivery_date": getdate(), "skip_delivery_note": 1,
		"soe_issue": source.name if source.doctype == "Issue" else None})  # fmt: skip
	order.run_method("set_missing_values")
	found = _unbilled(used.charges(where, order))
	order.flags.soe_over_used = True
	lines = billing.lines(found)
	if not lines:
		frappe.throw(
			_(
				"{0} {1} has nothing to bill: all its billable hours, materials and expenses are billed."
			).format(_(source.doctype), source.name),
			NothingToBillError,
		)
	for line in lines:
		_append(order, line)
	return order.insert()


def _append(order: Document, line: BilledLine) -> None:
	key = frappe.generate_hash(length=10)
	first, last = (formatdate(day) for day in billing.period(line))
	when = first if first == last else _("{0} to {1}").format(first, last)
	row = {"qty": float(line.qty), "rate": float(line.rate), "soe_charge_key": key,
		"item_name": line.name[:140], "description": f"{line.name}, {when}"}  # fmt: skip
	if line.kind == billing.LABOUR and used.is_sold(line.what):
		row |= {"item_code": line.what}
	else:
		row |= {"soe_line_type": CUSTOM, "uom": line.uom or None}
	order.append("items", row)
	for charge in line.charges:
		values = {"charge_key": key, "source_doctype": charge.kind, "source_name": charge.document}
		amount = float(charge.qty * charge.rate * to_decimal(order.conversion_rate or 1))
		order.append(
			"soe_charges",
			{**values, "source_row": charge.row, "qty": float(charge.qty), "amount": amount},
		)


def _unbilled(charges: Iterable[Charge]) -> list[Charge]:
	"""Return those that no standing order bills, as committed now."""
	charges = list(charges)
	if not charges:
		return []
	mark, order = frappe.qb.DocType(CHARGE), frappe.qb.DocType("Sales Order")
	query = frappe.qb.from_(mark).join(order).on(order.name == mark.parent).select(mark.source_row)
	query = query.where(mark.source_row.isin(sorted(charge.row for charge in charges)))
	query = query.where((order.docstatus < 2) & (order.soe_is_cancelled == 0))
	billed = set(query.orderby(mark.source_row).for_update().run(pluck=True))
	return [charge for charge in charges if charge.row not in billed]


def _details_of(rows: Collection[str]) -> dict[str, set[str]]:
	"""Return {timesheet: rows of it} that the order rows bill."""
	row, mark = frappe.qb.DocType("Sales Order Item"), frappe.qb.DocType(CHARGE)
	query = frappe.qb.from_(row).join(mark)
	query = query.on((mark.parent == row.parent) & (mark.charge_key == row.soe_charge_key))
	query = query.select(mark.source_name, mark.source_row)
	query = query.where(row.name.isin(list(rows)) & (mark.source_doctype == billing.LABOUR))
	found: dict[str, set[str]] = {}
	for timesheet, detail in query.orderby(mark.source_row).run():
		found.setdefault(timesheet, set()).add(detail)
	return found

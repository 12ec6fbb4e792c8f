"""What a step would do to an order, said before it is done. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterable

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt

from sales_order_ext import access, errors, preferences
from sales_order_ext.allocation import records as allocation
from sales_order_ext.decimals import ZERO, text
from sales_order_ext.invoicing import records as invoicing
from sales_order_ext.order_type import printing, records, rules
from sales_order_ext.order_type.changes import state_of
from sales_order_ext.order_type.messages import EXPLANATIONS, MESSAGES
from sales_order_ext.order_type.rules import OrderType


def description(order_type: OrderType) -> dict[str, object]:
	"""Return what a type does, for the order's form."""
	return {
		"order_type": order_type.name,
		"explanation": [str(EXPLANATIONS[code]) for code in rules.explanation(order_type)],
		"presets": dict(order_type.presets) | {"invoice_term": order_type.invoice_term},
		"blocked": order_type.blocked,
		"waits": order_type.waits,
		"sourcing": order_type.sourcing,
		"document_kind": order_type.document_kind,
	}


def of_processing(order: Document) -> dict[str, object]:
	"""Return what processing an order would do: `deliver` and `back_order` rows, `notes`, `blockers`."""
	blockers = [errors.sentence(one, MESSAGES) for one in rules.process_violations(state_of(order))]
	if blockers:
		return {"deliver": [], "back_order": [], "notes": [], "blockers": blockers}
	can_have = allocation.deliverable(order.name)
	records_back_orders = records.type_of(order).back_orders_on_processing
	waits = records_back_orders and preferences.of(order).enable_back_orders
	rest = _rest(order, can_have) if waits else []
	return {
		"deliver": _deliverable(order, can_have),
		"back_order": rest,
		"notes": [_invoice_note(order)],
		"blockers": [],
	}


def of_change(order: Document, wanted: OrderType) -> dict[str, object]:
	"""Return what changing the type of a booked order would do: `notes` and `blockers`."""
	blockers = [errors.sentence(one, MESSAGES) for one in rules.change_violations(state_of(order), wanted)]
	on = preferences.of(order)
	notes = [str(EXPLANATIONS[code]) for code in rules.explanation(wanted)]
	if on.enable_stock_reservations:
		notes += _reservation_notes(order, wanted)
	return {"notes": notes, "blockers": blockers}


def _reservation_notes(order: Document, wanted: OrderType) -> list[str]:
	rows = allocation.order_rows([order.name]).get(order.name, [])
	if not wanted.allocates:
		if any(row.reserved for row in rows):
			return [_("What is reserved for the order is given back.")]
		return []
	short = allocation.shortages(order.name)
	gets = sum((row.short - short.get(row.row, ZERO) for row in rows), ZERO)
	misses = sum(short.values(), ZERO)
	notes = [_("{0} more will be reserved now.").format(text(gets))] if gets else []
	return notes + ([_("{0} is not there and stays short.").format(text(misses))] if misses else [])


def _deliverable(order: Document, can_have: dict) -> list[dict]:
	"""Return the rows that processing delivers; those that need no stock go with the goods."""
	goods = {row.name: can_have[row.name] for row in order.items if can_have.get(row.name)}
	with_goods = bool(goods) or not can_have
	found = []
	for row in order.items:
		owed = flt(row.qty) - flt(row.delivered_qty)
		if row.delivered_by_supplier or owed <= 0:
			continue
		if row.name in goods:
			found.append(_line(row, flt(goods[row.name]) / (flt(row.conversion_factor) or 1)))
		elif row.name not in can_have and with_goods:
			found.append(_line(row, owed))
	return found


def _rest(order: Document, can_have: dict) -> list[dict]:
	rows = {row.row: row.owed for row in allocation.order_rows([order.name]).get(order.name, [])}
	missing = {name: owed - can_have.get(name, ZERO) for name, owed in rows.items()}
	return [
		_line(row, flt(missing[row.name]) / (flt(row.conversion_factor) or 1))
		for row in order.items
		if missing.get(row.name, ZERO) > 0
	]


def _line(row: Document, qty: float) -> dict[str, object]:
	return {
		"row": row.name,
		"item_code": row.item_code,
		"item_name": row.item_name,
		"qty": flt(qty, row.precision("qty")),
		"uom": row.uom,
	}


def _invoice_note(order: Document) -> str:
	term = order.get("soe_invoice_term") if preferences.get(invoicing.SWITCH, order.company) else ""
	if not term:
		return _("What is delivered is invoiced.")
	return _("It is invoiced by its term: {0}.").format(_(term))


def on_forward(company: str, pairs: Iterable[tuple[str, str]]) -> list[dict[str, object]]:
	"""Return {item_code, warehouse, on_order, on_forward_order} for each (item code, warehouse).

	Items and warehouses that the acting user may not read are left out.
	"""
	wanted = sorted(access.readable_stock({(item, place) for item, place in pairs if item and place}))
	forward = records.forward_quantities(company, wanted)
	ordered = records.bins(wanted) if wanted else {}
	return [
		{
			"item_code": item,
			"warehouse": place,
			"on_order": float(ordered.get((item, place), ZERO)),
			"on_forward_order": float(forward.get((item, place), ZERO)),
		}
		for item, place in wanted
	]


def printing_of(order: Document) -> dict[str, object]:
	"""Return whether an order is printed now and in which format."""
	return {
		"print": printing.prints_now(order),
		"print_format": printing.format_of(order),
		"printed": bool(order.get("soe_printed")),
	}


def choice_of(order_type: str | None, customer: str | None, company: str | None) -> OrderType:
	"""Return the named type, else the one that an order of the customer would get."""
	known = customer and access.readable_names("Customer", [customer])
	doc = frappe._dict(customer=customer if known else None, company=company)
	return records.load(order_type or records.default_type(doc)) or rules.UNTYPED

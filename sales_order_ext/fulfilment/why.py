"""Answers "why?" for each row of an order that is not reserved, delivered or invoiced."""

from __future__ import annotations

from typing import Any

from frappe.model.document import Document
from frappe.utils import formatdate, getdate

from sales_order_ext import errors, preferences
from sales_order_ext.allocation import records as allocation
from sales_order_ext.decimals import ZERO
from sales_order_ext.fulfilment import overview, reasons, records, trails
from sales_order_ext.fulfilment.messages import MESSAGES
from sales_order_ext.fulfilment.reasons import OrderSituation, RowSituation
from sales_order_ext.fulfilment.rules import RowFacts
from sales_order_ext.invoicing import records as invoicing
from sales_order_ext.order_type import records as order_types
from sales_order_ext.violations import Violation


def answers(order: Document) -> list[dict[str, Any]]:
	"""Return each row that lacks something: `row`, `idx`, `item_code`, and its `answers`.

	An answer has `about` (Reserved, Delivered, Invoiced), `code`, `reason` (a sentence) and `button`: the
	label of the form's button that mends it, or None.
	"""
	lines = records.read_lines(order)
	facts = overview.stages(lines, trails.read_links(lines))
	situation = _situation(order)
	rows = _row_situations(order, facts)
	unbilled = _not_invoiced(order)
	found = []
	for row in lines.rows:
		seen = rows[row.name]
		answered = [
			_answer(reasons.RESERVED, reasons.not_reserved(situation, seen)),
			_answer(reasons.DELIVERED, reasons.not_delivered(situation, seen)),
			unbilled.get(row.name),
		]
		if any(answered):
			kept = [one for one in answered if one]
			found.append({"row": row.name, "idx": row.idx, "item_code": row.item_code, "answers": kept})
	return found


def _situation(order: Document) -> OrderSituation:
	order_type = order_types.type_of(order)
	return OrderSituation(
		name=order.name,
		booked=order.docstatus == 1,
		closed=order.status in ("Closed", "On Hold"),
		type_name=order_type.name,
		reserves=bool(preferences.of(order).enable_stock_reservations),
		allocates=order_type.allocates,
		blocked=order_type.blocked,
	)


def _row_situations(order: Document, facts: dict[str, RowFacts]) -> dict[str, RowSituation]:
	wanted = {row.row: row for row in allocation.order_rows([order.name]).get(order.name, [])}
	stock = allocation.stock_facts({row.stock for row in wanted.values()}, order.customer, {order.name})
	waiting = allocation.promises(order.name)
	found = {}
	for name, of_row in facts.items():
		pair = stock.get(wanted[name].stock) if name in wanted else None
		qty, promised = waiting.get(name, (ZERO, None))
		found[name] = RowSituation(
			of_row,
			free=pair.free if pair else ZERO,
			kept=pair.held + pair.earmarked + pair.keep_level if pair else ZERO,
			waiting=qty,
			promised=promised,
		)
	return found


def _answer(about: str, reason: Violation | None) -> dict[str, Any] | None:
	if not reason:
		return None
	facts = dict(reason.facts)
	if facts.get("day"):
		facts["day"] = formatdate(facts["day"])
	return {
		"about": about,
		"code": reason.code,
		"reason": errors.sentence(Violation(reason.code, facts), MESSAGES),
		"button": reasons.BUTTONS.get(reason.code),
	}


def _not_invoiced(order: Document) -> dict[str, dict[str, Any]]:
	"""Return {row: answer} of what invoice terms say is not invoiced yet, where they are switched on."""
	if order.docstatus != 1 or not preferences.get(invoicing.SWITCH, order.company):
		return {}
	return {
		row["so_detail"]: {
			"about": reasons.INVOICED,
			"code": row["code"],
			"reason": row["reason"],
			"button": reasons.BUTTONS.get(row["code"]),
		}
		for row in invoicing.explained(order.name, getdate())
		if row["code"] not in ("invoiced", "billed_in_full", "no_quantity")
	}

"""Answers "why?" for each row of an order that is not reserved, delivered or invoiced."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from frappe.model.document import Document
from frappe.utils import flt, formatdate, getdate

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

	An answer has `about` (Reserved, Delivered, Invoiced), `code`, `reason` (a sentence) and what mends it:
	`button`, the label of a button of the form, or `opens`, a kind of document or a field of the form.
	"""
	lines = records.read_lines(order)
	facts = overview.stages(lines, trails.read_links(lines))
	situation = _situation(order)
	rows = _row_situations(order, facts)
	unbilled = _not_invoiced(order, situation, rows)
	found = []
	for row in lines.rows:
		seen = rows[row.name]
		delivered = _answer(order, reasons.DELIVERED, reasons.not_delivered(situation, seen))
		answered = [
			_answer(order, reasons.RESERVED, reasons.not_reserved(situation, seen)),
			delivered,
			_after(delivered, unbilled.get(row.name)),
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
		closed=order.status == "Closed",
		on_hold=order.status == "On Hold",
		billed=flt(order.per_billed) >= 100,
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


def _answer(order: Document, about: str, reason: Violation | None) -> dict[str, Any] | None:
	if not reason:
		return None
	facts = dict(reason.facts)
	if facts.get("day"):
		facts["day"] = formatdate(facts["day"])
	return _told(order, about, reason.code, errors.sentence(Violation(reason.code, facts), MESSAGES))


def _told(order: Document, about: str, code: str, reason: str) -> dict[str, Any]:
	button = reasons.button(code, lambda switch: bool(getattr(preferences.of(order), switch)))
	opens = None if button else reasons.OPENS.get(code)
	return {"about": about, "code": code, "reason": reason, "button": button, "opens": opens}


def _after(delivered: dict[str, Any] | None, invoiced: dict[str, Any] | None) -> dict[str, Any] | None:
	"""Return why a row is not invoiced: where that waits for its delivery, what mends the one mends the other."""
	if delivered and invoiced and invoiced["code"] in reasons.WAIT_FOR_DELIVERY:
		return invoiced | {key: delivered[key] for key in ("button", "opens")}
	return invoiced


def _not_invoiced(
	order: Document, situation: OrderSituation, rows: Mapping[str, RowSituation]
) -> dict[str, dict[str, Any] | None]:
	"""Return {row: answer} of what is not invoiced yet: by invoice terms, where they are switched on."""
	if order.docstatus != 1 or not preferences.get(invoicing.SWITCH, order.company):
		return {
			name: _answer(order, reasons.INVOICED, reasons.not_invoiced(situation, seen))
			for name, seen in rows.items()
		}
	return {
		row["so_detail"]: _told(order, reasons.INVOICED, row["code"], row["reason"])
		for row in invoicing.explained(order.name, getdate())
		if row["code"] not in ("invoiced", "billed_in_full", "no_quantity")
	}

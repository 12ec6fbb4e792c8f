"""Soft allocation: stock is held for the rows of an order while it is typed, and while it is a draft.

Invariant: live holds of all drafts together never exceed what is free. A draft that was saved holds what
its stored rows hold; one that was never saved holds for some minutes only.
"""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import format_time, get_fullname

from sales_order_ext import transactions
from sales_order_ext.allocation import availability, holding, holds
from sales_order_ext.allocation.holding import Line, Stock
from sales_order_ext.allocation.tables import number
from sales_order_ext.decimals import ZERO, text
from sales_order_ext.markup import as_html
from sales_order_ext.order_type import records as order_types

SWITCH = "enable_soft_allocation"


def hold_row(key: str, line: Line, customer: str | None, order: str | None) -> dict[str, object]:
	"""Hold stock for one row of a form, beside what the form's other rows hold.

	Returns `held`, `free` (what this row can have), `short`, and `others` (`user`, `qty`, `until`).
	"""
	pairs = {stock for stock, _per in line.parts}
	transactions.lock_for((), pairs)
	existing = holds.of_documents([key])
	free = _free_beside(pairs, customer, key, [one for one in existing if one.row_key != line.row])
	held = holding.can_have(line, free)
	own = [one for one in existing if one.row_key == line.row]
	company = frappe.get_cached_value("Warehouse", line.parts[0][0][1], "company")
	values = _values(key, company, customer, order)
	holds.store(own, holding.parts_held([line], {line.row: held}), values)
	return answer(line, held, free, holds.others(pairs, [key]))


def answer(
	line: Line, held: Decimal, free: dict[Stock, Decimal], others: dict[Stock, list[dict]]
) -> dict[str, object]:
	"""Return what a row holds, can have and misses, and who else holds it. In stock units of the row."""
	return {
		"held": float(held),
		"free": float(holding.sets_free(line, free)),
		"short": float(max(line.qty - held, ZERO)),
		"others": [one for stock, _per in line.parts for one in others.get(stock, [])],
	}


def rows_of(order: Document) -> dict[str, dict[str, object]]:
	"""Return {row of a saved draft: `held`, `free`, `short`, `others`}, in a few statements."""
	lines = lines_of(order)
	pairs = {stock for line in lines.values() for stock, _per in line.parts}
	existing = [one for one in holds.of_documents([order.name]) if not is_past(one)]
	others = holds.others(pairs, [order.name]) if pairs else {}
	free = availability.free_stock(pairs, order.customer, [order.name])
	found = {}
	for line in lines.values():
		beside = dict(free)
		for one in existing:
			if one.row_key != line.row:
				stock = (one.item_code, one.warehouse)
				beside[stock] = beside.get(stock, ZERO) - number(one.qty)
		found[line.row] = answer(line, _held_of(line, existing), beside, others)
	return found


def lock(order: Document) -> None:
	"""`before_validate` of a draft: lock the stock of its rows while the view can still be a new one."""
	pairs = {stock for line in lines_of(order).values() for stock, _per in line.parts}
	orders = [] if order.is_new() else [order.name]
	order.flags.soe_sees = transactions.lock_softly(orders, pairs, order) if pairs else set()


def hold(order: Document, quiet: bool = False) -> None:
	"""`validate` of a draft: hold for its rows what is free, and say what changed."""
	sees: Collection[Stock] = order.flags.soe_sees or set()
	lines = {row: line for row, line in lines_of(order).items() if _seen(line, sees)}
	keys = keys_of(order)
	pairs = {stock for line in lines.values() for stock, _per in line.parts}
	free = availability.free_stock(pairs, order.customer, keys)
	held = holding.hold_lines(lines.values(), free)
	holds.store(
		holds.of_documents(keys),
		holding.parts_held(lines.values(), held),
		_values(order.name, order.company, order.customer, order.name),
	)
	if not quiet:
		_tell(order, lines, held, keys)
	for row in order.items:
		row.soe_held_qty = float(held.get(row.name, ZERO))


def restore(order: Document) -> None:
	"""Let a saved draft hold for its stored rows again, after its form was left with unsaved changes."""
	lock(order)
	hold(order, quiet=True)


def lines_of(order: Document) -> dict[str, Line]:
	"""Return {row: line} of the rows that an order's draft holds stock for.

	None of a type that allocates nothing, nor of a replacement: its original's reservations are its own.
	"""
	if order.get("soe_replaced_order") or not order_types.type_of(order).allocates:
		return {}
	rows = [
		(row.name or f"row {row.idx}", row.item_code, row.warehouse or order.set_warehouse, _stock_qty(row))
		for row in order.items
		if row.item_code and not row.delivered_by_supplier and row.get("soe_source") != "Drop Shipment"
	]
	return availability.lines_of(rows)


def keys_of(order: Document) -> list[str]:
	"""Return under which keys an order may hold: its name, and what its form called it before it had one."""
	keys = (order.name, order.get("localname"), order.get("soe_document_key"))
	return sorted({key for key in keys if key})


def is_past(one: frappe._dict) -> bool:
	return one.expires_at <= frappe.utils.now_datetime()


def _stock_qty(row: Document) -> Decimal:
	return number(number(row.qty) * (number(row.conversion_factor) or Decimal(1)))


def _seen(line: Line, sees: Collection[Stock]) -> bool:
	return all(stock in sees for stock, _per in line.parts)


def _free_beside(
	pairs: set[Stock], customer: str | None, key: str, beside: list[frappe._dict]
) -> dict[Stock, Decimal]:
	free = availability.free_stock(pairs, customer, [key])
	for one in beside:
		stock = (one.item_code, one.warehouse)
		if stock in free and not is_past(one):
			free[stock] -= number(one.qty)
	return free


def _held_of(line: Line, existing: list[frappe._dict]) -> Decimal:
	"""Return how many units of a row its holds make."""
	kept = {(one.item_code, one.warehouse): number(one.qty) for one in existing if one.row_key == line.row}
	return holding.sets_free(line, kept)


def _values(key: str, company: str | None, customer: str | None, order: str | None) -> dict[str, object]:
	return {
		"document_key": key,
		"user": frappe.session.user,
		"company": company,
		"customer": customer,
		"sales_order": order,
		"expires_at": holds.expiry(company, saved=bool(order)),
	}


def _tell(order: Document, lines: dict[str, Line], held: dict[str, Decimal], keys: list[str]) -> None:
	"""Name the rows that hold less than they ask for, where the form did not say so already."""
	shown = order.get("localname") or not order.is_new()
	before = {row.name: number(row.get("soe_held_qty")) for row in order.items if shown}
	found = holding.changes(lines.values(), before, held)
	if not found:
		return
	who = holds.others({stock for line in lines.values() for stock, _per in line.parts}, keys)
	rows = {row.name: row for row in order.items}
	said = [as_html(_sentence(rows[one.row], one, lines[one.row], who)) for one in found]
	frappe.msgprint(
		said if len(said) > 1 else said[0],
		title=_("Stock Held for This Draft"),
		indicator="orange",
		as_list=len(said) > 1,
	)


def _sentence(
	row: Document, change: holding.Change, line: Line, who: dict[Stock, list[dict[str, object]]]
) -> str:
	facts = {
		"row": row.idx, "held": text(change.held), "asked": text(change.asked), "item": row.item_code,
		"before": text(change.before), "warehouse": line.parts[0][0][1],
	}  # fmt: skip
	if change.before > change.held:
		said = _("Row {row}: {held} of {asked} {item} in {warehouse} are held now; {before} were before.")
	else:
		said = _("Row {row}: {held} of {asked} {item} in {warehouse} are held.")
	others = [one for stock, _per in line.parts for one in who.get(stock, [])]
	return " ".join([said.format(**facts), *map(_who_holds, others)])


def _who_holds(one: dict[str, object]) -> str:
	return _("{user} holds {qty} until {time}.").format(
		user=get_fullname(one["user"]), qty=text(number(one["qty"])), time=format_time(one["until"], "HH:mm")
	)

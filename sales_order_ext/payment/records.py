"""What is paid on orders: reads the ledgers for many orders at once, writes percent and status.

Invariant: the number of queries does not depend on the number of orders, invoices or payments, and the
orders' `modified` is left alone. The truth is in the payment ledgers and payment rows; `advance_paid` is not
read, for it stays on an order that was cancelled.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from decimal import Decimal

import frappe
from frappe.model.meta import get_field_precision
from frappe.query_builder.functions import Abs, Min, Sum
from pypika.terms import Case

from sales_order_ext.decimals import ZERO, rounded, to_decimal
from sales_order_ext.payment import ledgers, rules

# More places than any currency has: amounts are rounded once, by the rules.
EXACT = 9


def update(names: Iterable[str]) -> dict[str, rules.Payment]:
	"""Bring percent and status of submitted and cancelled orders up to date; return {order: payment}."""
	names = sorted(set(names))
	if not names:
		return {}
	headers = _headers(names)
	payments = _measure(headers) if headers else {}
	changed = {
		name: payment
		for name, payment in payments.items()
		if (
			headers[name].soe_payment_status or "",
			to_decimal(headers[name].soe_per_paid, rules.PERCENT_PRECISION),
		)
		!= (payment.status, payment.percent)
	}
	_write(changed)
	return payments


def measure(names: Iterable[str]) -> dict[str, rules.Payment]:
	"""Return {order: payment} of submitted and cancelled orders, as it stands now; writes nothing."""
	headers = _headers(sorted(set(names)))
	return _measure(headers) if headers else {}


def orders_of_invoices(invoices: Collection[str]) -> list[str]:
	"""Return the orders whose rows are on these invoices, in name order."""
	if not invoices:
		return []
	row = frappe.qb.DocType("Sales Invoice Item")
	query = frappe.qb.from_(row).select(row.sales_order).distinct().orderby(row.sales_order)
	found = query.where(row.parent.isin(sorted(invoices))).run(pluck=True)
	return [order for order in found if order]


def differences(names: Iterable[str]) -> list[tuple[str, str, object, object]]:
	"""Return (order, field, stored, computed) of the orders whose stored payment is not what the ledgers say."""
	headers = _headers(sorted(set(names)))
	found = []
	for name, payment in _measure(headers).items() if headers else ():
		header = headers[name]
		if to_decimal(header.soe_per_paid, rules.PERCENT_PRECISION) != payment.percent:
			found.append((name, "soe_per_paid", header.soe_per_paid, float(payment.percent)))
		stored = header.soe_payment_status or ""
		if stored != payment.status:
			found.append((name, "soe_payment_status", stored, payment.status))
	return found


def open_on_orders(names: Iterable[str]) -> dict[str, Decimal]:
	"""Return {order: what may still be paid on it, in its currency}: not invoiced yet, and not paid ahead."""
	headers = _headers(sorted(set(names)))
	found = {}
	for order in _orders(headers) if headers else ():
		precision = _precision(headers[order.name].currency)
		rest = rules.uninvoiced(order, bool(order.invoiced_net), precision) - order.advances
		found[order.name] = max(rounded(rest, precision), ZERO) if order.counts else ZERO
	return found


def lock_without_waiting(orders: Collection[str]) -> set[str]:
	"""Lock those of the orders that nobody else holds; return them."""
	order = frappe.qb.DocType("Sales Order")
	query = frappe.qb.from_(order).select(order.name).where(order.name.isin(sorted(orders)))
	return set(query.orderby(order.name).for_update(skip_locked=True).run(pluck=True))


def _measure(headers: dict[str, frappe._dict]) -> dict[str, rules.Payment]:
	precisions = {header.currency: _precision(header.currency) for header in headers.values()}
	return rules.measure_all(
		_orders(headers),
		_invoices(list(headers)),
		{name: precisions[header.currency] for name, header in headers.items()},
	)


def _orders(headers: dict[str, frappe._dict]) -> list[rules.OrderFacts]:
	invoiced = _invoiced_nets(list(headers))
	advances = _advances(headers)
	return [
		_order_facts(header, *invoiced[name], advances.get(name, ZERO)) for name, header in headers.items()
	]


def _headers(names: list[str]) -> dict[str, frappe._dict]:
	fields = ["name", "docstatus", "currency", "conversion_rate", "grand_total", "rounded_total"]
	fields += ["soe_is_cancelled", "soe_payment_status", "soe_per_paid"]
	filters = {"name": ("in", names), "docstatus": (">", 0)}
	return {row.name: row for row in frappe.get_all("Sales Order", filters, fields, order_by="name asc")}


def _order_facts(
	header: frappe._dict, net: Decimal, invoiced_net: Decimal, advances: Decimal
) -> rules.OrderFacts:
	return rules.OrderFacts(
		name=header.name,
		total=rounded(to_decimal(header.rounded_total or header.grand_total), EXACT),
		net=net,
		invoiced_net=invoiced_net,
		advances=advances,
		cancelled=header.docstatus == 2,
		replaced=bool(header.soe_is_cancelled),
	)


def _invoiced_nets(names: list[str]) -> dict[str, tuple[Decimal, Decimal]]:
	"""Return {order: (sum of its rows, the part of it on submitted invoices)}, each row at most once."""
	invoice, invoice_row, row = (
		frappe.qb.DocType(doctype) for doctype in ("Sales Invoice", "Sales Invoice Item", "Sales Order Item")
	)
	billed = (
		frappe.qb.from_(invoice_row)
		.join(invoice)
		.on(invoice.name == invoice_row.parent)
		.select(invoice_row.so_detail, Sum(invoice_row.amount).as_("amount"))
		.where(invoice_row.sales_order.isin(names) & (invoice.docstatus == 1) & (invoice.is_return == 0))
		.groupby(invoice_row.so_detail)
	).as_("billed")
	part = (
		Case()
		.when(billed.amount.isnull(), 0)
		.when(Abs(billed.amount) > Abs(row.amount), row.amount)
		.else_(billed.amount)
	)
	rows = (
		frappe.qb.from_(row)
		.left_join(billed)
		.on(billed.so_detail == row.name)
		.select(row.parent, Sum(row.amount), Sum(part))
		.where(row.parent.isin(names))
		.groupby(row.parent)
		.orderby(row.parent)
		.run()
	)
	sums = {order: (to_decimal(net, EXACT), to_decimal(invoiced, EXACT)) for order, net, invoiced in rows}
	return {name: sums.get(name, (ZERO, ZERO)) for name in names}


def _advances(headers: dict[str, frappe._dict]) -> dict[str, Decimal]:
	"""Return {order: advances less refunds, in its currency} that are not allocated to invoices."""
	advances: dict[str, Decimal] = {}
	for order, paid_in, total in ledgers.advances(list(headers)):
		header = headers[order]
		rate = Decimal(1) if paid_in == header.currency else to_decimal(header.conversion_rate) or Decimal(1)
		advances[order] = advances.get(order, ZERO) + rounded(to_decimal(total) / rate, EXACT)
	return advances


def _invoices(orders: list[str]) -> list[rules.InvoiceFacts]:
	"""Return the submitted invoices and credit notes that carry rows of these orders, all rows included."""
	row = frappe.qb.DocType("Sales Invoice Item")
	query = frappe.qb.from_(row).select(row.parent).distinct().orderby(row.parent)
	names = query.where(row.sales_order.isin(orders) & (row.docstatus == 1)).run(pluck=True)
	if not names:
		return []
	fields = ["name", "currency", "party_account_currency", "rounding_adjustment", "grand_total"]
	fields += ["rounded_total", "base_rounding_adjustment", "base_grand_total", "base_rounded_total"]
	headers = frappe.get_all("Sales Invoice", {"name": ("in", names)}, fields, order_by="name asc")
	rows = _rows_by_order(names)
	settled = ledgers.settled_by_others(names)
	booked = ledgers.booked_by_themselves(names)
	inherited = ledgers.inherited(names)
	return [
		_invoice_facts(header, rows[header.name], settled, booked, inherited.get(header.name, ()))
		for header in headers
	]


def _invoice_facts(
	header: frappe._dict,
	rows: list[tuple[str, Decimal]],
	settled: dict[str, Decimal],
	booked: dict[str, Decimal],
	inherited: Iterable[tuple[str, Decimal]],
) -> rules.InvoiceFacts:
	"""Return an invoice's facts; its ledger may be kept in another currency than the invoice."""
	total = _payable(header, "")
	in_ledger = total if header.party_account_currency == header.currency else _payable(header, "base_")
	paid = settled.get(header.name, ZERO) + in_ledger - booked.get(header.name, in_ledger)
	rate = Decimal(1)
	if in_ledger != total:
		rate = total / in_ledger if in_ledger else ZERO
	orders = {order for order, _net in rows}
	own = tuple((order, rounded(amount * rate, EXACT)) for order, amount in inherited if order in orders)
	return rules.InvoiceFacts(header.name, total, rounded(paid * rate, EXACT), tuple(rows), own)


def _payable(header: frappe._dict, prefix: str) -> Decimal:
	"""Return what ERPNext books as receivable: the rounded total where it was rounded."""
	is_rounded = header[f"{prefix}rounding_adjustment"] and header[f"{prefix}rounded_total"]
	return to_decimal(header[f"{prefix}rounded_total" if is_rounded else f"{prefix}grand_total"], EXACT)


def _rows_by_order(invoices: list[str]) -> dict[str, list[tuple[str, Decimal]]]:
	row = frappe.qb.DocType("Sales Invoice Item")
	found = (
		frappe.qb.from_(row)
		.select(row.parent, row.sales_order, Sum(row.net_amount), Min(row.idx).as_("first"))
		.where(row.parent.isin(invoices))
		.groupby(row.parent, row.sales_order)
		.orderby(row.parent)
		.orderby(frappe.qb.Field("first"))
		.run()
	)
	rows: dict[str, list[tuple[str, Decimal]]] = {}
	for invoice, order, net, _first in found:
		rows.setdefault(invoice, []).append((order or "", to_decimal(net, EXACT)))
	return rows


def _precision(currency: str) -> int:
	field = frappe.get_meta("Sales Order").get_field("grand_total")
	return get_field_precision(field, currency=currency)


def _write(payments: dict[str, rules.Payment]) -> None:
	if not payments:
		return
	order = frappe.qb.DocType("Sales Order")
	percents, statuses = Case(), Case()
	for name, payment in payments.items():
		percents = percents.when(order.name == name, float(payment.percent))
		statuses = statuses.when(order.name == name, payment.status)
	query = frappe.qb.update(order).set(order.soe_per_paid, percents).set(order.soe_payment_status, statuses)
	query.where(order.name.isin(list(payments))).run()
	for name in payments:
		frappe.clear_document_cache("Sales Order", name)

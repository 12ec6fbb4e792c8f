"""Makes one Sales Invoice of a group, through ERPNext's own mapper."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from decimal import Decimal

import frappe
from erpnext.selling.doctype.sales_order.sales_order import make_sales_invoice
from erpnext.setup.utils import get_exchange_rate
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, getdate

from sales_order_ext.decimals import ZERO, to_decimal
from sales_order_ext.invoicing import booking, headings, rules
from sales_order_ext.invoicing.facts import Group, OrderFacts

COMPLETED_ONCE = (
	"set_missing_values",
	"set_po_nos",
	"calculate_taxes_and_totals",
	"set_use_serial_batch_fields",
)
# Every save does these. While an invoice is mapped, its quantities are not yet those that are due.
DONE_ON_SAVE = ("calculate_taxes_and_totals", "set_price_list_and_item_details")
# What the head cannot say where the orders differ; rows keep their own project and cost centre.
COMMON = ("project", "cost_center", "shipping_address_name", "shipping_address", "contact_person", "tc_name")


def make(
	group: Group,
	orders: Mapping[str, OrderFacts],
	posting_date: date,
	*,
	submit: bool,
	locked_first: bool = False,
	name: str | None = None,
) -> Document:
	"""Insert the invoice of a group, booked if asked to `submit`. The caller holds the orders' locks.

	`locked_first`: they were taken before anything was read, so nobody has to look again. `name`: a number
	kept for it.
	"""
	invoice = frappe.new_doc("Sales Invoice")
	invoice.update({"posting_date": posting_date, "set_posting_time": 1, "company": group.key.company})
	with _waiting(invoice, _left_to_save()):
		extend(invoice, group, orders)
	invoice.update_stock = 0
	_set_exchange_rate(invoice, posting_date)
	_set_payment_terms(invoice, group)
	_take_advances(invoice, group)
	# The mapper would let anybody save the invoice.
	invoice.flags.update({"ignore_permissions": False, "soe_locked": locked_first})
	return booking.book(invoice, name) if submit else invoice.insert(set_name=name)


def extend(invoice: Document, group: Group, orders: Mapping[str, OrderFacts]) -> Document:
	"""Add the rows of a group to an unsaved or draft invoice; return it, unsaved."""
	before = list(invoice.get("items") or [])
	invoice = _mapped(invoice, group)
	_set_quantities(invoice, group, invoice.items[len(before) :])
	_set_fixed_amounts(invoice, group, orders)
	_clear_what_differs(invoice)
	headings.write(invoice, group, orders, invoice.items[len(before) :])
	return invoice


def amount_of(invoice: Document) -> Decimal:
	"""Return the net amount of an invoice's rows, before discount and taxes."""
	return to_decimal(invoice.total)


def _mapped(invoice: Document, group: Group) -> Document:
	"""Map the orders, one after the other, with ERPNext's own mapper.

	It completes and totals the whole invoice after each order. On this document alone that waits for the
	last one, which sees them all: else the work would grow with the square of the number of orders.
	"""
	chosen: dict[str, list[str]] = {}
	for row in group.rows:
		chosen.setdefault(row.order, []).append(row.row)
	*others, last = chosen
	with _waiting(invoice, COMPLETED_ONCE):
		for name in others:
			make_sales_invoice(
				name, invoice, ignore_permissions=True, args={"filtered_children": chosen[name]}
			)
	return make_sales_invoice(
		last, invoice, ignore_permissions=True, args={"filtered_children": chosen[last]}
	)


@contextmanager
def _waiting(invoice: Document, steps: Iterable[str]) -> Iterator[None]:
	"""Let an invoice, and no other, leave these steps out until the block ends."""
	waiting = [step for step in steps if step not in vars(invoice)]
	for step in waiting:
		vars(invoice)[step] = _later
	try:
		yield
	finally:
		for step in waiting:
			del vars(invoice)[step]


def _left_to_save() -> tuple[str, ...]:
	"""Return the steps that need not be taken while an invoice is mapped.

	With pricing rules all are: ERPNext chooses them anew for mapped rows, and keeps them when these are saved.
	"""
	return () if frappe.db.exists("Pricing Rule", {"selling": 1, "disable": 0}) else DONE_ON_SAVE


def _later(*_arguments: object, **_options: object) -> None:
	"""Stand in for a step that is taken later."""


def _set_quantities(invoice: Document, group: Group, rows: list[Document]) -> None:
	"""Set each new row to the quantity due; refuse an invoice that would lack or repeat one."""
	due = {row.row: row.qty for row in group.rows}
	if sorted(row.so_detail for row in rows) != sorted(due):
		frappe.throw(_("ERPNext left out rows that are due. Invoice these orders by hand to see why."))
	for row in rows:
		row.qty = float(due[row.so_detail])
	# Made anew from the quantities when the invoice is saved.
	invoice.set("payment_schedule", [])


def _set_fixed_amounts(invoice: Document, group: Group, orders: Mapping[str, OrderFacts]) -> None:
	"""Take over only this invoice's share of the order's fixed discount and charges."""
	order = orders[group.orders[0]]
	if not order.fixed_discount and not order.fixed_charge:
		return
	total = sum((row.amount for row in order.rows), ZERO)
	before = sum((row.invoiced * row.rate for row in order.rows), ZERO)

	def share(fixed: Decimal) -> float:
		return float(rules.fixed_amount_share(fixed, total, before, group.amount, order.amount_precision))

	if order.fixed_discount:
		invoice.discount_amount = share(order.fixed_discount)
	for tax in invoice.taxes:
		if tax.charge_type == "Actual":
			tax.tax_amount = share(to_decimal(tax.tax_amount))


def _clear_what_differs(invoice: Document) -> None:
	"""Empty what the head took from one order where the others have something else."""
	names = sorted({row.sales_order for row in invoice.items if row.sales_order})
	if len(names) < 2:
		return
	fields = [field for field in COMMON if frappe.get_meta("Sales Order").has_field(field)]
	found = frappe.get_all("Sales Order", {"name": ("in", names)}, fields, order_by="name")
	for field in fields:
		if len({row[field] or "" for row in found}) > 1 and invoice.meta.has_field(field):
			invoice.set(field, None)


def _set_exchange_rate(invoice: Document, posting_date: date) -> None:
	"""Take the rate of the posting date where one is known, else leave that of the orders."""
	currency = frappe.get_cached_value("Company", invoice.company, "default_currency")
	if invoice.currency == currency:
		return
	asked = (invoice.currency, currency, str(getdate(posting_date)))
	pair = {"from_currency": invoice.currency, "to_currency": currency, "date": ("<=", posting_date)}
	unknown = getattr(frappe.local, "soe_unknown_rates", None) or set()
	if asked in unknown and not frappe.db.exists("Currency Exchange", pair):
		return
	rate = flt(get_exchange_rate(*asked, "for_selling"))
	if rate:
		invoice.conversion_rate = rate
	else:
		# ERPNext has asked a web service in vain; once a job is enough.
		frappe.local.soe_unknown_rates = unknown | {asked}
		frappe.clear_messages()


def _set_payment_terms(invoice: Document, group: Group) -> None:
	"""Take the orders' payment terms; ERPNext's mapper leaves them to the customer's default."""
	if group.key.payment_terms:
		invoice.payment_terms_template = group.key.payment_terms
		invoice.due_date = None


def _take_advances(invoice: Document, group: Group) -> None:
	"""Let the invoice inherit what was paid in advance on its orders, and nothing else."""
	filters = {"name": ("in", group.orders), "advance_paid": (">", 0)}
	if frappe.get_all("Sales Order", filters, pluck="name", order_by="name", limit=1):
		invoice.update({"allocate_advances_automatically": 1, "only_include_allocated_payments": 1})

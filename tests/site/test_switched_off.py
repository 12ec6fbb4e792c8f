"""With every switch off ERPNext behaves, and is asked, exactly as without the app."""

import re
from collections import Counter

import frappe
import pytest

from tests.site import masters, money

ORDER_FIELDS = (
	"soe_order_type", "soe_invoice_term", "soe_lifecycle_status", "soe_is_overdue", "soe_sent_on",
	"soe_payment_status", "soe_per_paid", "soe_reservation_status", "soe_replacement_role",
	"soe_is_cancelled", "soe_replacement_no", "soe_root_order", "soe_quote_win",
)  # fmt: skip
# What differs from one sale to the next.
VALUE = re.compile(r"'(?:[^'\\]|\\.)*'|\b\d+(?:\.\d+)?\b")


@pytest.fixture
def without_our_handlers(monkeypatch):
	"""Return a function that takes the app's document events away."""

	def take_away() -> None:
		hooks = {
			doctype: {
				event: [path for path in paths if not path.startswith("sales_order_ext.")]
				for event, paths in events.items()
			}
			for doctype, events in frappe.get_doc_hooks().items()
		}
		monkeypatch.setattr(frappe, "get_doc_hooks", lambda: hooks)

	return take_away


def sell(statements):
	"""Order, deliver, invoice, pay, cancel it all again; return the statements of each document."""
	masters.receive(masters.ITEM, 5)
	run = {}
	with statements() as run["order"]:
		order = masters.sales_order((masters.ITEM, 5, 10), (masters.SERVICE, 1, 20))
	with statements() as run["delivery"]:
		note = money.deliver(order)
	with statements() as run["invoice"]:
		invoice = money.invoice(order)
	with statements() as run["payment"]:
		payment = money.pay(invoice)
	with statements() as run["cancel"]:
		for document in (payment, invoice, note, order):
			frappe.get_doc(document.doctype, document.name).cancel()
	return order, run


def kinds(run):
	"""Return {(document, statement without its values): how often it ran}."""
	return Counter((about, VALUE.sub("?", sql)) for about, listed in run.items() for sql in listed)


def asked(statements):
	"""Return what a sale asks, the second in a row from the same state: the first fills Frappe's caches."""
	for _sale in range(2):
		frappe.db.savepoint("sale")
		frappe.db.value_cache.clear()
		run = kinds(sell(statements)[1])
		frappe.db.rollback(save_point="sale")
	return run


def test_not_one_statement_more_than_without_the_app(statements, without_our_handlers):
	with_us = asked(statements)
	without_our_handlers()
	without_us = asked(statements)
	assert sorted((with_us - without_us).items()) == []
	assert sorted((without_us - with_us).items()) == []


def test_none_of_our_fields_is_filled_in(statements):
	order, _run = sell(statements)
	stored = frappe.get_doc("Sales Order", order.name)
	assert {field: stored.get(field) or None for field in ORDER_FIELDS} == dict.fromkeys(ORDER_FIELDS)
	assert not any(row.soe_replaced_row or row.soe_back_ordered_qty for row in stored.items)
	for record in ("Stock Reservation Entry", "Back Order", "Order Replacement", "Quote Win"):
		assert not frappe.db.exists(record, {"creation": (">=", order.creation)})

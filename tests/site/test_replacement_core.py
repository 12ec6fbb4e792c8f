"""Cancel and replace on a real site: the acceptance cases with their exact amounts."""

import frappe
import pytest

from sales_order_ext.errors import BelowDeliveredError, DeliveredRowRemovedError
from sales_order_ext.replacement import api
from tests.site.masters import ITEM
from tests.site.replacement_shop import (
	assert_replaced,
	confirm,
	deliver,
	invoice,
	order_a,
	order_b,
	pay,
	replace,
	start,
)

pytestmark = pytest.mark.usefixtures("replacements_on")


@pytest.mark.parametrize(
	"paid, delivered, qty, total, outstanding",
	[
		(0, 0, 2, 4.14, 4.14),
		(0, 0, 4, 8.28, 8.28),
		(4.14, 0, 4, 8.28, 4.14),
		(0, 2, 4, 8.28, 8.28),
		(0, 1, 1, 2.07, 2.07),
	],
	ids=["case 1", "case 2", "case 3", "case 4", "case 5"],
)
def test_order_a(paid, delivered, qty, total, outstanding):
	order = order_a()
	assert order.grand_total == 4.14
	if paid:
		pay(order, paid)
	if delivered:
		deliver(order, delivered)
	new = replace(order, qty)
	assert new.name == f"{order.name}-1"
	assert (new.grand_total, new.advance_paid) == (total, paid)
	assert round(new.grand_total - new.advance_paid, 2) == outstanding
	assert [row.delivered_qty for row in new.items] == [delivered]
	assert_replaced(order, new)


def test_case_6_a_delivered_row_cannot_be_removed():
	order = order_b()
	deliver(order, 1)
	draft = start(order)
	draft.items = draft.items[1:]
	with pytest.raises(DeliveredRowRemovedError, match=ITEM):
		draft.save()
	draft = frappe.get_doc("Sales Order", draft.name)
	draft.items[0].qty = 0
	with pytest.raises(DeliveredRowRemovedError):
		draft.submit()
	assert frappe.db.get_value("Sales Order", order.name, "status") == "To Deliver and Bill"
	assert not frappe.db.exists("Sales Order", f"{order.name}*R*")


def test_case_7_not_less_than_delivered():
	order = order_a()
	deliver(order, 2)
	with pytest.raises(BelowDeliveredError, match="Keep at least 2"):
		start(order, 1)


def test_case_8_delivered_and_paid_order_grows():
	order = order_b()
	assert order.grand_total == 293.70
	pay(order, 293.70)
	deliver(order, 6, 9)
	new = replace(order, 12, 18)
	assert (new.grand_total, new.advance_paid, new.per_delivered) == (587.40, 293.70, 50)
	assert [row.delivered_qty for row in new.items] == [6, 9]
	assert new.status == "To Deliver and Bill"
	assert_replaced(order, new)


def test_case_9_payment_terms_changed():
	for term in ("Now SOE", "Later SOE"):
		frappe.get_doc({"doctype": "Payment Term", "payment_term_name": term}).insert()
	template = frappe.get_doc(
		{
			"doctype": "Payment Terms Template",
			"template_name": "Halves SOE",
			"terms": [
				{"payment_term": "Now SOE", "invoice_portion": 50, "credit_days": 0},
				{"payment_term": "Later SOE", "invoice_portion": 50, "credit_days": 30},
			],
		}
	).insert()
	order = order_b()
	pay(order, 100)
	draft = start(order)
	draft.payment_terms_template, draft.payment_schedule = template.name, []
	draft.save()
	new = confirm(draft)
	assert (new.grand_total, new.advance_paid) == (293.70, 100)
	assert [row.payment_amount for row in new.payment_schedule] == [146.85, 146.85]
	assert_replaced(order, new)


def test_case_10_what_is_invoiced_stays_invoiced():
	order = order_b()
	deliver(order, 6)
	bill = invoice(order, 6)
	draft = start(order, 6, 18)
	new = confirm(draft)
	assert new.grand_total == 343.20
	assert [row.billed_amt for row in new.items] == [222, 0]
	assert [row.delivered_qty for row in new.items] == [6, 0]
	assert {(row.sales_order, row.so_detail) for row in bill.reload().items} == {
		(new.name, new.items[0].name)
	}
	assert_replaced(order, new)


def test_case_11_a_chain():
	order = order_b()
	first = replace(order)
	second = replace(first)
	assert second.name == f"{order.name}-2"
	assert frappe.db.exists("Sales Order", f"{order.name}-1*R*")
	first.reload()
	assert (first.status, first.soe_is_cancelled, first.soe_replacement_order) == ("Closed", 1, second.name)
	for one in (order, first, second):
		assert [row["name"] for row in api.chain(one.name)] == [order.name, first.name, second.name]
	assert_replaced(first, second)


def test_case_14_started_again_after_deletion():
	order = order_a()
	draft = start(order)
	assert api.start(order.name) == draft.name
	draft.delete()
	new = replace(order)
	assert frappe.db.count("Sales Order", {"name": new.name}) == 1
	assert api.abandon(api.start(new.name)) == new.name
	assert replace(new).name.startswith(f"{order.name}-")


def test_case_15_names_hang_on_the_root():
	order = order_a()
	counter = frappe.db.sql("select current from tabSeries where name like 'SAL-ORD-%%'")
	new = replace(order)
	assert new.name == f"{order.name}-1"
	assert frappe.db.sql("select current from tabSeries where name like 'SAL-ORD-%%'") == counter


def test_case_16_a_delivery_between_start_and_confirm():
	order = order_a()
	draft = start(order, 1)
	deliver(order, 2)
	with pytest.raises(BelowDeliveredError):
		api.confirm(draft.name)


def test_case_16_a_delivery_between_start_and_confirm_moves():
	order = order_a()
	draft = start(order, 4)
	note = deliver(order, 1)
	new = confirm(draft)
	assert new.items[0].delivered_qty == 1 and new.per_delivered == 25
	assert note.reload().items[0].against_sales_order == new.name
	assert_replaced(order, new)

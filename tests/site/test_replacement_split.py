"""Several replacements of one order: rows and their links go to their part, all are booked or none."""

import frappe
import pytest
from erpnext.selling.doctype.quotation.quotation import make_sales_order

from sales_order_ext.errors import (
	AlreadyReplacedError,
	DeliveredRowRemovedError,
	ReplacementNotAllowedError,
)
from sales_order_ext.replacement import api, confirm
from tests.site import masters
from tests.site.masters import ITEM, OTHER_ITEM, OTHER_WAREHOUSE
from tests.site.replacement_shop import (
	ORDER,
	complete,
	deliver,
	figures,
	invoice,
	order_b,
	pay,
	replace,
	start,
)

pytestmark = pytest.mark.usefixtures("replacements_on")


def split(order, *rows):
	return [frappe.get_doc(ORDER, name) for name in api.split(order.name, rows=[row.name for row in rows])]


def reload(*documents):
	return [document.reload() for document in documents]


def test_chosen_rows_go_to_an_order_of_their_own_and_links_follow_their_row():
	order = order_b()
	note, bill = deliver(order, 2, 3), invoice(order, 0, 4)
	payment = pay(order, 50)
	first, second = split(order, order.items[1])
	assert [first.name, second.name] == [f"{order.name}-1", f"{order.name}-2"]
	assert ([row.item_code for row in first.items], [row.item_code for row in second.items]) == (
		[ITEM],
		[OTHER_ITEM],
	)
	done = api.confirm(order.name)
	assert done["replacements"] == [first.name, second.name]
	assert done["inverse"] == f"{order.name}*R*"
	reload(order, first, second, note, bill)
	assert (first.docstatus, second.docstatus, order.status) == (1, 1, "Closed")
	assert first.grand_total + second.grand_total == 293.70
	assert [row.against_sales_order for row in note.items] == [first.name, second.name]
	assert {row.sales_order for row in bill.items} == {second.name}
	assert (
		figures(first, "delivered_qty", "billed_amt"),
		figures(second, "delivered_qty", "billed_amt"),
	) == (
		[(2, 0)],
		[(3, 20)],
	)
	reference = frappe.get_doc("Payment Entry", payment.name).references[0]
	assert (reference.reference_name, first.advance_paid, second.advance_paid) == (first.name, 50, 0)
	logs = [frappe.get_doc("Order Replacement", part.name) for part in (first, second)]
	assert [(log.old_total, log.new_total, log.paid) for log in logs] == [
		(244.20, 244.20, 50),
		(49.50, 49.50, 0),
	]
	assert frappe.db.count(ORDER, {"soe_canceled_order": order.name}) == 1
	complete(first)
	complete(second)


def test_one_for_each_warehouse():
	order = masters.sales_order((ITEM, 1, 10), (OTHER_ITEM, 2, 10), (ITEM, 3, 10), submit=False)
	order.items[1].warehouse = OTHER_WAREHOUSE
	order.save().submit()
	names = api.split(order.name, by="warehouse")
	assert names == [f"{order.name}-1", f"{order.name}-2"]
	assert [[row.qty for row in frappe.get_doc(ORDER, name).items] for name in names] == [[1, 3], [2]]
	with pytest.raises(ReplacementNotAllowedError, match="Choose some"):
		api.split(names[0], by="warehouse")
	api.confirm(names[1])
	assert frappe.get_doc(ORDER, names[0]).docstatus == 1
	assert [row["name"] for row in api.chain(order.name)] == [order.name, *names]


def test_fixed_amounts_are_shared_by_net_amount():
	freight = {"charge_type": "Actual", "account_head": masters.tax_account(), "tax_amount": 10}
	order = masters.sales_order(
		(ITEM, 3, 10), (OTHER_ITEM, 1, 10), taxes=[{**freight, "description": "Freight"}],
		apply_discount_on="Net Total", discount_amount=4, disable_rounded_total=1,
	)  # fmt: skip
	first, second = split(order, order.items[1])
	assert (first.discount_amount, second.discount_amount) == (3, 1)
	assert (first.taxes[0].tax_amount, second.taxes[0].tax_amount) == (7.5, 2.5)
	assert first.grand_total + second.grand_total == order.grand_total == 46


def test_a_part_whose_row_was_delivered_cannot_be_dropped():
	order = order_b()
	deliver(order, 0, 3)
	first, second = split(order, order.items[1])
	second.delete()
	with pytest.raises(DeliveredRowRemovedError, match=OTHER_ITEM):
		api.confirm(first.name)


def test_all_parts_are_booked_or_none(monkeypatch):
	order = order_b()
	deliver(order, 0, 3)
	first, second = split(order, order.items[1])
	second.items[0].qty = 3
	second.save()
	frappe.db.savepoint("unsplit")
	written = []

	def failing(*_args):
		written.append(1)
		if len(written) == 2:
			raise ZeroDivisionError

	monkeypatch.setattr(confirm, "write_log", failing)
	with pytest.raises(ZeroDivisionError):
		api.confirm(first.name)
	frappe.db.rollback(save_point="unsplit")
	assert [frappe.db.get_value(ORDER, part.name, "docstatus") for part in (first, second)] == [0, 0]
	assert frappe.db.get_value(ORDER, order.name, "status") == "To Deliver and Bill"


def test_a_part_is_replaced_like_any_order_and_the_original_names_all():
	order = order_b()
	first, second = split(order, order.items[1])
	api.confirm(second.name)
	with pytest.raises(AlreadyReplacedError, match=f"{first.name}, {second.name}"):
		frappe.get_doc(ORDER, order.name).update_status("Draft")
	assert replace(second.reload(), 2).name == f"{order.name}-3"


def test_abandoning_a_split_deletes_all_parts():
	order = order_b()
	split(order, order.items[1])
	assert api.abandon(order.name) == order.name
	assert frappe.db.count(ORDER, {"soe_replaced_order": order.name}) == 0
	assert start(order).items[1].qty == 9


def test_the_difference_of_a_split_adds_up():
	order = order_b()
	pay(order, 20)
	first, second = split(order, order.items[1])
	second.items[0].qty = 10
	second.save()

	def told():
		one, two = (api.difference(part.name) for part in (first, second))
		whole = api.difference(order.name)
		assert [row["change"] for row in whole["rows"]] == ["Same", "Changed"]
		assert (one["difference"], two["difference"], whole["difference"]) == (0, 5.5, 5.5)
		assert (whole["old_total"], whole["new_total"], whole["outstanding"]) == (293.7, 299.2, 279.2)

	told()
	api.confirm(order.name)
	told()


def test_what_names_an_item_but_no_row_goes_to_the_order_that_has_it():
	order = order_b()
	quote = frappe.get_doc({"doctype": "Supplier Quotation", "company": masters.COMPANY})
	quote.supplier = masters.SUPPLIER
	for code in (OTHER_ITEM, ITEM):
		quote.append("items", {"item_code": code, "qty": 1, "rate": 1, "sales_order": order.name})
	quote.insert()
	first, second = split(order, order.items[1])
	api.confirm(first.name)
	assert [row.sales_order for row in quote.reload().items] == [second.name, first.name]


def test_more_paid_in_advance_than_the_first_amounts_to_is_told():
	order = order_b()
	pay(order, 250)
	first, second = split(order, order.items[1])
	told = [api.difference(part.name)["warnings"] for part in (first, second)]
	assert (len(told[0]), told[1]) == (1, [])
	assert "$ 250.00 is paid in advance" in told[0][0] and "$ 244.20" in told[0][0]


def test_rows_of_any_part_are_taken_off_their_quotation():
	quote = {"doctype": "Quotation", "company": masters.COMPANY, "quotation_to": "Customer"}
	rows = [{"item_code": code, "qty": 2, "rate": 5} for code in (ITEM, OTHER_ITEM)]
	quote = frappe.get_doc({**quote, "party_name": masters.CUSTOMER, "items": rows}).insert().submit()
	order = make_sales_order(quote.name)
	order.delivery_date = frappe.utils.add_days(frappe.utils.today(), 7)
	for row in order.items:
		row.update({"warehouse": masters.WAREHOUSE, "delivery_date": order.delivery_date})
	order.insert().submit()
	first, second = split(order, order.items[1])
	api.take_off_quotation(order.name, [order.items[1].name])
	reload(first, second)
	assert [part.items[0].quotation_item for part in (first, second)] == [quote.items[0].name, None]

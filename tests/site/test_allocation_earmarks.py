"""Stock Earmarks on a real site: kept for a customer or a group until used up, and shared within the group."""

import frappe
import pytest
from frappe.utils import today

from sales_order_ext.allocation import api, records
from tests.site import orders
from tests.site.masters import CUSTOMER, ITEM, OTHER_CUSTOMER, WAREHOUSE, receive, sales_order

STOCK = (ITEM, WAREHOUSE)


def earmark(qty: float, **whom: str) -> None:
	fields = {"item_code": ITEM, "warehouse": WAREHOUSE, "qty": qty, "until": today()}
	frappe.get_doc({"doctype": "Stock Earmark", **fields, **whom}).insert()


def everybody() -> str:
	return frappe.db.get_value("Customer Group", {"parent_customer_group": ("is", "not set")})


def free(customer: str | None = None) -> float:
	return float(records.free_stock([STOCK], customer)[STOCK])


def test_what_is_kept_for_a_customer_is_there_for_no_other_until_it_is_used_up(switch_on):
	switch_on("enable_stock_reservations")
	receive(ITEM, 10)
	earmark(4, customer=OTHER_CUSTOMER)
	assert (free(), free(CUSTOMER), free(OTHER_CUSTOMER)) == (6, 6, 10)
	mine = sales_order((ITEM, 8, 20))
	assert orders.reserved(mine.name) == {ITEM: 6}
	theirs = sales_order((ITEM, 3, 20), customer=OTHER_CUSTOMER)
	assert orders.reserved(theirs.name) == {ITEM: 3}
	receive(ITEM, 2)
	assert free(CUSTOMER) == 2
	earmark(1, customer_group=everybody())
	assert (free(), free(CUSTOMER)) == (1, 2)


def test_an_earmark_is_for_a_customer_or_for_a_group():
	for wrong in ({}, {"customer": CUSTOMER, "customer_group": everybody()}):
		with pytest.raises(frappe.ValidationError):
			earmark(1, **wrong)


def test_customers_of_a_group_share_what_is_kept_for_it(types_on):
	"""The preview gives it once, as the release does, and nothing of it to strangers."""
	earmark(3, customer_group=everybody())
	first, second = (
		sales_order((ITEM, 2, 20), soe_order_type="Active Order", customer=customer).name
		for customer in (CUSTOMER, OTHER_CUSTOMER)
	)
	receive(ITEM, 3)
	shown = api.preview_release({"item_code": ITEM})
	assert [(row["sales_order"], row["given"]) for row in shown["rows"]] == [(first, 2), (second, 1)]
	assert api.release(filters={"item_code": ITEM}) == shown
	assert [orders.reserved(name) for name in (first, second)] == [{ITEM: 2}, {ITEM: 1}]

"""What a new order gets where it has nothing of its own."""

import frappe
import pytest
from frappe.utils import add_days, getdate, today

from sales_order_ext.order_entry import api
from tests.site.masters import COMPANY, CUSTOMER, ITEM, OTHER_WAREHOUSE, SERVICE, WAREHOUSE, user


@pytest.fixture
def on(switch_on):
	switch_on("enable_payment_status", order_entry_defaults=1)


@pytest.fixture
def addresses():
	def make(kind, **fields):
		return frappe.get_doc({"doctype": "Address", "address_title": CUSTOMER, "address_type": kind,
			"address_line1": kind, "city": "Hill", "country": "United States",
			"links": [{"link_doctype": "Customer", "link_name": CUSTOMER}], **fields}).insert().name  # fmt: skip

	return make


def order_of(**fields):
	row = {"item_code": SERVICE, "qty": 1, "rate": 5, **fields.pop("row", {})}
	return frappe.get_doc({"doctype": "Sales Order", "company": COMPANY, "customer": CUSTOMER, "items": [row],
		**fields})  # fmt: skip


def test_filled_in_where_nothing_was_given(on, addresses):
	with user("Sales User", "Accounts Manager") as clerk:
		frappe.set_user("Administrator")
		employee = frappe.get_doc({"doctype": "Employee", "first_name": "Ann", "gender": "Female",
			"date_of_birth": "1990-01-01", "date_of_joining": "2020-01-01", "company": COMPANY,
			"user_id": clerk, "status": "Active"}).insert()  # fmt: skip
		person = frappe.get_doc({"doctype": "Sales Person", "sales_person_name": "Ann of Sales",
			"parent_sales_person": "Sales Team", "employee": employee.name}).insert()  # fmt: skip
		frappe.defaults.set_user_default("Warehouse", OTHER_WAREHOUSE, clerk)
		billing = addresses("Billing")
		frappe.set_user(clerk)
		order = order_of(row={"item_code": ITEM}).insert()
		shown = api.order_defaults(COMPANY, CUSTOMER)
	assert (getdate(order.delivery_date), order.set_warehouse) == (getdate(), OTHER_WAREHOUSE)
	assert order.items[0].warehouse == OTHER_WAREHOUSE
	assert [(one.sales_person, one.allocated_percentage) for one in order.sales_team] == [(person.name, 100)]
	assert (order.customer_address, order.shipping_address_name) == (billing, billing)
	assert "Hill" in order.shipping_address
	assert shown["set_warehouse"] == OTHER_WAREHOUSE and shown["shipping_address_name"] == billing
	order.update({"set_warehouse": None, "sales_team": []}).save()
	assert not order.sales_team


def test_what_was_given_stays(on, addresses):
	billing, shipping = addresses("Billing"), addresses("Shipping")
	frappe.defaults.set_user_default("Warehouse", OTHER_WAREHOUSE, "Administrator")
	date = add_days(today(), 9)
	order = order_of(
		delivery_date=date, set_warehouse=WAREHOUSE, row={"item_code": ITEM, "warehouse": WAREHOUSE}
	)
	order.insert()
	assert (str(order.delivery_date), order.set_warehouse) == (date, WAREHOUSE)
	assert (order.customer_address, order.shipping_address_name) == (billing, shipping)
	emptied = order_of(soe_defaults_shown=1).insert()
	assert not emptied.set_warehouse and emptied.delivery_date


def test_only_where_preferred(on, switch_on):
	switch_on(order_entry_defaults=0)
	with pytest.raises(frappe.ValidationError, match="Delivery Date"):
		order_of().insert()
	assert api.order_defaults(COMPANY) == {}
	switch_on(order_entry_defaults=1, enable_payment_status=0)
	with pytest.raises(frappe.ValidationError, match="Delivery Date"):
		order_of().insert()

"""What may stop a replacement and what may not: limits, numbers, rights, forged fields; and what it reports."""

import frappe
import pytest

from sales_order_ext.errors import (
	BelowBilledError,
	ReplacementNotAllowedError,
)
from sales_order_ext.preferences import SETTINGS
from sales_order_ext.replacement import api
from tests.site import masters
from tests.site.masters import ITEM, OTHER_CUSTOMER
from tests.site.replacement_shop import (
	ORDER,
	confirm,
	deliver,
	invoice,
	order_a,
	order_b,
	pay,
	replace,
	start,
	update_items,
)

pytestmark = pytest.mark.usefixtures("replacements_on")


def test_the_same_customer_order_number_is_no_obstacle():
	order = order_b(po_no="PO-4711")
	new = replace(order, 7)
	assert new.po_no == "PO-4711"
	update_items(new, 8)
	assert frappe.db.get_value(ORDER, new.name, "total_qty") == 17
	assert replace(new.reload()).po_no == "PO-4711"


def test_a_used_up_coupon_is_no_obstacle():
	rule = frappe.get_doc(
		{
			"doctype": "Pricing Rule",
			"title": "SOE coupon",
			"apply_on": "Item Code",
			"items": [{"item_code": ITEM}],
			"selling": 1,
			"coupon_code_based": 1,
			"rate_or_discount": "Discount Percentage",
			"discount_percentage": 10,
			"company": masters.COMPANY,
			"currency": "USD",
		}
	).insert()
	coupon = frappe.get_doc(
		{
			"doctype": "Coupon Code",
			"coupon_name": "SOE ONCE",
			"coupon_code": "SOEONCE",
			"coupon_type": "Promotional",
			"pricing_rule": rule.name,
			"maximum_use": 1,
			"valid_upto": frappe.utils.add_days(frappe.utils.today(), 9),
		}
	).insert()
	order = order_b(coupon_code=coupon.name)
	new = replace(order, 7)
	assert new.coupon_code == coupon.name
	assert frappe.db.get_value("Coupon Code", coupon.name, "used") == 1


def test_a_used_up_blanket_order_is_no_obstacle_but_still_a_limit():
	blanket = frappe.get_doc(
		{
			"doctype": "Blanket Order",
			"blanket_order_type": "Selling",
			"customer": masters.CUSTOMER,
			"company": masters.COMPANY,
			"from_date": frappe.utils.today(),
			"to_date": frappe.utils.add_days(frappe.utils.today(), 30),
			"items": [{"item_code": ITEM, "qty": 6, "rate": 37}],
		}
	)
	blanket.insert().submit()
	order = masters.sales_order((ITEM, 6, 37), submit=False)
	order.items[0].against_blanket_order, order.items[0].blanket_order = 1, blanket.name
	order.save().submit()
	assert frappe.db.get_value("Blanket Order Item", {"parent": blanket.name}, "ordered_qty") == 6
	new = replace(order, 5)
	assert new.items[0].blanket_order == blanket.name
	assert frappe.db.get_value("Blanket Order Item", {"parent": blanket.name}, "ordered_qty") == 5
	with pytest.raises(frappe.ValidationError):
		replace(new, 7)


def test_the_credit_limit_counts_the_order_once():
	customer = frappe.get_doc("Customer", OTHER_CUSTOMER)
	order = order_b(customer=OTHER_CUSTOMER)
	bill = invoice(order, 6)
	from erpnext.selling.doctype.customer.customer import get_customer_outstanding

	exposure = get_customer_outstanding(OTHER_CUSTOMER, masters.COMPANY)
	customer.append("credit_limits", {"company": masters.COMPANY, "credit_limit": exposure + 1})
	customer.save()
	new = replace(order)
	assert get_customer_outstanding(OTHER_CUSTOMER, masters.COMPANY) == pytest.approx(exposure)
	assert bill.reload().items[0].sales_order == new.name


def test_the_customer_stays_once_something_is_delivered():
	order = order_a()
	deliver(order, 1)
	draft = start(order)
	draft.update({"customer": OTHER_CUSTOMER, "customer_name": None, "title": None})
	with pytest.raises(ReplacementNotAllowedError, match=f"^Customer must stay {masters.CUSTOMER}"):
		draft.save()


def test_not_less_than_billed():
	order = order_b()
	invoice(order, 6)
	draft = start(order)
	draft.items[0].rate = 30
	with pytest.raises(BelowBilledError):
		draft.save()


def test_fields_that_say_who_replaces_whom_cannot_be_forged():
	other = order_a()
	row = other.items[0].name
	forged = masters.sales_order((ITEM, 1, 1), submit=False, soe_replaced_order=other.name)
	forged.items[0].soe_replaced_row = row
	forged.soe_is_cancelled, forged.soe_replacement_role = 1, "Inverse"
	forged.save()
	forged.submit()
	assert not forged.soe_replaced_order and not forged.soe_is_cancelled
	assert not forged.items[0].soe_replaced_row
	assert not frappe.db.exists(ORDER, f"{other.name}*R*")


def test_figures_in_a_submitted_form_are_not_believed():
	order = order_a()
	draft = start(order)
	draft.update({"advance_paid": 99, "per_delivered": 100, "per_billed": 100})
	draft.items[0].update({"delivered_qty": 2, "billed_amt": 4, "picked_qty": 2, "stock_reserved_qty": 2})
	draft.submit()
	new = frappe.get_doc(ORDER, draft.name)
	assert (new.advance_paid, new.per_delivered, new.per_billed) == (0, 0, 0)
	assert (new.items[0].delivered_qty, new.items[0].picked_qty) == (0, 0)


def clerk(*roles):
	email = "replacing.clerk@example.com"
	if not frappe.db.exists("User", email):
		user = {"doctype": "User", "email": email, "first_name": "Clerk", "send_welcome_email": 0}
		frappe.get_doc(user).insert(ignore_permissions=True)
	user = frappe.get_doc("User", email)
	user.set("roles", [])
	user.add_roles(*roles)
	return email


def test_without_the_rights_nothing_starts():
	order = order_a()
	frappe.set_user(clerk("Accounts User"))
	with pytest.raises((ReplacementNotAllowedError, frappe.PermissionError)):
		api.start(order.name)


def test_the_role_of_the_settings_decides(switch_on):
	frappe.get_doc({"doctype": "Role", "role_name": "SOE Replacer"}).insert()
	switch_on(replacement_role="SOE Replacer")
	order = order_a()
	user = clerk("Sales User")
	frappe.set_user(user)
	with pytest.raises(ReplacementNotAllowedError, match="SOE Replacer"):
		api.start(order.name)
	frappe.set_user("Administrator")
	clerk("Sales User", "SOE Replacer")
	frappe.set_user(user)
	new = replace(order, 3)
	assert new.owner == user
	assert frappe.db.get_value("Order Replacement", new.name, "replaced_by") == user


def test_the_difference_says_what_would_happen():
	order = order_b()
	pay(order, 200)
	draft = start(order, 1)
	effect = api.difference(draft.name)
	assert (effect["old_total"], effect["new_total"], effect["paid"]) == (293.70, 90.20, 200)
	assert [row["change"] for row in effect["rows"]] == ["Changed", "Same"]
	assert effect["problems"] == [] and "200" in effect["warnings"][0]
	confirm(draft)
	for name in (order.name, draft.name):
		assert api.difference(name)["difference"] == -203.50


def test_reports_count_a_replaced_order_once():
	from erpnext.selling.report.sales_analytics.sales_analytics import execute

	filters = frappe._dict(
		doc_type="Sales Order",
		tree_type="Customer",
		value_quantity="Value",
		company=masters.COMPANY,
		from_date=frappe.utils.get_first_day(frappe.utils.today()),
		to_date=frappe.utils.get_last_day(frappe.utils.today()),
		range="Monthly",
		customer=None,
	)

	def total():
		return sum(row.get("total", 0) for row in execute(filters)[1] if row.get("entity") == OTHER_CUSTOMER)

	before = total()
	order = order_b(customer=OTHER_CUSTOMER)
	once = total()
	replace(order)
	assert once > before and total() == pytest.approx(once)


def test_nothing_is_asked_of_the_database_when_switched_off(switch_on):
	switch_on(enable_cancel_and_replace=0)
	from sales_order_ext.replacement import records

	frappe.cache.set_value(records.REPLACED_KEY, 0)
	statements = []
	original_sql = frappe.db.sql
	order = masters.sales_order((ITEM, 1, 1))
	frappe.db.sql = lambda *args, **kwargs: statements.append(str(args[0])) or original_sql(*args, **kwargs)
	try:
		order.update_status("Closed")
	finally:
		frappe.db.sql = original_sql
	assert frappe.get_cached_doc(SETTINGS).enable_cancel_and_replace == 0
	assert not any("soe_replaced_order" in one and "where" in one.lower() for one in statements)

"""Soft allocation on a real site: what forms and drafts hold, who is told, and when it is given back."""

import frappe
import pytest
from frappe.utils import add_to_date, now_datetime

from sales_order_ext.allocation import api, jobs, records
from sales_order_ext.errors import HoldError, SwitchedOffError
from tests.site import masters, orders
from tests.site.masters import (
	CUSTOMER,
	ITEM,
	OTHER_CUSTOMER,
	OTHER_ITEM,
	SERVICE,
	WAREHOUSE,
	receive,
	sales_order,
)

STOCK = (ITEM, WAREHOUSE)


@pytest.fixture
def holding(switch_on):
	"""Ten of the item are there, and forms hold."""
	switch_on("enable_soft_allocation", "enable_stock_reservations")
	receive(ITEM, 10)


@pytest.fixture
def colleague():
	"""Another user who sells."""
	with masters.user("Sales User") as name:
		frappe.set_user("Administrator")
		yield name


def hold(key: str, qty: float, row: str = "row-1", item_code: str = ITEM) -> dict:
	return api.hold(key, row, item_code, WAREHOUSE, qty)


def held(key: str) -> float:
	return sum(frappe.get_all("Stock Hold", {"document_key": key}, pluck="qty"))


def free() -> float:
	return float(records.free_stock([STOCK])[STOCK])


def test_a_row_holds_what_is_free_and_is_told_who_has_the_rest(holding, colleague):
	assert hold("form-a", 6) == {"held": 6, "free": 10, "short": 0, "others": []}
	frappe.set_user(colleague)
	told = hold("form-b", 6)
	until = told["others"][0].pop("until")
	assert told == {"held": 4, "free": 4, "short": 2, "others": [{"user": "Administrator", "qty": 6}]}
	assert 25 * 60 < (frappe.utils.get_datetime(until) - now_datetime()).total_seconds() <= 30 * 60
	frappe.set_user("Administrator")
	assert hold("form-a", 2)["held"] == 2
	assert (held("form-a"), held("form-b"), free()) == (2, 4, 4)


def test_rows_of_a_form_share_and_a_row_may_change_its_item(holding):
	receive(OTHER_ITEM, 1)
	assert [hold("form-a", 7, row)["held"] for row in ("row-1", "row-2")] == [7, 3]
	assert hold("form-a", 1, "row-1", OTHER_ITEM)["held"] == 1
	assert hold("form-a", 12, "row-2") | {"others": []} == {"held": 10, "free": 10, "short": 2, "others": []}
	assert hold("form-a", 0, "row-2")["held"] == 0
	assert held("form-a") == 1
	assert hold("form-a", 3, "row-1", SERVICE) == {"held": 0, "free": 0, "short": 0, "others": []}
	assert held("form-a") == 0


def test_only_the_holder_or_a_manager_releases(holding, colleague):
	hold("form-a", 6, "row-1")
	hold("form-a", 2, "row-2")
	frappe.set_user(colleague)
	for attempt in (lambda: api.release("form-a"), lambda: hold("form-a", 1, "row-1")):
		with pytest.raises(frappe.PermissionError):
			attempt()
	name = frappe.db.get_value("Stock Hold", {"document_key": "form-a", "row_key": "row-1"})
	with pytest.raises(frappe.PermissionError):
		api.release_holds([name])
	api.leave("form-a")
	frappe.set_user("Administrator")
	assert held("form-a") == 8
	assert api.release("form-a", "row-2") == {"released": 1}
	hold("form-b", 1)
	with masters.user("Sales Manager"):
		assert api.release_holds(frappe.as_json([name])) == {"released": 1}
		assert api.release("form-b") == {"released": 1}
	assert free() == 10


def test_a_hold_counts_no_more_once_its_time_is_up(holding, monkeypatch):
	monkeypatch.setattr(frappe.db, "commit", lambda: None)
	jobs.sweep_holds()
	hold("form-a", 6)
	hold("form-b", 1)
	frappe.db.set_value("Stock Hold", {"document_key": "form-a"}, "expires_at", add_to_date(None, minutes=-1))
	assert free() == 9
	assert hold("form-c", 9)["others"][0]["qty"] == 1
	assert jobs.sweep_holds() == 1
	assert (held("form-a"), held("form-b")) == (0, 1)


def test_a_saved_draft_keeps_what_its_form_held(holding):
	hold("new-sales-order-abc", 6)
	order = sales_order((ITEM, 6, 20), submit=False, localname="new-sales-order-abc")
	assert (held("new-sales-order-abc"), held(order.name), order.items[0].soe_held_qty) == (0, 6, 6)
	one = frappe.get_last_doc("Stock Hold", {"document_key": order.name})
	assert (one.sales_order, one.customer, one.company) == (order.name, CUSTOMER, order.company)
	assert 23 < (one.expires_at - now_datetime()).total_seconds() / 3600 <= 24
	assert api.held_rows(order.name)[order.items[0].name] == {"held": 6, "free": 10, "short": 0, "others": []}
	order.items[0].qty = 2
	order.append("items", {"item_code": ITEM, "qty": 3, "rate": 20, "warehouse": WAREHOUSE})
	order.save()
	assert sorted(frappe.get_all("Stock Hold", {"document_key": order.name}, pluck="qty")) == [2, 3]
	order.items.pop(0)
	order.save()
	assert held(order.name) == 3
	order.delete()
	assert free() == 10


def test_saving_checks_again_and_names_what_changed(holding, colleague):
	order = sales_order((ITEM, 6, 20), submit=False)
	frappe.db.set_value(
		"Stock Hold", {"document_key": order.name}, "expires_at", add_to_date(None, minutes=-1)
	)
	frappe.set_user(colleague)
	hold("form-b", 7)
	frappe.set_user("Administrator")
	frappe.clear_messages()
	order.save()
	(said,) = (one["message"] for one in frappe.message_log)
	assert f"Row 1: 3 of 6 {ITEM} in {WAREHOUSE} are held now; 6 were before." in said
	assert "holds 7 until" in said
	frappe.clear_messages()
	order.save()
	assert not frappe.message_log
	assert (held(order.name), order.items[0].soe_held_qty) == (3, 3)


def test_submitting_turns_holds_into_reservations(holding, colleague):
	order = sales_order((ITEM, 6, 20), submit=False)
	frappe.set_user(colleague)
	assert hold("form-b", 10)["held"] == 4
	frappe.set_user("Administrator")
	other = sales_order((ITEM, 3, 20))
	assert orders.reserved(other.name) == {}
	order.submit()
	assert (orders.reserved(order.name), orders.status(order.name)) == ({ITEM: 6}, "Fully Reserved")
	assert (held(order.name), held("form-b"), free()) == (0, 4, 0)
	with pytest.raises(HoldError, match="no draft any more"):
		hold(order.name, 1)


def test_an_order_booked_at_once_gets_what_its_form_held(holding, colleague):
	hold("form-a", 10)
	frappe.set_user(colleague)
	hold("form-b", 3)
	frappe.set_user("Administrator")
	order = frappe.copy_doc(sales_order((ITEM, 1, 20), submit=False))
	order.items[0].qty = 10
	order.soe_document_key = "form-a"
	order.submit()
	assert (orders.reserved(order.name), held("form-a")) == ({ITEM: 10}, 0)


def test_what_reserves_nothing_holds_nothing(holding, switch_on):
	switch_on("enable_order_types")
	order = sales_order((ITEM, 6, 20), submit=False, soe_order_type="Forward Order")
	assert held(order.name) == 0
	order.soe_order_type = "Invoice Order"
	order.save()
	assert held(order.name) == 6
	order.items[0].delivered_by_supplier = 1
	order.items[0].supplier = masters.SUPPLIER
	order.save()
	assert held(order.name) == 0


def test_leaving_a_form(holding):
	hold("form-a", 6)
	api.leave("form-a")
	order = sales_order((ITEM, 6, 20), submit=False)
	hold(order.name, 9, order.items[0].name)
	assert held(order.name) == 9
	api.leave(order.name)
	assert (held("form-a"), held(order.name)) == (0, 6)


def test_product_bundles_hold_their_parts(holding):
	frappe.get_doc({"doctype": "Item", "item_code": "SOE-HELD-SET", "item_group": "Products",
		"stock_uom": "Nos", "is_stock_item": 0}).insert()  # fmt: skip
	bundle = frappe.get_doc({"doctype": "Product Bundle", "new_item_code": "SOE-HELD-SET"})
	bundle.append("items", {"item_code": ITEM, "qty": 2})
	bundle.append("items", {"item_code": OTHER_ITEM, "qty": 1})
	bundle.insert()
	receive(OTHER_ITEM, 4)
	assert hold("form-a", 7, item_code="SOE-HELD-SET") == {"held": 4, "free": 4, "short": 3, "others": []}
	assert free() == 2
	order = sales_order(("SOE-HELD-SET", 3, 90), submit=False, soe_document_key="form-a")
	assert (held(order.name), order.items[0].soe_held_qty) == (9, 3)


def test_units_of_sale_are_held_in_stock_units(holding):
	order = sales_order((ITEM, 1, 20), submit=False)
	order.items[0].update({"uom": "Box", "conversion_factor": 6, "qty": 2})
	order.save()
	assert (held(order.name), order.items[0].soe_held_qty) == (10, 10)


def test_who_may_hold(holding, switch_on):
	with masters.user("Stock User"), pytest.raises(frappe.PermissionError):
		hold("form-a", 1)
	order = sales_order((ITEM, 1, 20), submit=False)
	with masters.user("Sales User", allowed={"Customer": OTHER_CUSTOMER}):
		with pytest.raises(frappe.PermissionError):
			hold(order.name, 1)
	group = frappe.db.get_value("Warehouse", WAREHOUSE, "parent_warehouse")
	with pytest.raises(HoldError, match="group of warehouses"):
		api.hold("form-a", "row-1", ITEM, group, 1)
	switch_on(enable_soft_allocation=0)
	with pytest.raises(SwitchedOffError):
		hold("form-a", 1)


def test_a_kept_stock_level_is_not_promised(holding):
	frappe.db.set_value("Item", ITEM, "soe_keep_stock_level", 4)
	assert hold("form-a", 8) == {"held": 6, "free": 6, "short": 2, "others": []}
	api.release("form-a")
	order = sales_order((ITEM, 8, 20))
	assert orders.reserved(order.name) == {ITEM: 6}


def test_the_number_of_statements_does_not_grow_with_the_rows(holding, statements):
	pairs = [STOCK, *((f"SOE-NONE-{n}", WAREHOUSE) for n in range(30))]
	records.free_stock(pairs)
	with statements() as run:
		records.free_stock(pairs)
	assert len(run) == 2

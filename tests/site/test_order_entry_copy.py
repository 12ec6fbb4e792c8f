"""Copy Lines, Copy from Orders and a customer's history on a real site."""

import json

import frappe
import pytest
from frappe.utils import add_days, flt, getdate, today

from sales_order_ext.errors import CopyLinesError, InvalidInputError
from sales_order_ext.order_entry import api
from tests.site import masters
from tests.site.masters import (
	COMPANY,
	CUSTOMER,
	ITEM,
	OTHER_CUSTOMER,
	OTHER_ITEM,
	OTHER_WAREHOUSE,
	SERVICE,
	WAREHOUSE,
	counted,
	sales_order,
	user,
)


@pytest.fixture(autouse=True)
def prices():
	"""The list price of ITEM is 90; the others have none."""
	frappe.db.set_single_value("Stock Settings", "auto_insert_price_list_rate_if_missing", 0)
	price_list = frappe.db.get_single_value("Selling Settings", "selling_price_list")
	frappe.get_doc(
		{"doctype": "Item Price", "item_code": ITEM, "price_list": price_list, "price_list_rate": 90}
	).insert()


def draft(*rows, **fields):
	return sales_order(*(rows or [(SERVICE, 1, 50)]), submit=False, **fields)


def rows_of(order):
	order.reload()
	return [(row.item_code, row.qty, row.rate) for row in order.items]


def history(**arguments):
	return {one["item_code"]: one for one in api.customer_history(CUSTOMER, COMPANY, **arguments)}


class TestCustomerHistory:
	def test_last_price_date_quantity_and_times(self):
		sales_order((ITEM, 5, 70), transaction_date=add_days(today(), -20))
		last = sales_order((ITEM, 3, 80), (ITEM, 1, 85), (OTHER_ITEM, 2, 30), po_no="X1")
		entry = history()[ITEM]
		assert (entry["last_rate"], entry["last_qty"], entry["currency"]) == (80, 3, "USD")
		assert (entry["last_date"], entry["times_ordered"]) == (getdate(), 2)
		assert (entry["sales_order"], entry["sales_order_item"]) == (last.name, last.items[0].name)
		assert set(history()) == {ITEM, OTHER_ITEM}

	def test_drafts_cancelled_old_others_and_undone_orders_do_not_count(self):
		draft((ITEM, 5, 1))
		sales_order((ITEM, 5, 2)).cancel()
		sales_order((ITEM, 5, 3), customer=OTHER_CUSTOMER)
		undone = sales_order((ITEM, 5, 4))
		undone.db_set("soe_is_cancelled", 1)
		sales_order((OTHER_ITEM, 5, 5), transaction_date=add_days(today(), -40))
		assert history(days=30) == {}
		assert set(history(days=41)) == {OTHER_ITEM}

	def test_search_finds_codes_and_names_literally(self):
		sales_order((ITEM, 1, 1), (OTHER_ITEM, 1, 1))
		assert set(history(search="good-a")) == {ITEM}
		assert set(history(search="soe-good")) == {ITEM, OTHER_ITEM}
		assert history(search="%") == history(search="SOE_GOOD") == {}

	def test_stock_of_all_warehouses_or_of_the_default_one(self, switch_on):
		frappe.db.delete("Item Default", {"parent": ITEM})
		sales_order((ITEM, 1, 1), (SERVICE, 1, 1))
		before = history()[ITEM]
		masters.receive(ITEM, 7)
		masters.receive(ITEM, 4, warehouse=OTHER_WAREHOUSE)
		entry = history()[ITEM]
		assert entry["on_hand"] - before["on_hand"] == entry["free"] - before["free"] == 11
		switch_on("enable_order_types", "enable_stock_reservations")
		sales_order((ITEM, 2, 1), soe_order_type="Invoice Order")
		assert history()[ITEM]["free"] == entry["free"] - 2
		item = frappe.get_doc("Item", ITEM)
		item.set("item_defaults", [{"company": COMPANY, "default_warehouse": OTHER_WAREHOUSE}])
		item.save()
		assert history()[ITEM]["warehouse"] == OTHER_WAREHOUSE
		assert history()[ITEM]["on_hand"] == flt(
			frappe.db.get_value("Bin", {"item_code": ITEM, "warehouse": OTHER_WAREHOUSE}, "actual_qty")
		)
		assert history()[SERVICE]["on_hand"] is None

	def test_disabled_items_are_left_out(self):
		sales_order((ITEM, 1, 1))
		frappe.db.set_value("Item", ITEM, "disabled", 1)
		assert history() == {}

	def test_bad_input_is_refused(self):
		with pytest.raises(CopyLinesError, match="0 days"):
			api.customer_history(CUSTOMER, COMPANY, days=0)
		with pytest.raises(frappe.DoesNotExistError):
			api.customer_history("Nobody", COMPANY)

	def test_only_for_who_may_read_the_customer_and_only_the_orders_he_may_read(self):
		sales_order((ITEM, 1, 1))
		sales_order((OTHER_ITEM, 1, 1)).db_set("set_warehouse", OTHER_WAREHOUSE)
		with user("Sales User", allowed={"Warehouse": WAREHOUSE}):
			assert set(history()) == {ITEM}
		with user("Sales User", allowed={"Customer": OTHER_CUSTOMER}), pytest.raises(frappe.PermissionError):
			history()
		with user(), pytest.raises(frappe.PermissionError):
			history()

	def test_the_number_of_queries_does_not_grow(self):
		sales_order((ITEM, 1, 1))
		history()
		with counted() as few:
			history()
		for _number in range(5):
			sales_order((ITEM, 1, 1), (OTHER_ITEM, 1, 1), (SERVICE, 1, 1))
		with counted() as many:
			assert history()[ITEM]["times_ordered"] == 6
		assert len(many) == len(few)

	def test_prices_are_hidden_from_who_may_not_see_them(self, monkeypatch):
		sales_order((ITEM, 1, 70))
		assert history()[ITEM]["last_rate"] == 70
		with user("Sales User"):
			for doctype, field in (("Sales Order Item", "rate"), ("Sales Order", "grand_total")):
				monkeypatch.setattr(frappe.get_meta(doctype).get_field(field), "permlevel", 1)
			assert history()[ITEM]["last_rate"] is None
			assert {one.grand_total for one in api.orders_to_copy({"customer": CUSTOMER})} == {None}


class TestCopyLines:
	def test_appended_with_price_calculated(self):
		sold = sales_order((ITEM, 5, 70))
		order = draft()
		result = api.copy_lines(order.name, [{"sales_order_item": sold.items[0].name, "qty": 2}])
		assert rows_of(order) == [(SERVICE, 1, 50), (ITEM, 2, 90)]
		assert result == {"sales_order": order.name, "rows": [order.items[1].name]}
		assert (order.grand_total, order.items[1].delivery_date) == (230, order.delivery_date)

	@pytest.mark.parametrize("price", [70, 110])
	def test_price_kept_below_and_above_the_list(self, price):
		sold = sales_order((ITEM, 5, price))
		order = draft()
		rows = [{"sales_order_item": sold.items[0].name, "qty": "2", "keep_price": 1}]
		api.copy_lines(order.name, json.dumps(rows))
		assert rows_of(order)[1] == (ITEM, 2, price)
		assert order.items[1].price_list_rate == 90
		order.save()
		assert rows_of(order)[1] == (ITEM, 2, price)

	def test_an_item_with_a_price_of_its_own(self):
		order = draft()
		api.copy_lines(order.name, [{"item_code": OTHER_ITEM, "qty": 2, "rate": 12.5, "keep_price": True}])
		assert rows_of(order)[1] == (OTHER_ITEM, 2, 12.5)

	def test_a_price_that_a_pricing_rule_overrules_is_refused_and_nothing_written(self):
		frappe.get_doc(
			{
				"doctype": "Pricing Rule",
				"title": "Ten percent",
				"apply_on": "Item Code",
				"items": [{"item_code": ITEM}],
				"selling": 1,
				"rate_or_discount": "Discount Percentage",
				"discount_percentage": 10,
				"company": COMPANY,
				"currency": "USD",
				"valid_from": add_days(today(), -1),
			}
		).insert()
		order = draft()
		api.copy_lines(order.name, [{"item_code": ITEM, "qty": 1}])
		assert rows_of(order)[1] == (ITEM, 1, 81)
		with pytest.raises(CopyLinesError, match=r"81(\.0+)? instead of the kept price 70"):
			api.copy_lines(order.name, [{"item_code": ITEM, "qty": 1, "rate": 70, "keep_price": 1}])
		assert len(rows_of(order)) == 2

	@pytest.mark.parametrize(
		"rows, sentence",
		[
			([], "no rows"),
			([{"qty": 1}], "item is missing"),
			([{"item_code": ITEM, "qty": 0}], "above zero"),
			([{"sales_order_item": "none", "qty": 1}], "Search again"),
			([{"item_code": ITEM, "qty": 1, "keep_price": 1}], "no price to keep"),
			([{"item_code": ITEM, "qty": "many"}], "qty: many is no number"),
			([{"item_code": ITEM, "qty": 10**30}], "no number that a document can hold"),
			(["one"], "list of objects"),
			("{", "not written as JSON"),
		],
	)
	def test_bad_rows_are_refused_and_nothing_written(self, rows, sentence):
		order = draft()
		with pytest.raises((CopyLinesError, InvalidInputError), match=sentence):
			api.copy_lines(order.name, rows)
		assert len(rows_of(order)) == 1

	def test_what_erpnext_refuses_leaves_nothing_behind(self):
		order = draft()
		with pytest.raises(frappe.ValidationError):
			api.copy_lines(
				order.name, [{"item_code": ITEM, "qty": 1}, {"item_code": "no such item", "qty": 1}]
			)
		assert len(rows_of(order)) == 1

	def test_a_submitted_order_is_refused(self):
		order = sales_order((ITEM, 1, 1))
		with pytest.raises(CopyLinesError, match="no draft"):
			api.copy_lines(order.name, [{"item_code": ITEM, "qty": 1}])

	def test_only_who_may_write_the_order_and_read_the_source(self):
		sold = sales_order((ITEM, 5, 70), customer=OTHER_CUSTOMER)
		order = draft()
		rows = [{"sales_order_item": sold.items[0].name, "qty": 1, "keep_price": 1}]
		with user("Sales User", allowed={"Customer": CUSTOMER}), pytest.raises(CopyLinesError):
			api.copy_lines(order.name, rows)
		with user("Sales User", allowed={"Customer": OTHER_CUSTOMER}), pytest.raises(frappe.PermissionError):
			api.copy_lines(order.name, rows)
		with user("Sales User"):
			api.copy_lines(order.name, rows)
		assert rows_of(order)[1] == (ITEM, 1, 70)


class TestCopyFromOrders:
	def test_orders_of_any_customer_appended_in_sequence_and_repriced(self):
		first = sales_order((ITEM, 5, 70), customer=OTHER_CUSTOMER)
		second = draft((OTHER_ITEM, 4, 33), (ITEM, 6, 60))
		order = draft()
		api.copy_from_orders(order.name, json.dumps([second.name, first.name]))
		copied = [(item_code, qty) for item_code, qty, _rate in rows_of(order)]
		assert copied == [(SERVICE, 1), (OTHER_ITEM, 4), (ITEM, 6), (ITEM, 5)]
		assert [row.rate for row in order.items] == [50, 0, 90, 90]
		assert {row.prevdoc_docname for row in order.items} == {None}

	def test_taxes_are_the_target_s(self):
		tax = {"charge_type": "On Net Total", "account_head": masters.tax_account(), "description": "Tax"}
		source = sales_order((ITEM, 1, 70), taxes=[{**tax, "rate": 50}])
		order = draft(taxes=[{**tax, "rate": 10}])
		api.copy_from_orders(order.name, [source.name])
		order.reload()
		assert [(one.rate, one.tax_amount) for one in order.taxes] == [(10, 14)]
		assert order.grand_total == 154

	def test_cancelled_undone_unknown_and_own_orders_are_refused(self):
		cancelled, undone, order = sales_order((ITEM, 1, 1)), sales_order((ITEM, 1, 1)), draft()
		cancelled.cancel()
		undone.db_set("soe_is_cancelled", 1)
		for name in (cancelled.name, undone.name, "SO-none", order.name):
			with pytest.raises(CopyLinesError, match=name):
				api.copy_from_orders(order.name, [name])
		with pytest.raises(CopyLinesError, match="no orders"):
			api.copy_from_orders(order.name, [])
		with pytest.raises(InvalidInputError, match="list of names"):
			api.copy_from_orders(order.name, [["like", "%"]])
		assert len(rows_of(order)) == 1

	def test_only_orders_that_the_user_may_read(self):
		source, order = sales_order((ITEM, 5, 70), customer=OTHER_CUSTOMER), draft()
		with user("Sales User", allowed={"Customer": CUSTOMER}):
			assert source.name not in {one["name"] for one in api.orders_to_copy()}
			with pytest.raises(CopyLinesError, match=source.name):
				api.copy_from_orders(order.name, [source.name])

	def test_orders_are_found_by_filters(self):
		one = sales_order((ITEM, 5, 70), (ITEM, 1, 70), (SERVICE, 1, 1), po_no="PO-77")
		other = draft((OTHER_ITEM, 4, 33), customer=OTHER_CUSTOMER, transaction_date=add_days(today(), -9))

		def found(**filters):
			rows = api.orders_to_copy(json.dumps(filters))
			return {row["name"]: row for row in rows if row["name"] in (one.name, other.name)}

		assert found()[one.name]["rows"] == 3
		assert set(found()) == {one.name, other.name}
		assert set(found(customer=OTHER_CUSTOMER, company=COMPANY)) == {other.name}
		assert set(found(item_code=ITEM)) == {one.name}
		assert set(found(from_date=today())) == {one.name}
		assert set(found(to_date=add_days(today(), -1))) == {other.name}
		assert set(found(search="PO-77")) == {one.name}
		assert set(found(search=OTHER_CUSTOMER[:5], exclude=one.name)) == {other.name}

	@pytest.mark.parametrize(
		"filters, sentence",
		[
			({"owner": "me"}, "owner is not known"),
			({"from_date": "soon"}, "from_date: soon is no date"),
			({"customer": ["like", "%"]}, "customer: .* is no text"),
			({"start": "<b>"}, "start: &lt;b&gt; is no number"),
			('["one"]', "object of names and values"),
		],
	)
	def test_bad_filters_are_refused(self, filters, sentence):
		with pytest.raises(InvalidInputError, match=sentence):
			api.orders_to_copy(filters)

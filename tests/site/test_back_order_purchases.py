"""Back orders and purchases: ordering the shortage once, promised dates, and the reports."""

import frappe
import pytest
from frappe.utils import add_days, getdate, today

from sales_order_ext.allocation import api, arrivals, jobs, promises
from tests.site import masters, orders
from tests.site.masters import COMPANY, ITEM, OTHER_ITEM, WAREHOUSE, receive, sales_order

ACTIVE = "Active Order"
STOCK = (ITEM, WAREHOUSE)


def wait(*rows):
	return sales_order(*(rows or [(ITEM, 4, 20)]), soe_order_type=ACTIVE).name


def names_of(*found):
	return frappe.get_all("Back Order", {"sales_order": ("in", found)}, pluck="name", order_by="name")


def promised(order):
	return frappe.db.get_value("Back Order", {"sales_order": order}, "promised_date")


def buy(qty, days, **line):
	order = frappe.get_doc({"doctype": "Purchase Order", "company": COMPANY, "supplier": masters.SUPPLIER})
	line = {"item_code": ITEM, "qty": qty, "rate": 5, "warehouse": WAREHOUSE, **line}
	order.append("items", {**line, "schedule_date": add_days(today(), days)})
	return order.insert().submit()


def day(days):
	return getdate(add_days(today(), days))


def told():
	return frappe.get_all("Notification Log", {"type": "Alert"}, pluck="subject", order_by="creation desc")


def test_the_shortage_is_requested_once(types_on):
	receive(ITEM, 1)
	first, second = wait((ITEM, 4, 20), (OTHER_ITEM, 2, 10)), wait()
	names = names_of(first, second)
	made = api.order_shortage(frappe.as_json(names))
	request = frappe.get_doc("Material Request", made["material_request"])
	assert made == {"material_request": request.name, "material_requests": [request.name], "skipped": []}
	assert (request.docstatus, request.material_request_type, request.company) == (1, "Purchase", COMPANY)
	rows = sorted((row.item_code, row.stock_qty, row.warehouse, row.sales_order) for row in request.items)
	assert rows == sorted(
		[
			(ITEM, 3, WAREHOUSE, first),
			(OTHER_ITEM, 2, WAREHOUSE, first),
			(ITEM, 4, WAREHOUSE, second),
		]
	)
	assert {row.sales_order_item for row in request.items} == set(
		frappe.get_all("Back Order", {"name": ("in", names)}, pluck="sales_order_item")
	)
	linked = frappe.get_all("Back Order", {"name": ("in", names)}, pluck="material_request")
	assert set(linked) == {request.name}
	again = api.order_shortage(names)
	assert (again["material_request"], again["material_requests"]) == (None, [])
	assert [one["back_order"] for one in again["skipped"]] == names
	request.cancel()
	frappe.db.value_cache.clear()
	receive(OTHER_ITEM, 2)
	api.release(filters={"item_code": OTHER_ITEM})
	assert orders.reserved(first)[OTHER_ITEM] == 2
	assert api.order_shortage(names)["material_request"]


def test_what_was_bought_for_the_order_is_not_requested_again(types_on):
	order = wait()
	row = frappe.db.get_value("Back Order", {"sales_order": order}, "sales_order_item")
	buy(3, 5, sales_order=order, sales_order_item=row)
	request = frappe.get_doc("Material Request", api.order_shortage(names_of(order))["material_request"])
	assert [line.stock_qty for line in request.items] == [1]


def test_a_user_who_may_not_request_is_refused_and_closed_orders_are_skipped(types_on):
	order = wait()
	with masters.user("Sales Manager"), pytest.raises(frappe.PermissionError):
		api.order_shortage(names_of(order))
	frappe.get_doc("Sales Order", order).update_status("Closed")
	made = api.order_shortage(names_of(order))
	assert made["material_request"] is None
	assert "closed" in made["skipped"][0]["message"]


def test_promises_follow_the_purchases(types_on):
	first, second = wait(), wait()
	buy(6, 9)
	early = buy(4, 3)
	promises.refresh([STOCK])
	assert (promised(first), promised(second)) == (day(3), day(9))
	assert not told()
	early.update_status("On Hold")
	promises.refresh([STOCK])
	assert (promised(first), promised(second)) == (day(9), None)
	subjects = told()
	assert len(subjects) == 2
	assert any(first in one and "not" in one for one in subjects)
	assert any(second in one and "too little" in one for one in subjects)


def test_what_was_bought_for_an_order_is_promised_to_it(types_on):
	first, second = wait(), wait()
	row = frappe.db.get_value("Back Order", {"sales_order": second}, "sales_order_item")
	buy(4, 2, sales_order=second, sales_order_item=row)
	promises.refresh([STOCK])
	assert (promised(first), promised(second)) == (None, day(2))


def test_purchases_that_change_are_noticed_and_a_receipt_ends_the_promise(types_on, monkeypatch):
	from erpnext.buying.doctype.purchase_order.purchase_order import make_purchase_receipt
	from erpnext.controllers.accounts_controller import update_child_qty_rate

	found = []
	monkeypatch.setattr(jobs, "enqueue_fill", lambda *stock: found.append(stock))
	monkeypatch.setattr(frappe.db, "commit", lambda: None)

	def noticed():
		found.clear()
		arrivals._announce()
		return found

	order = wait()
	noticed()
	draft = frappe.copy_doc(buy(4, 5))
	assert noticed() == [STOCK]
	draft.insert()
	assert noticed() == []
	purchase = draft.submit()
	noticed()
	line = {"docname": purchase.items[0].name, "item_code": ITEM, "qty": 5, "rate": 5, "conversion_factor": 1}
	line["schedule_date"] = add_days(today(), 20)
	update_child_qty_rate("Purchase Order", frappe.as_json([line]), purchase.name)
	assert noticed() == [STOCK]
	jobs.fill(*STOCK)
	assert promised(order) == day(5)
	purchase.reload()
	make_purchase_receipt(purchase.name).insert().submit()
	assert noticed() == [STOCK]
	jobs.fill(*STOCK)
	assert orders.back_orders(order) == [(ITEM, 4, 4, "Filled")]
	frappe.get_doc("Purchase Order", purchase.name).update_status("Closed")
	assert noticed() == []


def test_the_reports_say_what_waits_what_is_short_and_what_was_lost(types_on):
	from sales_order_ext.sales_order_ext.report.back_orders import back_orders
	from sales_order_ext.sales_order_ext.report.lost_demand import lost_demand
	from sales_order_ext.sales_order_ext.report.reservation_shortfall import reservation_shortfall

	receive(ITEM, 1)
	order, other = wait(), wait((OTHER_ITEM, 2, 10))
	buy(2, 5)
	wanted = {"company": COMPANY, "item_code": ITEM}
	columns, rows, _message, chart, summary = back_orders.execute(wanted)
	mine = next(row for row in rows if row.sales_order == order)
	assert (mine.open_qty, mine.value, mine.age, mine.free) == (3, 60, 0, 0)
	assert {column["fieldname"] for column in columns} >= {"promised_date", "value", "age"}
	assert chart["data"]["labels"] == [ITEM] and summary[1]["value"] == sum(row.value for row in rows)
	assert back_orders.execute({**wanted, "promise": "Late"})[1] == []

	_columns, rows, _message, chart, summary = reservation_shortfall.execute(wanted)
	mine = next(row for row in rows if row.sales_order == order)
	assert (mine.owed, mine.reserved, mine.short, mine.back_ordered, mine.incoming) == (4, 1, 3, 3, 2)
	assert other not in {row.sales_order for row in rows}
	assert reservation_shortfall.execute({**wanted, "to_date": today()})[1] == []

	value = api.open_value()["value"]
	frappe.get_doc("Sales Order", order).cancel()
	assert api.open_value()["value"] == value - 60
	assert api.oldest_age()["value"] >= 0
	_columns, rows, _message, chart, summary = lost_demand.execute({**wanted, "from_date": today()})
	assert [(row.cause, row.qty, row.amount) for row in rows if row.reference_name == order] == [
		("Back Order Cancelled", 3, 60)
	]
	assert chart["data"]["datasets"] and summary[0]["value"] == len(rows)


@pytest.mark.parametrize("report", ["Back Orders", "Reservation Shortfall", "Lost Demand"])
def test_a_report_without_rows_is_empty(types_on, report):
	from frappe.desk.query_report import run

	result = run(
		report, {"company": COMPANY, "customer": masters.OTHER_CUSTOMER, "item_code": masters.SERVICE}
	)
	assert not result["result"] and not result.get("chart")

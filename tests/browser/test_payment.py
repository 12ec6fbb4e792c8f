"""Payments at the desk: a clerk adds one with credit and money, and finds orders by their status."""

from tests.browser.desk import Desk

ORDER = {
	"customer": "Maple Hotel",
	"delivery_date": "2099-12-31",
	"items": [{"item_code": "Desk Lamp", "qty": 2, "rate": 60, "delivery_date": "2099-12-31"}],
}


def booked(desk: Desk) -> str:
	return desk.submit(desk.insert("Sales Order", **ORDER))["name"]


def test_the_list_finds_orders_by_payment(desk):
	name = booked(desk)
	desk.open("Sales Order")
	desk.page.evaluate(
		"() => cur_list.filter_area.add([['Sales Order', 'soe_payment_status', '=', 'Not Paid']])"
	)
	desk.settle()
	desk.page.wait_for_function(f"() => cur_list.data.some((row) => row.name === '{name}')")
	assert desk.page.locator(".list-row .soe-bar").count() >= 3
	assert desk.page.locator(".list-sidebar .filter-pill, .saved-filters-preview, .filter-pill").count()
	desk.picture("order-list")
	desk.page.evaluate("() => cur_list.filter_area.clear()")

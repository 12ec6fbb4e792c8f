"""The wizard's pages on the server: stored one by one, checked at once, with stock and warnings live."""

import frappe
import pytest
from erpnext.selling.doctype.customer.customer import get_customer_outstanding
from frappe.utils import add_days, today

from sales_order_ext.errors import QuoteWinBlockedError, UnknownPageError
from sales_order_ext.won_quote import api
from tests.site.masters import COMPANY, CUSTOMER, ITEM, OTHER_WAREHOUSE, SERVICE, WAREHOUSE, receive
from tests.site.wins import codes, opportunity, order_of, quotation, row, user_with


@pytest.fixture(autouse=True)
def procurement(switch_on):
	switch_on("enable_procurement")


def page(state, name):
	return next(one for one in state["pages"] if one["page"] == name)


def warned(win):
	return [one["code"] for one in api.preview(win.name)["warnings"]]


def test_a_plain_quotation_asks_three_pages():
	win = api.start(quotation=quotation().name)
	asked = [one["page"] for one in api.state(win.name)["pages"] if one["asks"]]
	assert asked == ["Close", "Lines", "Summary"]
	with_service = api.start(quotation=quotation(row(), row(SERVICE, qty=1)).name)
	assert page(api.state(with_service.name), "Activate")["asks"]


def test_pages_are_stored_and_checked_one_by_one():
	win = api.start(quotation=quotation(row(qty=10)).name)
	rows = [{"quotation_item": win.items[0].quotation_item, "qty": 11, "warehouse": OTHER_WAREHOUSE}]
	state = api.save_page(win.name, "Lines", frappe.as_json({"items": rows}))
	assert [one["code"] for one in page(state, "Lines")["blockers"]] == ["qty_above_remaining"]
	assert state["quote_win"]["page"] == "Lines"
	rows[0]["qty"] = 3
	state = api.save_page(win.name, "Lines", {"items": rows})
	assert page(state, "Lines")["blockers"] == []
	state = api.save_page(win.name, "Order", {"delivery_date": add_days(today(), -1), "po_no": "PO-9"})
	assert [one["code"] for one in page(state, "Order")["blockers"]] == ["delivery_before_order"]
	api.save_page(win.name, "Order", {"delivery_date": add_days(today(), 3)})
	api.save_page(win.name, "Notify", {"notify": ["Administrator", "Administrator"]})
	again = api.start(quotation=win.quotation)
	assert (again.name, again.po_no, again.items[0].qty, len(again.notify)) == (win.name, "PO-9", 3, 1)
	api.finish(win.name)
	order = order_of(win)
	assert (order.po_no, order.items[0].qty, order.items[0].warehouse) == ("PO-9", 3, OTHER_WAREHOUSE)


@pytest.mark.parametrize("name, values", [("Order", {"status": "Finished"}), ("Nowhere", {})])
def test_a_page_takes_only_what_it_asks(name, values):
	win = api.start(quotation=quotation().name)
	with pytest.raises(UnknownPageError):
		api.save_page(win.name, name, values)
	frappe.set_user(user_with("Stock User"))
	with pytest.raises(frappe.PermissionError):
		api.save_page(win.name, "Order", {})
	with pytest.raises(frappe.PermissionError):
		api.lines(win.name)


def test_who_may_not_win_sees_no_lines():
	win = api.start(quotation=quotation(row(qty=5)).name)
	role = frappe.get_doc({"doctype": "Role", "role_name": "Pass Reader", "desk_access": 1}).insert().name
	frappe.permissions.add_permission("Quote Win", role)
	frappe.set_user(user_with(role))
	state = api.state(win.name)
	live = api.lines(win.name)
	assert (state["lines"], state["actions"], live["lines"], live["actions"]) == ([], [], [], [])
	assert [one["code"] for one in page(state, "Close")["blockers"]] == ["not_permitted"]


def test_lines_show_stock_as_it_stands_on_the_screen():
	receive(ITEM, 6, OTHER_WAREHOUSE)
	win = api.start(quotation=quotation(row(qty=10, warehouse=OTHER_WAREHOUSE), row(SERVICE, qty=1)).name)
	before = frappe.db.transaction_writes
	line, service = api.lines(win.name)["lines"]
	on_hand = frappe.db.get_value("Bin", {"item_code": ITEM, "warehouse": OTHER_WAREHOUSE}, "actual_qty")
	assert (line["on_hand"], line["free"], line["shortage"]) == (on_hand, on_hand, 10 - on_hand)
	assert (line["action"], service["action"], service["free"]) == ("wait", "order", None)
	typed = [{"quotation_item": line["quotation_item"], "qty": 2, "source": "Drop Shipment"}]
	shipped = api.lines(win.name, frappe.as_json(typed))
	assert shipped["lines"][0]["action"] == "ship_direct"
	assert [one["code"] for one in page(shipped, "Lines")["blockers"]] == ["supplier_missing"]
	assert page(shipped, "Lines")["warnings"] == []
	here = api.lines(win.name, [{**typed[0], "source": ""}])
	assert (here["lines"][0]["action"], page(here, "Lines")["blockers"]) == ("deliver", [])
	assert frappe.db.transaction_writes == before
	assert warned(win) == ["shortage"]


def test_rows_of_one_item_share_its_stock():
	free = frappe.db.get_value("Bin", {"item_code": ITEM, "warehouse": OTHER_WAREHOUSE}, "actual_qty") or 0
	receive(ITEM, 6, OTHER_WAREHOUSE)
	rows = [row(qty=free + 4, warehouse=OTHER_WAREHOUSE), row(qty=4, warehouse=OTHER_WAREHOUSE)]
	win = api.start(quotation=quotation(*rows).name)
	assert [line["shortage"] for line in api.lines(win.name)["lines"]] == [0, 2]


def test_the_credit_limit_forbids_or_warns():
	customer = frappe.get_doc("Customer", CUSTOMER)
	limit = get_customer_outstanding(CUSTOMER, COMPANY) + 150
	customer.append("credit_limits", {"company": COMPANY, "credit_limit": limit})
	customer.save()
	win = api.start(quotation=quotation(row(qty=10, rate=20)).name)
	frappe.db.set_single_value("Accounts Settings", "credit_controller", None)
	assert codes(win) == ["credit_limit"]
	with pytest.raises(QuoteWinBlockedError, match="credit"):
		api.finish(win.name)
	frappe.db.set_single_value("Accounts Settings", "credit_controller", "Sales Manager")
	assert (codes(win), warned(win)[:1]) == ([], ["credit_limit"])
	api.finish(win.name)


def test_prices_below_valuation_are_warned_or_refused():
	receive(ITEM, 1, rate=50)
	frappe.db.set_value("Bin", {"item_code": ITEM, "warehouse": WAREHOUSE}, "valuation_rate", 50)
	values = {"item_code": ITEM, "price_list": "Standard Selling", "price_list_rate": 20}
	past = {"valid_from": add_days(today(), -9), "valid_upto": add_days(today(), -1)}
	quote = quotation(row(qty=1, rate=20), selling_price_list="Standard Selling")
	# ERPNext may have made a price of the quoted rate already.
	frappe.get_doc({"doctype": "Item Price", **values, **past}).insert()
	frappe.db.set_value("Item Price", {"item_code": ITEM}, past)
	win = api.start(quotation=quote.name)
	assert warned(win) == ["margin_below_valuation", "price_expired"]
	frappe.db.set_single_value("Selling Settings", "validate_selling_price", 1)
	assert codes(win) == ["price_too_low"]


def test_the_order_carries_what_the_opportunity_knows():
	campaign = "utm_campaign" if frappe.get_meta("Opportunity").has_field("utm_campaign") else "campaign"
	kind = frappe.get_meta("Opportunity").get_field(campaign).options
	source = frappe.get_doc({"doctype": kind, "campaign_name": "Spring", "name": "Spring"}).insert()
	deal = opportunity(**{campaign: source.name})
	deal.append("notes", {"note": "Rings twice", "added_by": "Administrator"})
	deal.save()
	quote = quotation(opportunity=deal.name)
	file = {"doctype": "File", "file_name": "plan.txt", "content": "a plan", "is_private": 1}
	at = {"attached_to_doctype": "Quotation", "attached_to_name": quote.name}
	frappe.get_doc({**file, **at}).insert()
	win = api.start(quotation=quote.name)
	api.finish(win.name)
	order = order_of(win)
	assert (order.soe_opportunity, order.get(campaign)) == (deal.name, source.name)
	assert frappe.db.exists("File", {"attached_to_name": order.name, "file_name": ("like", "plan%")})
	notes = frappe.get_all("Comment", {"reference_name": order.name, "comment_type": "Info"}, pluck="content")
	assert "Rings twice" in notes

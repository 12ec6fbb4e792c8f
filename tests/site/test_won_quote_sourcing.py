"""Where the rows of a won quotation come from: suppliers who ship, purchases for the order, bundles."""

import frappe
import pytest

from sales_order_ext.errors import QuoteWinBlockedError, UndoNotAllowedError
from sales_order_ext.won_quote import api
from tests.site.masters import COMPANY, ITEM, OTHER_ITEM, OTHER_WAREHOUSE, SUPPLIER, receive
from tests.site.wins import actions, bundle, codes, goods, order_of, quotation, row, status

SUPPLIED = {"item_defaults": [{"company": COMPANY, "default_supplier": SUPPLIER}]}


@pytest.fixture(autouse=True)
def procurement(switch_on):
	switch_on("enable_procurement")


def started(*rows, **fields):
	win = api.start(quotation=quotation(*rows).name)
	return win.update(fields).save()


def test_what_its_supplier_usually_ships_is_preset_and_can_be_had_from_stock():
	shipped = goods("SOE-SHIPPED", delivered_by_supplier=1, **SUPPLIED)
	win = started(row(), row(shipped))
	assert [line.source for line in win.items] == ["", "Drop Shipment"]
	assert [line.supplier for line in win.items] == [None, SUPPLIER]
	api.finish(win.name)
	order = order_of(win)
	assert [line.delivered_by_supplier for line in order.items] == [0, 1]
	assert order.items[1].supplier == SUPPLIER
	other = started(row(shipped))
	other.items[0].source = "Stock"
	api.finish(other.save().name)
	assert order_of(other).items[0].delivered_by_supplier == 0


def test_a_row_that_a_supplier_ships_needs_one(types_on):
	win = started(row(goods("SOE-SHIPPED", delivered_by_supplier=1)))
	assert codes(win) == ["supplier_missing"]
	by_type = started(row(), order_type="Drop Shipment Order")
	assert codes(by_type) == ["supplier_missing"]
	by_type.items[0].supplier = SUPPLIER
	assert codes(by_type.save()) == []


def test_what_is_bought_with_the_order_is_foreseen_and_taken_back(types_on, switch_on):
	rows = [row(goods("SOE-BOUGHT", **SUPPLIED), qty=5), row(goods("SOE-WANTED"), qty=3)]
	receive("SOE-BOUGHT", 2)
	win = started(*rows, order_type="Back-to-Back Order")
	told = {one["action"]: one["description"] for one in api.preview(win.name)["actions"]}
	assert told["Create Purchase Order"] == f"Purchase order to {SUPPLIER}: 3 × SOE-BOUGHT"
	assert told["Create Material Request"] == "Material request: 3 × SOE-WANTED"
	created = {one["doctype"]: one["name"] for one in api.finish(win.name)["created"]}
	purchase = frappe.get_doc("Purchase Order", created["Purchase Order"])
	assert [(line.item_code, line.qty) for line in purchase.items] == [("SOE-BOUGHT", 3)]
	switch_on(enable_order_types=0)
	removed = {(one["doctype"], one["name"]) for one in api.undo(win.name)["removed"]}
	assert set(created.items()) <= removed
	for doctype, name in created.items():
		assert not frappe.db.exists(doctype, name)
	assert status(frappe.get_doc("Quotation", win.quotation)) == "Open"


def test_what_has_come_for_the_order_keeps_it(types_on):
	from erpnext.buying.doctype.purchase_order.purchase_order import make_purchase_receipt

	win = started(row(goods("SOE-BOUGHT", **SUPPLIED), qty=5), order_type="Back-to-Back Order")
	created = {one["doctype"]: one["name"] for one in api.finish(win.name)["created"]}
	make_purchase_receipt(created["Purchase Order"]).insert()
	with pytest.raises(UndoNotAllowedError, match="under way"):
		api.undo(win.name)


def test_buying_for_the_order_needs_order_types():
	win = started(row(goods("SOE-BOUGHT", **SUPPLIED)))
	win.items[0].source = "Back-to-Back"
	warned = [one["code"] for one in api.preview(win.save().name)["warnings"]]
	assert warned == ["shortage", "nothing_bought"]
	assert "Create Purchase Order" not in actions(win)


def test_a_bundle_is_free_as_its_scarcest_part():
	parts = {goods("SOE-PART-A"): 2, goods("SOE-PART-B"): 1}
	sets = bundle("SOE-SET", **parts)
	receive("SOE-PART-A", 7, OTHER_WAREHOUSE)
	receive("SOE-PART-B", 9, OTHER_WAREHOUSE)
	place = {"warehouse": OTHER_WAREHOUSE}
	win = started(row(sets, qty=4, **place), row("SOE-PART-A", qty=1, **place))
	bundled, part = api.lines(win.name)["lines"]
	assert (bundled["on_hand"], bundled["free"], bundled["shortage"]) == (3.5, 3, 1)
	assert (bundled["action"], part["free"], part["shortage"]) == ("wait", 7, 0)
	# Goods come before bundles when an order is delivered: two of part A leave five, enough for two sets.
	more = started(row(sets, qty=4, **place), row("SOE-PART-A", qty=2, **place))
	assert api.lines(more.name)["lines"][0]["free"] == 2


def test_a_shipped_row_takes_nothing_from_stock():
	receive(ITEM, 6, OTHER_WAREHOUSE)
	free = frappe.db.get_value("Bin", {"item_code": ITEM, "warehouse": OTHER_WAREHOUSE}, "actual_qty")
	place = {"warehouse": OTHER_WAREHOUSE}
	win = started(row(qty=free, **place), row(qty=free, **place))
	win.items[0].update({"source": "Drop Shipment", "supplier": SUPPLIER})
	assert [one["shortage"] for one in api.lines(win.save().name)["lines"]] == [0, 0]


def test_what_cannot_be_reordered_is_refused_before_anything_is_written(switch_on):
	final = goods("SOE-FINAL", soe_not_reorderable=1)
	receive(final, 3)
	win = started(row(OTHER_ITEM, qty=1), row(final, qty=4))
	assert codes(win) == []
	switch_on("enable_back_orders")
	assert codes(win) == ["not_reorderable"]
	with pytest.raises(QuoteWinBlockedError, match="only 3 can be had"):
		api.finish(win.name)
	win.items[1].qty = 3
	assert codes(win.save()) == []

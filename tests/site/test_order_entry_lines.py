"""Custom and text lines through order, delivery, invoice, run, replacement and print."""

import frappe
import pytest
from erpnext.controllers.accounts_controller import update_child_qty_rate
from erpnext.stock.doctype.delivery_note.delivery_note import make_sales_invoice as invoice_of_note
from erpnext.stock.doctype.delivery_note.delivery_note import make_sales_return
from erpnext.stock.doctype.item.item import Item
from frappe.utils import strip_html

from sales_order_ext import preferences
from sales_order_ext.errors import LineError
from sales_order_ext.fulfilment import api as fulfilment
from sales_order_ext.order_entry import api as copying
from sales_order_ext.order_type import api as order_types
from sales_order_ext.replacement import api as replacement
from tests.site import invoicing_helpers as helpers
from tests.site import masters
from tests.site.masters import COMPANY, CUSTOMER, ITEM, OTHER_ITEM, SERVICE, WAREHOUSE
from tests.site.orders import delivery_note, invoice


def text(words):
	return {"soe_line_type": "Text", "description": words}


def goods(item_code, qty, rate):
	return {"item_code": item_code, "qty": qty, "rate": rate, "warehouse": WAREHOUSE}


ITEMS = ("soe-text", "soe-custom")
FORMATS = {"Sales Order": ["Sales Order with Allocation"], "Sales Invoice": ["Sales Invoice by Orders"]}
CUSTOM = {"soe_line_type": "Custom", "description": "Cut to size", "qty": 2, "rate": 7.5}


def order_of(*rows, submit=True, **fields):
	order = masters.sales_order(submit=False, items=list(rows), **fields)
	return order.submit() if submit else order


def kitchen(**fields):
	rows = (
		text("Kitchen"),
		goods(ITEM, 4, 10),
		CUSTOM,
		text("<p><b>Bath</b></p>"),
		goods(OTHER_ITEM, 2, 20),
		text("Thanks"),
	)
	return order_of(*rows, **fields)


def shown(doc):
	return [strip_html(row.description) if row.soe_line_type else row.item_code for row in doc.items]


@pytest.fixture
def stock(switch_on):
	switch_on("enable_order_types", "enable_stock_reservations", "enable_back_orders", "enable_invoice_terms")
	for item_code in (ITEM, OTHER_ITEM):
		masters.receive(item_code, 10)


def test_a_text_costs_nothing_and_a_custom_line_what_it_says():
	order = kitchen()
	assert shown(order) == ["Kitchen", ITEM, "Cut to size", "Bath", OTHER_ITEM, "Thanks"]
	assert (order.grand_total, order.total_qty) == (95, 8)
	assert [row.item_name for row in order.items if row.soe_line_type] == [
		"Kitchen", "Cut to size", "Bath", "Thanks"]  # fmt: skip


def test_partial_deliveries_carry_their_headings_and_end_at_a_hundred_percent(stock):
	order = kitchen()
	first = delivery_note(order.name, SOE_GOOD_B=0).insert().submit()
	assert shown(first) == ["Kitchen", ITEM, "Cut to size", "Thanks"]
	assert frappe.db.get_value("Sales Order", order.name, "per_delivered") == 75
	second = delivery_note(order.name).insert().submit()
	assert shown(second) == ["Bath", OTHER_ITEM, "Thanks"]
	billed = invoice_of_note(first.name).insert()
	assert shown(billed) == ["Kitchen", ITEM, "Cut to size", "Thanks"]
	billed.submit()
	rest = invoice(order.name).insert().submit()
	assert shown(rest) == ["Bath", OTHER_ITEM, "Thanks"]
	order.reload()
	assert (order.per_delivered, order.per_billed, order.status) == (100, 100, "Completed")
	back = make_sales_return(first.name).insert().submit()
	assert [row.qty for row in back.items] == [-4, -2]


def test_a_text_that_is_left_out_blocks_nothing(stock):
	order = kitchen()
	note = delivery_note(order.name).insert()
	note.set("items", [row for row in note.items if row.soe_line_type != "Text"])
	note.save().submit()
	assert shown(note) == [ITEM, "Cut to size", OTHER_ITEM]
	assert frappe.db.get_value("Sales Order", order.name, "per_delivered") == 100
	note.cancel()
	assert frappe.db.get_value("Sales Order", order.name, "per_delivered") == 0


def test_processing_and_invoice_run(stock):
	order = kitchen()
	made = order_types.process(order.name)
	note = frappe.get_doc("Delivery Note", made["delivery_note"])
	assert shown(note) == ["Kitchen", "Cut to size", ITEM, "Bath", OTHER_ITEM, "Thanks"]
	assert shown(frappe.get_doc("Sales Invoice", made["sales_invoice"])) == shown(order)
	others = [order_of(text("Hall"), goods(ITEM, 1, 10), soe_invoice_term="Immediate") for _ in range(2)]
	groups = helpers.run(orders=[one.name for one in others], submit_invoices=1)
	assert [shown(helpers.invoice_of(group)) for group in groups] == [["Hall", ITEM]] * 2


def test_replaced_with_its_texts(stock, switch_on):
	switch_on("enable_cancel_and_replace")
	order = kitchen()
	delivery_note(order.name, SOE_GOOD_B=0).insert().submit()
	draft = frappe.get_doc("Sales Order", replacement.start(order.name))
	draft.append("items", text("Extra")).idx = 7
	draft.save()
	replacement.confirm(draft.name)
	draft.reload()
	order.reload()
	inverse = frappe.get_doc("Sales Order", order.soe_inverse_order)
	assert shown(draft) == [*shown(order), "Extra"]
	assert [abs(row.qty) for row in inverse.items] == [row.qty for row in order.items]
	assert (draft.per_delivered, draft.grand_total) == (75, 95)
	delivery_note(draft.name).insert().submit()
	assert frappe.db.get_value("Sales Order", draft.name, "per_delivered") == 100


def test_copied_to_another_order_and_shown_in_its_overview():
	order = kitchen()
	target = order_of(goods(SERVICE, 1, 1), submit=False)
	copying.copy_from_orders(target.name, [order.name])
	target.reload()
	assert shown(target)[1:] == shown(order)
	assert [row.rate for row in target.items if row.soe_line_type == "Custom"] == [7.5]
	assert set(ITEMS) & {one["item_code"] for one in copying.customer_history(CUSTOMER, COMPANY)} == set()
	seen = fulfilment.overview(order.name)["rows"]
	assert [row["name"] for row in seen] == [row.name for row in order.items if row.soe_line_type != "Text"]


def test_rows_can_be_moved_changed_and_become_items():
	order = kitchen(submit=False)
	order.items.insert(0, order.items.pop(3))
	order.items[1].update({"item_code": SERVICE, "qty": 1, "rate": 3})
	order.save()
	assert shown(order) == ["Bath", SERVICE, ITEM, "Cut to size", OTHER_ITEM, "Thanks"]
	assert order.grand_total == 98


def test_only_texts_may_have_no_quantity():
	with pytest.raises(LineError, match="Row 2"):
		order_of(text("A"), goods(ITEM, 0, 10))
	with pytest.raises(frappe.ValidationError):
		order_of(goods(ITEM, 0, 10))


def test_update_items_leaves_texts_alone():
	order = kitchen()
	rows = [{"docname": row.name, "item_code": row.item_code, "qty": row.qty, "rate": row.rate, "uom": row.uom,
		"conversion_factor": row.conversion_factor, "delivery_date": str(row.delivery_date), "idx": row.idx,
		"description": row.description} for row in order.items]  # fmt: skip
	rows[1]["qty"] = 5
	update_child_qty_rate("Sales Order", frappe.as_json(rows), order.name)
	order.reload()
	assert (order.grand_total, shown(order)[0]) == (105, "Kitchen")


@pytest.mark.parametrize("doctype", ["Sales Order", "Sales Invoice"])
def test_print_shows_the_words_alone(stock, doctype, monkeypatch):
	monkeypatch.setattr(frappe.db, "commit", lambda: None)  # printing is noted at once
	order = kitchen()
	doc = order if doctype == "Sales Order" else invoice(order.name).insert()
	for print_format in (None, "Standard", *FORMATS[doctype]):
		html = frappe.get_print(doctype, doc.name, print_format)
		assert "soe-text" not in html and "soe-custom" not in html
		said = strip_html(html)
		assert (said.count("Kitchen"), said.count("Bath")) == (1, 1), print_format
		assert "None" not in said and ("<b>Bath</b>" in html or not print_format)
	assert frappe.get_doc(doctype, doc.name).items[0].item_code == "soe-text"


@pytest.fixture
def no_line_items():
	"""The site as before the first switch was ever on."""
	for item_code in ITEMS:
		frappe.delete_doc("Item", item_code, force=True)
	frappe.db.value_cache.clear()


def test_the_first_line_that_the_desk_sends_finds_its_item(no_line_items, switch_on):
	assert not any(frappe.db.exists("Item", item_code) for item_code in ITEMS)
	switch_on("enable_payment_status")
	assert all(frappe.db.exists("Item", item_code) for item_code in ITEMS)
	order = order_of(
		goods(ITEM, 1, 10), {**CUSTOM, "item_code": "soe-custom"}, {**text("Note"), "item_code": "soe-text"}
	)
	assert shown(order) == [ITEM, "Cut to size", "Note"]


def test_an_item_that_another_app_refuses_keeps_no_switch_off(no_line_items, switch_on, monkeypatch):
	def refuse(_doc):
		frappe.throw("A code is <b>missing</b>.")

	monkeypatch.setattr(Item, "validate", refuse)
	switch_on("enable_payment_status")
	assert preferences.get("enable_payment_status", COMPANY)
	assert not any(frappe.db.exists("Item", item_code) for item_code in ITEMS)
	said = [message["message"] for message in frappe.get_message_log()]
	assert len(said) == len(ITEMS) and all("A code is missing." in one for one in said)


@pytest.mark.parametrize(
	"description, name, printed",
	[
		("Tables &amp; chairs<br>2 &lt; 3", "Tables & chairs", "Tables & chairs\n2 < 3"),
		(
			"&lt;img src=x onerror=hacked()&gt;",
			"‹img src=x onerror=hacked()>",
			"‹img src=x onerror=hacked()>",
		),
	],
)
def test_a_line_is_named_by_its_first_words(switch_on, description, name, printed):
	switch_on("enable_payment_status")
	order = order_of(text(description), goods(ITEM, 1, 10), submit=False)
	assert order.items[0].item_name == name
	order.run_method("before_print", frappe.get_cached_doc("Print Settings"))
	assert order.items[0].item_name == printed

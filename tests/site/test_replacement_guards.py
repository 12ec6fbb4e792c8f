"""A replaced order stays as it is, whatever door is used; who may replace; what does not get in the way."""

import json

import frappe
import pytest
from erpnext.selling.doctype.sales_order.sales_order import (
	close_or_unclose_sales_orders,
	create_pick_list,
	make_delivery_note,
	make_material_request,
	make_sales_invoice,
)
from erpnext.selling.doctype.sales_order.sales_order import update_status as desk_update_status

from sales_order_ext.errors import (
	AlreadyReplacedError,
	OriginalChangedError,
	ReplacementNotAllowedError,
	SwitchedOffError,
)
from sales_order_ext.replacement import api, records
from tests.site import masters
from tests.site.masters import ITEM
from tests.site.replacement_shop import (
	ORDER,
	assert_replaced,
	confirm,
	deliver,
	order_a,
	purchase_order,
	replace,
	start,
	update_items,
)

pytestmark = pytest.mark.usefixtures("replacements_on")


@pytest.fixture(params=["original", "inverse"])
def dead(request):
	"""A replaced order, or its inverse."""
	order = order_a()
	replace(order)
	name = order.name if request.param == "original" else f"{order.name}*R*"
	return frappe.get_doc(ORDER, name)


def test_guards_hold_though_the_cache_never_heard_of_the_first_replacement(dead, switch_on):
	"""Redis was lost at the commit; the switch may have been turned off since."""
	frappe.cache.set_value(records.REPLACED_KEY, 0)
	assert records.any_replaced()
	frappe.cache.set_value(records.REPLACED_KEY, 0)
	switch_on(enable_cancel_and_replace=0)
	row = {"item_code": ITEM, "qty": 1, "against_sales_order": dead.name}
	note = {"doctype": "Delivery Note", "customer": dead.customer, "company": dead.company, "items": [row]}
	with pytest.raises(AlreadyReplacedError):
		frappe.get_doc(note).insert()


@pytest.mark.parametrize("status", ["Draft", "On Hold"])
def test_a_replaced_order_is_not_reopened_or_held(dead, status):
	with pytest.raises(AlreadyReplacedError):
		desk_update_status(status, dead.name)
	with pytest.raises(AlreadyReplacedError):
		dead.update_status(status)
	with pytest.raises(AlreadyReplacedError):
		dead.db_set("status", status)
	assert frappe.db.get_value(ORDER, dead.name, "status") == "Closed"


def test_a_replaced_order_is_not_reopened_from_the_list(dead):
	with pytest.raises(AlreadyReplacedError):
		close_or_unclose_sales_orders(json.dumps([dead.name]), "Draft")


def test_a_replaced_order_is_not_cancelled_changed_or_deleted(dead):
	with pytest.raises(AlreadyReplacedError, match=f"{dead.soe_root_order}-1"):
		dead.cancel()
	dead.reload()
	dead.letter_head = None
	# ERPNext's own refusal comes first where the inverse has no delivery date.
	with pytest.raises(AlreadyReplacedError if dead.delivery_date else frappe.ValidationError):
		dead.save()
	with pytest.raises(frappe.ValidationError):
		update_items(dead, 5)
	with pytest.raises(frappe.ValidationError):
		frappe.delete_doc(ORDER, dead.name)


def test_a_replaced_order_is_not_replaced_again(dead):
	with pytest.raises((AlreadyReplacedError, ReplacementNotAllowedError)):
		api.start(dead.name)


def documents(order):
	"""Documents that a clerk began for the order before it was replaced, not stored yet."""
	masters.receive(ITEM, 2)
	yield make_delivery_note(order.name)
	yield make_sales_invoice(order.name)
	request = make_material_request(order.name)
	request.schedule_date = frappe.utils.today()
	yield request
	from erpnext.accounts.doctype.payment_entry.payment_entry import get_payment_entry

	payment = get_payment_entry(ORDER, order.name)
	payment.reference_no, payment.reference_date = "1", frappe.utils.today()
	yield payment
	yield create_pick_list(order.name)
	purchase = purchase_order(order)
	purchase.schedule_date = frappe.utils.today()
	yield purchase
	reference = {"reference_doctype": ORDER, "reference_name": order.name}
	yield frappe.get_doc(
		{"doctype": "Payment Request", "payment_request_type": "Inward", "grand_total": 1, **reference}
	)
	party = {"reference_type": ORDER, "reference_name": order.name, "is_advance": "Yes"}
	yield frappe.get_doc(
		{"doctype": "Journal Entry", "company": masters.COMPANY, "accounts": [{**party, "credit": 1}]}
	)
	row = {"voucher_type": ORDER, "voucher_no": order.name, "voucher_detail_no": order.items[0].name}
	yield frappe.get_doc({"doctype": "Stock Reservation Entry", "item_code": ITEM, "warehouse": masters.WAREHOUSE,
		"reserved_qty": 1, **row})  # fmt: skip
	yield frappe.get_doc({"doctype": "Work Order", "sales_order": order.name, "company": masters.COMPANY})
	pos = {"item_code": ITEM, "qty": 1, "sales_order": order.name}
	yield frappe.get_doc({"doctype": "POS Invoice", "company": masters.COMPANY, "items": [pos]})


def test_nothing_new_refers_to_a_replaced_order():
	order = order_a()
	begun = list(documents(order))
	new = replace(order)
	for document in begun:
		with pytest.raises(AlreadyReplacedError, match=new.name):
			document.insert()


def test_a_draft_that_refers_to_a_replaced_order_is_not_submitted():
	order = order_a()
	note = deliver(order, 2, submit=False)
	new = replace(order)
	frappe.db.set_value("Delivery Note Item", {"parent": note.name}, "against_sales_order", order.name)
	frappe.db.set_value(ORDER, order.name, "status", "To Deliver and Bill")
	with pytest.raises(AlreadyReplacedError, match=new.name):
		frappe.get_doc("Delivery Note", note.name).submit()


def test_the_guards_hold_after_the_switch_is_off(switch_on):
	order = order_a()
	note = make_delivery_note(order.name)
	replace(order)
	switch_on(enable_cancel_and_replace=0)
	with pytest.raises(AlreadyReplacedError):
		note.insert()
	with pytest.raises(AlreadyReplacedError):
		frappe.get_doc(ORDER, order.name).update_status("Draft")


def test_what_was_begun_is_finished_after_the_switch_is_off(switch_on):
	order, other = order_a(), order_a()
	draft = start(order, 3)
	switch_on(enable_cancel_and_replace=0)
	with pytest.raises(SwitchedOffError):
		api.start(other.name)
	assert_replaced(order, confirm(draft))


def test_an_order_with_an_open_replacement_is_not_cancelled():
	order = order_a()
	draft = start(order)
	with pytest.raises(ReplacementNotAllowedError, match=draft.name):
		frappe.get_doc(ORDER, order.name).cancel()
	api.abandon(draft.name)
	frappe.get_doc(ORDER, order.name).cancel()


def test_a_replacement_can_be_cancelled_and_amended():
	order = order_a()
	new = replace(order)
	new.cancel()
	amended = frappe.copy_doc(new)
	amended.amended_from = new.name
	amended.docstatus = 0
	amended.insert().submit()
	assert amended.name == f"{new.name}-1"
	assert not amended.soe_replaced_order and not amended.items[0].soe_replaced_row
	assert replace(amended).name == f"{amended.name}-1"


def test_update_items_on_the_original_asks_to_start_again():
	order = order_a()
	draft = start(order)
	update_items(order, 5)
	with pytest.raises(OriginalChangedError, match=draft.name):
		confirm(draft)
	api.abandon(draft.name)
	assert replace(order).items[0].qty == 5


def test_closing_the_original_stops_its_replacement():
	order = order_a()
	draft = start(order)
	frappe.get_doc(ORDER, order.name).update_status("Closed")
	with pytest.raises(OriginalChangedError):
		confirm(draft)

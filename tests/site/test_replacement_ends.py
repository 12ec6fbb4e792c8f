"""What became of a replaced order in the end: replaced again, cancelled, amended, discarded; each says where to go."""

import frappe
import pytest
from erpnext.selling.doctype.sales_order.sales_order import make_delivery_note

from sales_order_ext.errors import AlreadyReplacedError, ReplacementNotAllowedError
from sales_order_ext.replacement import api, records, successors
from tests.site import masters
from tests.site.masters import ITEM
from tests.site.orders import discard
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
)

pytestmark = pytest.mark.usefixtures("replacements_on")


def amend(order, submit=True):
	amended = frappe.copy_doc(order)
	amended.update({"amended_from": order.name, "docstatus": 0})
	amended.insert()
	return amended.submit() if submit else amended


def told(name):
	order = frappe.get_doc(ORDER, name)
	order.run_method("onload")
	return (order.get("__onload") or {}).get("soe_replacement")


def refused(order, match):
	"""Every refusal leads to the same place: the guard of documents, of the order itself, and of a new start."""
	row = {"item_code": ITEM, "qty": 1, "against_sales_order": order.name}
	note = {
		"doctype": "Delivery Note",
		"company": masters.COMPANY,
		"customer": masters.CUSTOMER,
		"items": [row],
	}
	for attempt in (
		lambda: frappe.get_doc(note).insert(),
		lambda: frappe.get_doc(ORDER, order.name).update_status("Draft"),
		lambda: frappe.get_doc(ORDER, f"{order.name}*R*").cancel(),
		lambda: api.start(order.name),
		lambda: api.confirm(order.name),
	):
		with pytest.raises(AlreadyReplacedError, match=match):
			attempt()


def test_a_chain_leads_to_its_last_order():
	order = order_a()
	first = replace(order)
	second = replace(first)
	refused(order, rf"(Use|Work on) {second.name} instead")
	assert told(order.name) == {"replacements": [first.name], "living": [second.name], "cancelled": []}
	assert told(first.name) == {"replacements": [second.name]}


def test_a_cancelled_replacement_is_amended_and_the_amendment_is_what_is_worked_on():
	order = order_a()
	first = replace(order)
	first.cancel()
	refused(order, f"{first.name}, which is cancelled too. Amend {first.name}")
	assert told(order.name) == {"replacements": [first.name], "living": [], "cancelled": [first.name]}
	assert told(first.name) == {"was_booked": True}
	amended = amend(first, submit=False)
	assert successors.ends_of(order.name) == ([amended.name], [])
	amended.submit()
	refused(order, rf"(Use|Work on) {amended.name} instead")
	assert told(f"{order.name}*R*")["living"] == [amended.name]
	last = replace(amended)
	refused(order, rf"(Use|Work on) {last.name} instead")
	last.cancel()
	refused(order, f"Amend {last.name}")


def test_of_several_replacements_those_that_live_are_named():
	order = order_b()
	first, second = api.split(order.name, rows=[order.items[1].name])
	api.confirm(order.name)
	frappe.get_doc(ORDER, first).cancel()
	refused(order, rf"(Use|Work on) {second} instead")
	frappe.get_doc(ORDER, second).cancel()
	refused(order, f"Amend {first}, {second}")


def test_the_portal_leads_to_the_order_that_lives(monkeypatch):
	from sales_order_ext.replacement import portal

	monkeypatch.setattr(frappe, "has_website_permission", lambda order: True)
	order = order_a()
	first = replace(order)
	assert portal._successor(order.name) == f"/orders/{first.name}"
	first.cancel()
	assert portal._successor(order.name) == "/orders"
	amended = amend(first, submit=False)
	assert portal._successor(order.name) == "/orders"
	amended.submit()
	assert portal._successor(f"{order.name}*R*") == f"/orders/{amended.name}"


def test_a_replacement_is_cancelled_as_any_order_is():
	"""What moved to it counts: goods and invoices forbid it, money is let go of."""
	for make in (lambda order: deliver(order, 1), lambda order: invoice(order, 1)):
		order = order_a()
		done = make(order)
		new = replace(order)
		frappe.db.savepoint("cancelling")
		with pytest.raises(frappe.LinkExistsError):
			new.cancel()
		frappe.db.rollback(save_point="cancelling")
		frappe.get_doc(done.doctype, done.name).cancel()
		frappe.get_doc(ORDER, new.name).cancel()
	order = order_a()
	payment = pay(order, 4.14)
	replace(order).cancel()
	assert frappe.get_doc("Payment Entry", payment.name).unallocated_amount == 4.14
	assert frappe.db.get_value(ORDER, order.name, ["status", "advance_paid"]) == ("Closed", 0)


def test_a_discarded_draft_never_replaced_anything():
	order = order_a()
	draft = start(order, 3)
	discard(draft)
	assert told(draft.name) == {"was_booked": False}
	with pytest.raises(ReplacementNotAllowedError, match=f"never replaced {order.name}"):
		api.difference(draft.name)
	frappe.db.set_single_value("Print Settings", "allow_print_for_cancelled", 1)
	printed = frappe.get_print(ORDER, draft.name, print_format="Order Changes")
	assert ITEM not in printed
	assert not frappe.db.exists("Order Replacement", draft.name)
	new = confirm(start(order, 4))
	from sales_order_ext.sales_order_ext.report.replacement_chains.replacement_chains import execute

	rows = execute({"sales_order": order.name})[1]
	assert [row["name"] for row in rows] == [order.name, f"{order.name}*R*", new.name]
	new.cancel()
	assert successors.ends_of(order.name) == ([], [new.name])
	printed = frappe.get_print(ORDER, new.name, print_format="Order Changes")
	assert ITEM in printed and "not booked yet" not in printed


def test_what_was_replaced_has_no_payment_status(switch_on):
	switch_on("enable_payment_status")
	order = order_a()
	new = replace(order)

	def statuses():
		names = [order.name, f"{order.name}*R*", new.name]
		return [frappe.db.get_value(ORDER, name, "soe_payment_status") or "" for name in names]

	assert statuses() == ["", "", "Not Paid"]
	pay(new, 4.14)
	assert statuses() == ["", "", "Fully Paid"]


def test_who_waited_for_the_replacement_is_told_its_name(monkeypatch):
	"""A transaction that began before sees the locked row as it is now, but not the new order."""
	order = order_a()
	new = replace(order)
	monkeypatch.setattr(records, "ends_of", lambda original: ([], []))
	[flags] = records.lock_flags([order.name])
	assert (flags.is_cancelled, flags.replaced_by) == (True, new.name)


def test_a_note_begun_before_the_chain_grew_names_the_last():
	order = order_a()
	note = make_delivery_note(order.name)
	last = replace(replace(order))
	masters.receive(ITEM, 2)
	with pytest.raises(AlreadyReplacedError, match=last.name):
		note.insert()

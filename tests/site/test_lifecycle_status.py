"""Life cycle status on a real site: each status reached by a real order, by ERPNext's own doors."""

import frappe
import pytest
from erpnext.controllers.accounts_controller import update_child_qty_rate
from erpnext.selling.doctype.sales_order.sales_order import update_status
from erpnext.stock.doctype.delivery_note.delivery_note import make_sales_return
from frappe.utils import add_days, get_datetime, getdate, today

from sales_order_ext.errors import CannotBeSentError, SwitchedOffError
from sales_order_ext.lifecycle import api, jobs, records
from tests.site import money
from tests.site.masters import ITEM, SERVICE, receive, sales_order
from tests.site.order_life import life_cycle, undated


@pytest.fixture
def on(switch_on):
	switch_on("enable_lifecycle_status")


def let_days_pass(order, days=10):
	"""Age an order so that its required date (a week ahead) has passed."""
	dates = {"transaction_date": add_days(today(), -days), "delivery_date": add_days(today(), 7 - days)}
	frappe.db.set_value("Sales Order", order.name, dates, update_modified=False)
	row_dates = {"delivery_date": dates["delivery_date"]}
	frappe.db.set_value("Sales Order Item", {"parent": order.name}, row_dates, update_modified=False)
	jobs.mark_overdue()


def email(order, **fields):
	return frappe.get_doc(
		{
			"doctype": "Communication",
			"communication_medium": "Email",
			"communication_type": "Communication",
			"sent_or_received": "Sent",
			"reference_doctype": "Sales Order",
			"reference_name": order.name,
			"subject": "Your order",
			"recipients": "buyer@example.com",
			**fields,
		}
	).insert()


def sent_on(order):
	return frappe.db.get_value("Sales Order", order.name, "soe_sent_on")


def test_draft_open_and_due(on):
	draft = undated(submit=False)
	assert life_cycle(draft) == ("Draft", 0)
	draft.submit()
	assert life_cycle(draft) == ("Open", 0)
	assert draft.soe_lifecycle_status == "Open"
	assert life_cycle(sales_order((ITEM, 1, 100))) == ("Due", 0)


def test_switched_off_nothing_is_written(statements):
	receive(ITEM, 1)
	with statements() as run:
		order = sales_order((ITEM, 1, 100))
		money.deliver(order)
		money.invoice(order)
		email(order)
	assert not [query for query in run if "owes_goods" in query]
	assert not any(frappe.db.get_value("Sales Order", order.name, ["soe_lifecycle_status", "soe_sent_on"]))


def test_overdue_until_the_goods_are_delivered(on):
	receive(ITEM, 2)
	order = sales_order((ITEM, 2, 100))
	let_days_pass(order)
	assert life_cycle(order) == ("Overdue", 1)
	money.deliver(order, qty=1)
	assert life_cycle(order) == ("Overdue", 1)
	note = money.deliver(order)
	assert life_cycle(order) == ("Due", 0)
	note.cancel()
	assert life_cycle(order) == ("Overdue", 1)


def test_a_returned_delivery_is_owed_again(on):
	receive(ITEM, 1)
	order = sales_order((ITEM, 1, 100))
	note = money.deliver(order)
	let_days_pass(order)
	assert life_cycle(order) == ("Due", 0)
	make_sales_return(note.name).insert().submit()
	assert life_cycle(order) == ("Overdue", 1)


def test_services_alone_are_never_overdue(on):
	order = sales_order((SERVICE, 1, 100))
	let_days_pass(order)
	assert life_cycle(order) == ("Due", 0)


def test_overdue_stays_visible_beside_the_invoices(on):
	order = sales_order((ITEM, 4, 25))
	let_days_pass(order)
	part = money.invoice(order, qty=1)
	assert life_cycle(order) == ("Partially Invoiced", 1)
	rest = money.invoice(order)
	assert life_cycle(order) == ("Invoiced", 1)
	rest.cancel()
	assert life_cycle(order) == ("Partially Invoiced", 1)
	part.reload().cancel()
	assert life_cycle(order) == ("Overdue", 1)


def test_a_grouped_invoice_places_all_its_orders(on):
	orders = [sales_order((SERVICE, 1, 100)) for _ in range(2)]
	money.invoice(*orders)
	assert [life_cycle(order) for order in orders] == [("Invoiced", 0)] * 2


def test_a_credit_note_that_takes_the_billing_back(on):
	order = sales_order((SERVICE, 4, 25))
	invoice = money.invoice(order)
	money.credit(invoice, qty=1, update_billed_amount_in_sales_order=1)
	assert life_cycle(order) == ("Partially Invoiced", 0)


def test_closed_reopened_cancelled(on):
	order = sales_order((ITEM, 1, 100))
	update_status("Closed", order.name)
	assert life_cycle(order) == ("Closed", 0)
	update_status("Draft", order.name)
	assert life_cycle(order) == ("Due", 0)
	order.reload().cancel()
	assert life_cycle(order) == ("Cancelled", 0)


def test_replaced(on):
	order = sales_order((ITEM, 1, 100))
	frappe.db.set_value("Sales Order", order.name, {"soe_is_cancelled": 1, "status": "Closed"})
	records.update([order.name], getdate())
	assert life_cycle(order) == ("Replaced", 0)


def test_moving_the_date_forward_clears_overdue_at_once(on):
	order = sales_order((ITEM, 1, 100))
	let_days_pass(order)
	row = order.reload().items[0]
	changed = {"docname": row.name, "item_code": ITEM, "qty": 1, "rate": 100}
	changed["delivery_date"] = add_days(today(), 3)
	update_child_qty_rate("Sales Order", frappe.as_json([changed]), order.name)
	assert life_cycle(order) == ("Due", 0)


def test_moving_the_date_on_the_form_clears_overdue_at_once(on):
	order = sales_order((ITEM, 1, 100))
	let_days_pass(order)
	order.reload()
	order.items[0].delivery_date = order.delivery_date = add_days(today(), 3)
	order.save()
	assert life_cycle(order) == ("Due", 0)
	assert (order.soe_lifecycle_status, order.soe_is_overdue) == ("Due", 0)


def test_adding_to_an_invoiced_order_makes_it_partially_invoiced(on):
	order = sales_order((ITEM, 1, 100))
	money.invoice(order)
	row = order.reload().items[0]
	changed = {"docname": row.name, "item_code": ITEM, "qty": 2, "rate": 100}
	update_child_qty_rate("Sales Order", frappe.as_json([changed]), order.name)
	assert life_cycle(order) == ("Partially Invoiced", 0)


def test_an_email_means_that_the_order_was_sent(on):
	order = undated(submit=False)
	written = email(order)
	assert life_cycle(order) == ("Open", 0)
	assert sent_on(order) == get_datetime(written.communication_date)
	form = frappe.get_doc("Sales Order", order.name)
	form.soe_sent_on = None
	form.save()
	assert sent_on(order) == get_datetime(written.communication_date)


@pytest.mark.parametrize(
	"fields",
	[
		{"sent_or_received": "Received"},
		{"communication_medium": "Phone"},
		{"reference_name": "No Such Order"},
	],
)
def test_other_communications_mean_nothing(on, fields):
	order = undated(submit=False)
	if "reference_name" in fields:
		fields = {"reference_doctype": "Customer", "reference_name": order.customer}
	email(order, **fields)
	assert life_cycle(order) == ("Draft", 0)


def test_a_scheduled_email_counts_once_it_was_sent(on):
	order = undated(submit=False)
	message = email(order)
	frappe.db.set_value("Sales Order", order.name, "soe_sent_on", None)
	message.db_set("delivery_status", "Scheduled")
	assert sent_on(order) is None
	message.db_set("delivery_status", "Sent")
	assert life_cycle(order) == ("Open", 0)


def test_mark_sent(on):
	order = undated(submit=False)
	answer = api.mark_sent(order.name)
	assert answer["sales_order"] == order.name
	assert answer["soe_lifecycle_status"] == "Open"
	assert life_cycle(order) == ("Open", 0)
	assert get_datetime(answer["soe_sent_on"]) == sent_on(order)


def test_mark_sent_refuses_what_no_longer_stands(on):
	order = sales_order((SERVICE, 1, 100))
	order.cancel()
	with pytest.raises(CannotBeSentError, match="Amend it"):
		api.mark_sent(order.name)
	assert sent_on(order) is None


def test_mark_sent_asks_for_permission_first():
	order = sales_order((SERVICE, 1, 100))
	frappe.set_user("Guest")
	with pytest.raises(frappe.PermissionError):
		api.mark_sent(order.name)


def test_mark_sent_while_switched_off():
	order = sales_order((SERVICE, 1, 100))
	with pytest.raises(SwitchedOffError, match="Life Cycle"):
		api.mark_sent(order.name)


def test_status_and_modified_are_left_alone(on):
	order = sales_order((ITEM, 1, 100))
	before = frappe.db.get_value("Sales Order", order.name, ["status", "modified"])
	let_days_pass(order)
	api.mark_sent(order.name)
	assert frappe.db.get_value("Sales Order", order.name, ["status", "modified"]) == before


@pytest.mark.parametrize("submit, stays", [(False, "Draft"), (True, "Open")])
def test_an_old_copy_without_a_status_is_saved(switch_on, submit, stays):
	"""It was read before the switch came on and the orders that were there were measured."""
	order = undated(submit=submit)
	copy = frappe.get_doc("Sales Order", order.name)
	switch_on("enable_lifecycle_status")
	records.update([order.name], getdate())
	assert not copy.soe_lifecycle_status and life_cycle(order) == (stays, 0)
	copy.save()
	assert life_cycle(order) == (stays, 0)


def test_an_old_copy_of_an_order_that_was_sent_or_became_overdue_since_is_saved(on):
	sent, late = undated(submit=False), sales_order((ITEM, 1, 100))
	let_days_pass(late, 0)
	dates = {"delivery_date": add_days(today(), -3), "transaction_date": add_days(today(), -10)}
	frappe.db.set_value("Sales Order", late.name, dates, update_modified=False)
	rows = {"delivery_date": dates["delivery_date"]}
	frappe.db.set_value("Sales Order Item", {"parent": late.name}, rows, update_modified=False)
	copies = [frappe.get_doc("Sales Order", order.name) for order in (sent, late)]
	api.mark_sent(sent.name)
	jobs.mark_overdue()
	for copy, stays in zip(copies, [("Open", 0), ("Overdue", 1)], strict=True):
		assert life_cycle(copy) == stays
		copy.save()
		assert life_cycle(copy) == stays


@pytest.mark.parametrize("submit, stays, old", [(False, "Draft", "Due"), (True, "Open", "Invoiced")])
def test_a_form_that_was_opened_before_is_saved_with_the_status_of_now(on, submit, stays, old):
	order = undated(submit=submit)
	order.reload().soe_lifecycle_status = old
	order.save()
	assert life_cycle(order) == (stays, 0)

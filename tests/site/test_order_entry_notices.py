"""Who follows an order is told what changed: one message a save, through the queue and the log."""

import frappe
import pytest
from erpnext.controllers.accounts_controller import update_child_qty_rate

from sales_order_ext.order_entry import notices
from tests.site.masters import ITEM, OTHER_ITEM, sales_order, user


@pytest.fixture(autouse=True)
def switched_on(switch_on):
	"""Notifications on, and an account to queue mail with."""
	switch_on("enable_order_notifications")
	if not frappe.db.exists("Email Account", {"default_outgoing": 1}):
		frappe.get_doc({"doctype": "Email Account", "email_account_name": "Orders", "email_id": "orders@example.com",
			"enable_outgoing": 1, "default_outgoing": 1, "smtp_server": "localhost", "no_smtp_authentication": 1,
			"awaiting_password": 1}).insert(ignore_permissions=True)  # fmt: skip
	yield
	notices._kept().clear()
	frappe.db.before_commit.reset()


def ordered(*rows, **fields):
	recipients = [{"email": "buyer@example.com"}, {"user": "Administrator"}]
	order = sales_order(*(rows or [(ITEM, 5, 20)]), submit=False, soe_notify=recipients, **fields)
	return order


def mails(order):
	"""Write what is due and return the e-mails about the order, oldest first, as (recipients, text)."""
	frappe.db.before_commit.run()
	found = frappe.get_all(
		"Email Queue", {"reference_name": order.name}, ["name", "message"], order_by="creation asc"
	)
	return [(frappe.get_all("Email Queue Recipient", {"parent": one.name}, pluck="recipient", order_by="recipient"),
		one.message) for one in found]  # fmt: skip


def logs(order, **filters):
	found = {"document_name": order.name, "type": "Alert", **filters}
	return frappe.get_all("Notification Log", found, ["for_user", "email_content"], order_by="creation asc")


def test_one_message_says_what_changed_from_what_to_what():
	order = ordered()
	assert mails(order) == []
	order.po_no = "4711"
	order.items[0].qty = 7
	order.append(
		"items", {**order.items[0].as_dict(), "name": None, "item_code": OTHER_ITEM, "item_name": None}
	)
	order.save()
	order.save()
	[(recipients, _message)] = mails(order)
	[log] = logs(order)
	assert recipients == ["buyer@example.com"]
	for said in ("4711", "Quantity", "<td>5</td><td>7</td>", OTHER_ITEM, "Grand Total"):
		assert said in log.email_content.replace(".000", "").replace(".0", "")
	assert mails(order) and len(mails(order)) == 1


def test_update_items_and_changes_after_submit_make_one_message_each():
	order = ordered((ITEM, 5, 20), (OTHER_ITEM, 1, 3)).submit()
	frappe.db.before_commit.run()
	first, second = order.items
	keep = {"uom": first.uom, "conversion_factor": 1, "delivery_date": str(first.delivery_date)}
	rows = [{**keep, "docname": first.name, "item_code": ITEM, "qty": 6, "rate": 20},
		{**keep, "item_code": OTHER_ITEM, "qty": 2, "rate": 4}]  # fmt: skip
	update_child_qty_rate("Sales Order", frappe.as_json(rows), order.name)
	assert len(mails(order)) == 1
	[log] = logs(order)
	assert "removed" in log.email_content and second.item_code in log.email_content
	order.reload()
	order.append("soe_notify", {"email": "second@example.com"})
	order.po_no = "after"
	order.save()
	assert [recipients for recipients, _ in mails(order)][1] == ["buyer@example.com", "second@example.com"]


def test_by_role_whoever_may_read_and_not_the_editor(switch_on):
	switch_on(notification_role="Sales Manager")
	order = sales_order((ITEM, 5, 20), submit=False)
	with user("Sales Manager") as manager:
		pass
	with user("Sales User") as clerk:
		frappe.get_doc("Sales Order", order.name).update({"po_no": "1"}).save()
		frappe.db.before_commit.run()
	assert logs(order, for_user=manager) and not logs(order, for_user=clerk)
	with user("Sales Manager") as editor:
		frappe.get_doc("Sales Order", order.name).update({"po_no": "2"}).save()
		frappe.db.before_commit.run()
	assert not logs(order, for_user=editor) and len(logs(order, for_user=manager)) == 2


def test_nothing_without_the_switch_or_after_a_rollback(switch_on):
	order = ordered()
	order.update({"po_no": "1"}).save()
	assert order.name in notices._kept()
	frappe.db.rollback()
	assert mails(order) == [] and notices._kept() == {}
	switch_on(enable_order_notifications=1)
	order = ordered()
	switch_on(enable_order_notifications=0)
	order.update({"po_no": "2"}).save()
	assert mails(order) == [] and notices._kept() == {}


def test_what_only_some_roles_see_is_told_to_nobody(monkeypatch):
	order = ordered()
	for doctype, field in (("Sales Order", "grand_total"), ("Sales Order Item", "rate")):
		monkeypatch.setattr(frappe.get_meta(doctype).get_field(field), "permlevel", 1)
	order.items[0].rate = 987.65
	order.save()
	assert mails(order) == []
	order.items[0].qty = 8
	order.save()
	assert len(mails(order)) == 1
	assert "987.65" not in logs(order)[0].email_content


def test_a_message_that_fails_never_undoes_the_edit(monkeypatch):
	order = ordered()
	order.update({"po_no": "1"}).save()
	monkeypatch.setattr(notices, "_recipients", lambda order: 1 / 0)
	assert mails(order) == []
	assert frappe.db.get_value("Sales Order", order.name, "po_no") == "1"

"""What a clerk invoices outside a run: orders chosen in the list, rows added to an invoice; holds and words."""

from __future__ import annotations

import frappe
import pytest
from frappe.utils import add_days, getdate, today

from sales_order_ext.errors import AlreadyInvoicedError, InvoiceRunError
from sales_order_ext.invoicing import api, jobs, run_records
from tests.site import masters
from tests.site.invoicing_helpers import (
	dated_order,
	deliver,
	give_schedule,
	groups_of,
	invoice_of,
	only,
	order_c,
	run,
)
from tests.site.masters import COMPANY, CUSTOMER, ITEM, OTHER_CUSTOMER, OTHER_ITEM, SERVICE


@pytest.fixture(autouse=True)
def terms_on(invoicing_on):
	pass


def rows_of(order, **options) -> dict[str, dict]:
	found = api.invoiceable_rows(order.customer, COMPANY, order.currency, **options)
	return {row["item_code"]: row for row in found if row["sales_order"] == order.name}


def draft_for(customer: str):
	return {"doctype": "Sales Invoice", "company": COMPANY, "customer": customer}


def test_chosen_orders_are_invoiced_by_their_terms_and_the_others_say_why():
	due, waits, never = order_c("Immediate"), order_c("After Delivery"), order_c("Do Not Invoice")
	names = [due.name, waits.name, never.name]
	done = api.create_from_orders(names, today())
	[made] = done["created"]
	invoice = frappe.get_doc(made["doctype"], made["name"])
	assert (invoice.docstatus, invoice.total, invoice.update_stock) == (0, 1280, 0)
	assert made["orders"] == [due.name]
	assert {row["sales_order"]: row["code"] for row in done["skipped"]} == {
		waits.name: "not_delivered", never.name: "do_not_invoice"}  # fmt: skip
	again = api.create_from_orders([due.name])
	assert (again["created"], again["skipped"][0]["code"]) == ([], "invoiced")


def test_one_order_that_fails_leaves_the_others_and_nothing_of_itself():
	broken, fine = order_c("Immediate"), order_c("Immediate")
	frappe.db.set_value("Sales Order", broken.name, "cost_center", "No Such Cost Center")
	done = api.create_from_orders([broken.name, fine.name], submit_invoices=1)
	assert [row["orders"] for row in done["created"]] == [[fine.name]]
	assert [row["orders"] for row in done["failed"]] == [[broken.name]]
	assert "No Such Cost Center" in done["failed"][0]["reason"]
	assert not frappe.db.exists("Sales Invoice Item", {"sales_order": broken.name})


def test_orders_that_do_not_exist_are_too_many_or_none_are_refused():
	for names in (["SAL-ORD-NONE"], []):
		with pytest.raises(InvoiceRunError):
			api.create_from_orders(names)
	with pytest.raises(InvoiceRunError, match="51"):
		orders = [order_c("Immediate").name]
		api.by_hand.create([*orders, *map(str, range(50))], getdate(), False)


def test_rows_are_proposed_by_term_and_added_up_to_what_is_left():
	order = order_c("After Delivery")
	note = deliver(order, {ITEM: 6})
	rows = rows_of(order)
	assert {item: (row["qty"], row["open_qty"]) for item, row in rows.items()} == {
		ITEM: (6, 10), OTHER_ITEM: (0, 4), SERVICE: (1, 1)}  # fmt: skip
	assert rows[ITEM]["delivery_notes"] == [note.name]
	chosen = [{"so_detail": rows[ITEM]["so_detail"], "qty": 7}, {"so_detail": rows[SERVICE]["so_detail"]}]
	document = frappe.get_doc(api.add_rows(draft_for(order.customer), chosen)).insert()
	assert [(row.item_code, row.qty) for row in document.items] == [(ITEM, 7), (SERVICE, 1)]
	assert document.total == 780
	assert rows_of(order)[ITEM]["open_qty"] == 3
	with pytest.raises(AlreadyInvoicedError, match="only 3"):
		api.add_rows(document.name, [{"so_detail": rows[ITEM]["so_detail"], "qty": 4}])


def test_rows_are_added_to_a_saved_draft_with_headings_and_its_own_date_stays():
	first, second = order_c("Do Not Invoice"), order_c("Immediate", po_no="PO-7")
	day = add_days(today(), -3)
	draft = frappe.get_doc(
		api.add_rows({**draft_for(CUSTOMER), "posting_date": day, "set_posting_time": 1},
			[{"so_detail": first.items[0].name, "qty": 2}])
	).insert()  # fmt: skip
	api.add_rows(draft.name, [{"so_detail": row.name} for row in second.items])
	draft.reload()
	assert [row.sales_order for row in draft.items] == [first.name] + [second.name] * 3
	assert (draft.total, getdate(draft.posting_date)) == (1480, getdate(day))
	assert "PO-7" in draft.items[1].soe_order_heading
	assert not draft.items[2].soe_order_heading
	draft.submit()
	with pytest.raises(InvoiceRunError):
		api.add_rows(draft.name, [{"so_detail": first.items[1].name}])


def test_rows_that_may_not_share_an_invoice_are_refused():
	plain = order_c("Immediate")
	taxed = order_c("Immediate", taxes=[{"charge_type": "On Net Total", "rate": 10, "description": "Tax",
		"account_head": masters.tax_account()}])  # fmt: skip
	foreign = order_c("Immediate", customer=OTHER_CUSTOMER)
	for rows in ([plain, taxed], [plain, foreign], []):
		with pytest.raises(InvoiceRunError):
			api.add_rows(draft_for(CUSTOMER), [{"so_detail": order.items[0].name} for order in rows])


def test_a_held_customer_is_left_out_for_one_period_and_then_caught_up(january):
	give_schedule(OTHER_CUSTOMER)
	order = dated_order("2026-01-10", customer=OTHER_CUSTOMER)
	deliver(order, {ITEM: 1}, "2026-01-20")
	api.hold_customer(OTHER_CUSTOMER, "2026-02-28")
	filters = {"company": COMPANY, "customer": OTHER_CUSTOMER, "as_of": "2026-01-31"}
	assert run(**filters) == []
	[left] = api.left_out(filters)
	assert (left["sales_order"], left["code"], left["invoice_date"]) == (
		order.name, "customer_held", getdate("2026-02-28"))  # fmt: skip
	[row] = api.explain(order.name, "2026-01-31")["rows"]
	assert (row["code"], row["qty"], row["invoice_date"]) == ("customer_held", 0, getdate("2026-02-28"))
	assert only(run(**{**filters, "as_of": "2026-02-28"})).amount == 100
	until = api.hold_customer(OTHER_CUSTOMER)["held_until"]
	dates = api.schedule_dates(frappe.db.get_value("Customer", OTHER_CUSTOMER, "soe_invoice_schedule"),
		today(), add_days(today(), 80))  # fmt: skip
	assert until == dates[1]["invoice_date"]
	api.release_customer(OTHER_CUSTOMER)
	assert not frappe.db.get_value("Customer", OTHER_CUSTOMER, "soe_hold_invoices_until")


def test_what_is_left_out_of_a_run_is_named_with_its_reason():
	due, waits, never, done = (order_c(term) for term in ("Immediate", "After Delivery", "Do Not Invoice",
		"Immediate"))  # fmt: skip
	api.create_from_orders([done.name])
	names = [order.name for order in (due, waits, never, done)]
	left = {row["sales_order"]: row for row in api.left_out({"company": COMPANY, "orders": names})}
	assert {name: row["code"] for name, row in left.items()} == {
		waits.name: "not_delivered", never.name: "do_not_invoice"}  # fmt: skip
	assert "deliver" in left[waits.name]["reason"]


def test_an_explanation_can_be_read_out():
	order = order_c("After Delivery")
	deliver(order, {ITEM: 6})
	lines = api.explain(order.name)["summary"].splitlines()
	assert lines[0] == f"{order.name} is invoiced as it is delivered."
	assert f"{ITEM}: 6 to invoice now." in lines
	assert f"{OTHER_ITEM}: 4 still to deliver." in lines


def test_coming_invoices_are_shown_by_day_and_customer(january):
	give_schedule(OTHER_CUSTOMER)
	first = getdate(add_days(today(), 1))
	before = {event["start"]: event["amount"] for event in api.coming_invoices(today(), add_days(today(), 90),
		COMPANY, OTHER_CUSTOMER)}  # fmt: skip
	order = masters.sales_order((ITEM, 4, 100), (SERVICE, 1, 80), customer=OTHER_CUSTOMER,
		soe_invoice_term="Customer Schedule After Delivery", delivery_date=first)  # fmt: skip
	deliver(order, {ITEM: 1})
	events = [event for event in api.coming_invoices(today(), add_days(today(), 90), COMPANY, OTHER_CUSTOMER)]
	mine = [event for event in events if order.name in event["orders"]]
	assert sum(event["amount"] - before.get(event["start"], 0) for event in mine) == 480
	assert all(event["customer"] == OTHER_CUSTOMER and OTHER_CUSTOMER in event["title"] for event in mine)


def test_a_failed_group_is_tried_again_alone():
	broken, blocked = order_c("Immediate"), order_c("Immediate", customer=OTHER_CUSTOMER)
	frappe.db.set_value("Sales Order", broken.name, "cost_center", "No Such Cost Center")
	frappe.db.set_value("Customer", OTHER_CUSTOMER, "is_frozen", 1)
	groups = {group.orders: group for group in run(orders=[broken.name, blocked.name], submit_invoices=1)}
	assert groups[broken.name].status == "Failed"
	assert groups[blocked.name].status == "Skipped"
	frappe.db.set_value("Customer", OTHER_CUSTOMER, "is_frozen", 0)
	name = api.retry(groups[blocked.name].name)
	assert api.progress(name) | {"status": ""} == {"status": "", "total": 2, "done": 0, "skipped": 0,
		"failed": 1, "percent": 50}  # fmt: skip
	jobs.runner.process(name, jobs.runner.in_caller())
	statuses = {group.orders: group.status for group in groups_of(name)}
	assert statuses == {broken.name: "Failed", blocked.name: "Done"}
	with pytest.raises(InvoiceRunError):
		api.retry(next(group.name for group in groups_of(name) if group.status == "Done"))


def an_outgoing_account():
	account = {
		"email_id": "invoices@example.com",
		"enable_outgoing": 1,
		"default_outgoing": 1,
		"smtp_server": "x",
	}
	frappe.get_doc({"doctype": "Email Account", "email_account_name": "Invoices", "name": "Invoices",
		**account}).db_insert()  # fmt: skip


def test_invoices_of_a_run_are_e_mailed_once(monkeypatch):
	monkeypatch.setattr(frappe.db, "commit", lambda: None)
	sent = []
	monkeypatch.setattr(
		"frappe.core.doctype.communication.email.make", lambda **options: sent.append(options["name"])
	)
	group = only(run(orders=[order_c("Immediate").name], submit_invoices=1))
	name = frappe.db.get_value(run_records.GROUP, group.name, "invoice_run")
	assert api.email_invoices(name) == {"queued": 0, "without_address": [group.invoice], "drafts": 0}
	frappe.db.set_value("Sales Invoice", group.invoice, "contact_email", "buyer@example.com")
	frappe.local.outgoing_email_account = {}
	with pytest.raises(InvoiceRunError):
		api.email_invoices(name)
	an_outgoing_account()
	assert api.email_invoices(name)["queued"] == 1
	for _ in range(2):
		jobs.email(name)
	assert sent == [group.invoice]


def test_why_an_invoice_was_not_e_mailed_stands_beside_it_until_it_is(monkeypatch):
	monkeypatch.setattr(frappe.db, "commit", lambda: None)
	monkeypatch.setattr(frappe.db, "rollback", lambda: None)

	def refuse(**_options):
		frappe.throw("No such address: <b>buyer@example</b>")

	group = only(run(orders=[order_c("Immediate").name], submit_invoices=1))
	name = frappe.db.get_value(run_records.GROUP, group.name, "invoice_run")
	frappe.db.set_value("Sales Invoice", group.invoice, "contact_email", "buyer@example.com")
	monkeypatch.setattr("frappe.core.doctype.communication.email.make", refuse)
	jobs.email(name)
	found = frappe.get_doc(run_records.GROUP, group.name)
	assert (found.status, found.error) == ("Done", "Not e-mailed: No such address: buyer@example")
	monkeypatch.setattr("frappe.core.doctype.communication.email.make", lambda **_options: None)
	jobs.email(name)
	found.reload()
	assert found.emailed_on and not found.error


def test_an_e_mail_waits_in_the_queue_with_the_print_by_orders(monkeypatch):
	monkeypatch.setattr(frappe.db, "commit", lambda: None)
	an_outgoing_account()
	group = only(run(orders=[order_c("Immediate").name], submit_invoices=1))
	frappe.db.set_value("Sales Invoice", group.invoice, "contact_email", "buyer@example.com")
	# On a new site of version 16 ERPNext has set another one as the usual.
	monkeypatch.setattr(frappe.get_meta("Sales Invoice"), "default_print_format", None)
	jobs.email(frappe.db.get_value(run_records.GROUP, group.name, "invoice_run"))
	[queued] = frappe.get_all("Email Queue", {"reference_name": group.invoice}, ["name", "attachments"])
	[attached] = frappe.parse_json(queued.attachments)
	expected = {"print_format_attachment": 1, "doctype": "Sales Invoice", "name": group.invoice,
		"print_format": "Sales Invoice by Orders"}  # fmt: skip
	assert expected.items() <= attached.items()
	assert frappe.get_all("Email Queue Recipient", {"parent": queued.name}, pluck="recipient") == [
		"buyer@example.com"
	]


def test_the_daily_run_submits_where_it_is_told_to(switch_on, monkeypatch):
	monkeypatch.setattr(frappe.db, "commit", lambda: None)
	switch_on(submit_scheduled_invoices=1)
	order = order_c("Immediate")
	jobs.run_due()
	name = frappe.db.get_value(run_records.GROUP, {"orders": order.name}, "invoice_run")
	assert frappe.db.get_value("Invoice Run", name, "submit_invoices") == 1


def test_who_may_not_create_invoices_may_not_do_it_here():
	order = order_c("Immediate")
	with masters.user("Stock User"):
		for call in (
			lambda: api.create_from_orders([order.name]),
			lambda: api.invoiceable_rows(CUSTOMER, COMPANY),
			lambda: api.add_rows(draft_for(CUSTOMER), []),
			lambda: api.left_out({"company": COMPANY}),
			lambda: api.hold_customer(CUSTOMER),
		):
			with pytest.raises(frappe.PermissionError):
				call()


def test_grouped_invoices_say_orders_and_deliveries(january, monkeypatch):
	monkeypatch.setattr(frappe.db, "commit", lambda: None)  # printing does
	give_schedule(OTHER_CUSTOMER)
	orders = [dated_order("2026-01-10", (ITEM, 2, 100), customer=OTHER_CUSTOMER) for _ in range(2)]
	notes = [deliver(order, {ITEM: 1}, day) for order in orders for day in ("2026-01-20", "2026-01-22")]
	invoice = invoice_of(only(run(customer=OTHER_CUSTOMER, as_of="2026-01-31")))
	assert [order.name in row.soe_order_heading for order, row in zip(orders, invoice.items, strict=True)] == [
		True, True]  # fmt: skip
	assert [row.soe_delivery_notes for row in invoice.items] == [
		f"{notes[0].name}, {notes[1].name}", f"{notes[2].name}, {notes[3].name}"]  # fmt: skip
	for print_format in ("Standard", "Sales Invoice by Orders"):
		html = frappe.get_print("Sales Invoice", invoice.name, print_format, doc=invoice, no_letterhead=1)
		assert all(text in html for text in (orders[0].name, notes[0].name, notes[3].name))
	assert html.count("soe-order-heading") == 2

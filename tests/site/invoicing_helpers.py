"""What the tests of invoicing make: the agreed order, deliveries on a day, schedules and runs."""

from __future__ import annotations

import re
from contextlib import contextmanager

import frappe

from sales_order_ext.invoicing import answers, api, planning, run_records, runner
from sales_order_ext.invoicing.facts import BY_SCHEDULE
from tests.site import masters
from tests.site.masters import COMPANY, CUSTOMER, ITEM, OTHER_ITEM, SERVICE

ORDER_C = ((ITEM, 10, 100), (OTHER_ITEM, 4, 50), (SERVICE, 1, 80))
STORED = ("Sales Invoice", "Sales Invoice Item", "Sales Taxes and Charges", "Payment Schedule", "Sales Team",
	"GL Entry", "Payment Ledger Entry", "Sales Order", "Sales Order Item", "Comment", "Version", "Item",
	"Item Price", "Customer", "Delivery Note", "Delivery Note Item", "Stock Ledger Entry", "Bin")  # fmt: skip
# Names of rows and times, in versions; and who has looked.
DRAWN_TEXT = re.compile(r'"[0-9a-z]{10}"|"[\d-]{10} [\d:]{8}\.\d+"')
DRAWN = ("_seen", "name", "creation", "modified", "parent", "posting_time", "voucher_detail_no")


def order_c(term: str | None = None, **fields):
	"""Make and submit order C of the agreed cases."""
	return masters.sales_order(*ORDER_C, soe_invoice_term=term, **fields)


def dated_order(day: str, *rows, customer: str = CUSTOMER, term: str = BY_SCHEDULE, **fields):
	"""Make and submit an order dated `day`."""
	rows = rows or ((ITEM, 1, 100),)
	return masters.sales_order(
		*rows, customer=customer, transaction_date=day, delivery_date=day, soe_invoice_term=term, **fields
	)


def deliver(order, quantities: dict[str, float], day: str | None = None):
	"""Deliver {item code: quantity} of an order on a day; return the submitted note."""
	from erpnext.selling.doctype.sales_order.sales_order import make_delivery_note

	note = make_delivery_note(order.name)
	note.items = [row for row in note.items if quantities.get(row.item_code)]
	for row in note.items:
		row.qty = quantities[row.item_code]
	if day:
		note.update({"posting_date": day, "posting_time": "12:00:00", "set_posting_time": 1})
	return note.insert().submit()


def take_back(note, quantities: dict[str, float], day: str | None = None):
	"""Return {item code: quantity} of a delivery note."""
	from erpnext.stock.doctype.delivery_note.delivery_note import make_sales_return

	back = make_sales_return(note.name)
	back.items = [row for row in back.items if quantities.get(row.item_code)]
	for row in back.items:
		row.qty = -quantities[row.item_code]
	if day:
		back.update({"posting_date": day, "posting_time": "13:00:00", "set_posting_time": 1})
	return back.insert().submit()


def schedule(**fields):
	"""Make a schedule: monthly on the last day with cut-off 25, unless told otherwise."""
	days = {"frequency": "Monthly", "day_of_month": 31, "cut_off_day": "25"} | fields
	return frappe.get_doc({"doctype": "Invoice Schedule", **days}).insert()


def give_schedule(customer: str, **fields) -> None:
	"""Put a customer on the schedule term."""
	name = schedule(**fields).name
	document = frappe.get_doc("Customer", customer)
	document.update({"soe_invoice_term": BY_SCHEDULE, "soe_invoice_schedule": name})
	document.save()


def run(**filters):
	"""Run inline what a worker runs; return the run's groups. Preview must say the same beforehand."""
	filters = {"company": COMPANY, **filters}
	promised = api.preview(filters)
	document = planning.new_run(planning.clean(filters))
	planning.start(document)
	runner.process(document.name, runner.in_caller())
	groups = groups_of(document.name)
	assert [group.orders.splitlines() for group in groups] == [group["orders"] for group in promised]
	for group, promise in zip(groups, promised, strict=True):
		assert group.status != "Done" or group.amount == promise["amount"]
	return groups


def groups_of(invoice_run: str) -> list:
	"""Return the groups of a run in their order."""
	fields = ["name", "customer", "orders", "amount", "status", "invoice", "error"]
	filters = {"invoice_run": invoice_run}
	return frappe.get_all(run_records.GROUP, filters=filters, fields=fields, order_by="number")


def invoice_of(group):
	"""Return the invoice of a group."""
	return frappe.get_doc("Sales Invoice", group.invoice)


def only(groups):
	"""Return the one group there is, which must be done."""
	assert len(groups) == 1
	assert groups[0].status == "Done", groups[0].error
	return groups[0]


def reasons(order, **options) -> dict[str, tuple]:
	"""Return {item code: (code, quantity, reason)} of an order's rows, as explained to a clerk."""
	rows = api.explain(order.name, **options)["rows"]
	return {row["item_code"]: (row["code"], row["qty"], row["reason"]) for row in rows}


def all_stored() -> dict[str, str]:
	"""Return every row of the tables that an invoice writes to, without what is drawn or tells the time."""
	return {
		doctype: "\n\n".join(sorted(map(_told, frappe.get_all(doctype, fields=["*"])))) for doctype in STORED
	}


def _told(row: dict) -> str:
	told = "\n".join(f"{field}: {value!r}" for field, value in row.items() if field not in DRAWN)
	return DRAWN_TEXT.sub("", told)


@contextmanager
def asked():
	"""Let the connection remember, and yield a list that grows by what it still asks."""
	with answers.remembered():
		memory, statements = answers.current(), []
		ask = memory.ask

		def listening(query, *arguments, **options):
			statements.append(str(query))
			return ask(query, *arguments, **options)

		memory.ask = listening
		yield statements


def three_orders() -> list[str]:
	"""Make three orders of two rows; return their names."""
	return [masters.sales_order((SERVICE, 1, 10), (ITEM, number + 1, 20)).name for number in range(3)]

"""One clerk in a process of their own: waits for the word, calls an endpoint, commits, says what came of it.

Arguments: the endpoint's name and the order; the site is in SOE_SITE.
"""

import json
import os
import sys

import frappe

DRAFTS = {"submit": "Delivery Note", "invoice": "Sales Invoice"}
# What a clerk makes of an order at that very moment, and books.
MADE = {
	"deliver": "erpnext.selling.doctype.sales_order.sales_order.make_delivery_note",
	"bill": "erpnext.selling.doctype.sales_order.sales_order.make_sales_invoice",
	"pay": "erpnext.accounts.doctype.payment_entry.payment_entry.get_payment_entry",
}


def make(action: str, order: str) -> str:
	mapper = frappe.get_attr(MADE[action])
	document = mapper("Sales Order", order) if action == "pay" else mapper(order)
	if action == "pay":
		document.update({"reference_no": "1", "reference_date": frappe.utils.today()})
	return document.insert().submit().name


def main(action: str, order: str) -> None:
	frappe.init(os.environ["SOE_SITE"], sites_path=".")
	frappe.connect()
	frappe.set_user("Administrator")
	print("ready", flush=True)
	sys.stdin.readline()
	try:
		result = act(action, order)
		frappe.db.commit()
		outcome = {"result": result}
	except Exception as error:
		frappe.db.rollback()
		outcome = {"error": type(error).__name__, "message": str(error)}
	print(json.dumps(outcome), flush=True)
	frappe.destroy()


def act(action: str, order: str) -> object:
	if action in DRAFTS:
		return frappe.get_doc(DRAFTS[action], order).submit().name
	if action in MADE:
		return make(action, order)
	from sales_order_ext.replacement import api

	return getattr(api, action)(order)


if __name__ == "__main__":
	main(*sys.argv[1:])

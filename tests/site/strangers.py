"""One of everything that endpoints are asked about, and people whom it concerns or not."""

from __future__ import annotations

import frappe

from sales_order_ext.allocation import api as allocation
from sales_order_ext.invoicing import api as invoicing
from sales_order_ext.won_quote import api as won_quote
from tests.site import masters, orders, web, wins
from tests.site.invoicing_helpers import schedule
from tests.site.masters import COMPANY, CUSTOMER, ITEM, OTHER_CUSTOMER, WAREHOUSE, receive, sales_order

SELLS = ("Accounts Manager", "Projects Manager", "Purchase Manager", "Sales Manager", "Sales Master Manager",
	"Sales User", "Stock Manager", "Stock User", "Support Team")  # fmt: skip
BUYER = "Lakeside Retail"
# What only somebody who may read the order, the quotation or the project knows.
SECRETS = ("PO-7731-SECRET", "7731.55", "15463.1", "Project 7731")


def documents() -> dict[str, object]:
	"""Make one of everything; return {argument: what names it}."""
	receive(ITEM, 1)
	fields = {"po_no": SECRETS[0], "soe_order_type": "Active Order"}
	order = sales_order((ITEM, 2, 7731.55), **fields)
	project = frappe.get_doc({"doctype": "Project", "project_name": SECRETS[3], "company": COMPANY,
		"customer": CUSTOMER}).insert()  # fmt: skip
	quotation, opportunity = wins.quotation(wins.row(rate=7731.55)), wins.opportunity()
	invoice_run = invoicing.run({"company": COMPANY, "orders": [sales_order((ITEM, 1, 7731.55),
		soe_invoice_term="Immediate").name]})  # fmt: skip
	draft = sales_order((ITEM, 1, 7731.55), submit=False)
	hold = allocation.hold("form-7731", "row-1", ITEM, WAREHOUSE, 1)
	assert set(hold) == {"held", "free", "short", "others"}
	back_order = frappe.get_all("Back Order", {"sales_order": order.name}, pluck="name", order_by="name")
	assert back_order
	return {
		"sales_order": order.name, "document_key": draft.name, "quotation": quotation.name,
		"opportunity": opportunity.name, "quote_win": won_quote.start(quotation=quotation.name).name, "customer": CUSTOMER,
		"company": COMPANY, "item_code": ITEM, "warehouse": WAREHOUSE, "row_key": "row-1", "qty": 1,
		"back_orders": back_order, "names": frappe.get_all("Stock Hold", pluck="name", order_by="name"),
		"orders": [order.name], "invoice_run": invoice_run, "schedule": schedule().name, "currency": "USD",
		"invoice_run_group": (frappe.get_all("Invoice Run Group", pluck="name", order_by="name") or ["none"])[0],
		"sales_invoice": orders.invoice(order.name).insert().name, "project": project.name,
		"issue": frappe.get_doc({"doctype": "Issue", "subject": SECRETS[3], "customer": CUSTOMER,
			"company": COMPANY}).insert().name,
		"rows": [order.items[0].name], "filters": {"company": COMPANY, "customer": CUSTOMER}, "text": "hello",
		"pairs": [[ITEM, WAREHOUSE]], "order_type": "Reserve Order", "reasons": [wins.reason("Too dear")],
		"payload": {}, "fields": {}, "page": "close", "values": {}, "start": "2000-01-01", "end": "2100-01-01",
		"from_date": "2026-01-01", "to_date": "2026-12-31",
	}  # fmt: skip


def key(*roles: str, **allowed: str) -> str:
	"""Return the key of a new desk user."""
	return user_with_key(*roles, **allowed)[1]


def user_with_key(*roles: str, **allowed: str) -> tuple[str, str]:
	"""Return a new desk user and the user's key."""
	with masters.user(*roles, allowed=allowed) as name:
		frappe.set_user("Administrator")
		return name, web.key_of(name)


def key_of_customer() -> str:
	"""Return the key of a person at another customer who may see the portal."""
	with masters.user("Customer") as name:
		frappe.set_user("Administrator")
	frappe.get_doc("User", name).update({"user_type": "Website User"}).save()
	customer = frappe.get_doc("Customer", OTHER_CUSTOMER)
	customer.append("portal_users", {"user": name})
	customer.save()
	return web.key_of(name)


def other_company() -> str:
	"""Make another company; return its name."""
	company = {"doctype": "Company", "company_name": BUYER, "abbr": "LR", "default_currency": "USD"}
	return (
		frappe.get_doc({**company, "country": "United States", "chart_of_accounts": "Standard"}).insert().name
	)

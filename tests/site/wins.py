"""Quotations and opportunities to be won, for the tests of won quotes."""

from __future__ import annotations

import frappe
from frappe.utils import add_days, today

from sales_order_ext.won_quote import api
from tests.site.masters import COMPANY, CUSTOMER, ITEM, WAREHOUSE


def row(item_code: str = ITEM, qty: float = 10, rate: float = 20, **fields) -> dict:
	return {"item_code": item_code, "qty": qty, "rate": rate, "warehouse": WAREHOUSE, **fields}


def quotation(*rows: dict, submit: bool = True, **fields):
	"""Make a quotation, submitted unless told otherwise."""
	doc = frappe.get_doc(
		{
			"doctype": "Quotation",
			"company": COMPANY,
			"quotation_to": "Customer",
			"party_name": CUSTOMER,
			"transaction_date": today(),
			"valid_till": add_days(today(), 30),
			"items": list(rows) or [row()],
			**fields,
		}
	).insert()
	return doc.submit() if submit else doc


def opportunity(**fields):
	"""Make an opportunity of the customer."""
	return frappe.get_doc(
		{
			"doctype": "Opportunity",
			"company": COMPANY,
			"opportunity_from": "Customer",
			"party_name": CUSTOMER,
			**fields,
		}
	).insert()


def user_with(*roles: str, email: str = "wins@example.com") -> str:
	"""Make a desk user with exactly these roles; return its name."""
	user = frappe.get_doc(
		{
			"doctype": "User",
			"email": email,
			"first_name": "Wins",
			"send_welcome_email": 0,
			"roles": [{"role": role} for role in roles],
		}
	)
	user.flags.no_welcome_mail = True
	return user.insert(ignore_permissions=True).name


def codes(win) -> list[str]:
	"""Return what blocks a pass."""
	return [blocker["code"] for blocker in api.preview(win.name)["blockers"]]


def order_of(win):
	"""Return the order that a pass made."""
	return frappe.get_doc("Sales Order", frappe.db.get_value("Quote Win", win.name, "sales_order"))


def choose(win, *quantities):
	"""Set the rows' quantities in their sequence; None leaves a row out."""
	for item, qty in zip(win.items, quantities, strict=True):
		item.include = int(qty is not None)
		item.qty = item.qty if qty is None else qty
	return win.save()


def status(doc) -> str:
	"""Return a document's status as stored."""
	return frappe.db.get_value(doc.doctype, doc.name, "status")


def plan(item_code: str, cost: float = 30, **fields):
	"""Make a monthly subscription plan of an item."""
	return frappe.get_doc(
		{
			"doctype": "Subscription Plan",
			"plan_name": f"{item_code} {cost} {fields.get('billing_interval', 'Month')}",
			"item": item_code,
			"currency": "USD",
			"price_determination": "Fixed Rate",
			"cost": cost,
			"billing_interval": "Month",
			"billing_interval_count": 1,
			**fields,
		}
	).insert()


def service(item_code: str, **fields) -> str:
	"""Make an item that is not stocked; return its code."""
	group = frappe.get_all("Item Group", {"is_group": 0}, pluck="name", order_by="lft", limit=1)[0]
	values = {"item_group": group, "stock_uom": "Nos", "is_stock_item": 0, **fields}
	return frappe.get_doc({"doctype": "Item", "item_code": item_code, **values}).insert().name


def goods(item_code: str, **fields) -> str:
	"""Make an item that is stocked; return its code."""
	return service(item_code, **{"is_stock_item": 1, **fields})


def bundle(item_code: str, **parts: float) -> str:
	"""Make a product bundle of {item code: quantity}; return its item's code."""
	doc = frappe.get_doc({"doctype": "Product Bundle", "new_item_code": service(item_code)})
	for part, qty in parts.items():
		doc.append("items", {"item_code": part, "qty": qty})
	return doc.insert().new_item_code


def actions(win) -> list[str]:
	"""Return what a pass would do (or did)."""
	return [action["action"] for action in api.preview(win.name)["actions"]]


def reason(text: str, kind: str = "Opportunity Lost Reason") -> str:
	"""Make a lost reason of the opportunity or the quotation, where there is none of that name."""
	if frappe.db.exists(kind, text):
		return text
	field = "lost_reason" if kind.startswith("Opp") else "order_lost_reason"
	return frappe.get_doc({"doctype": kind, field: text}).insert().name


def pay_mode() -> str:
	"""Return a mode of payment with an account of the company."""
	account = frappe.db.get_value("Account", {"company": COMPANY, "account_type": "Cash", "is_group": 0})
	mode = frappe.get_doc("Mode of Payment", "Cash")
	if not any(one.company == COMPANY for one in mode.accounts):
		mode.append("accounts", {"company": COMPANY, "default_account": account})
		mode.save()
	return mode.name

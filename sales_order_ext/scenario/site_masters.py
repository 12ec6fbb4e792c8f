"""Masters and settings of a story on a real site: what exists is used, what is missing is made."""

from __future__ import annotations

from datetime import date

import frappe

from sales_order_ext.preferences import SETTINGS
from sales_order_ext.scenario.story import Story

WAREHOUSE = "Story Stores"


def make(story: Story, company: str, day: date) -> str:
	"""Make the story's masters, apply its settings; return the warehouse its stock lies in."""
	_ensure_fiscal_year(company, day)
	warehouse = _ensure("Warehouse", {"warehouse_name": WAREHOUSE, "company": company})
	# ERPNext keeps this for the length of a request, and would not know the new warehouse.
	frappe.flags.pop("warehouse_account_map", None)
	for item in story.items:
		_ensure(
			"Item",
			{"item_code": item.code},
			{"item_group": _leaf("Item Group"), "stock_uom": "Nos", "is_stock_item": int(item.stock)},
		)
		if item.plan:
			_ensure_plan(item.code, float(item.plan), company)
		if item.price:
			price = {
				"item_code": item.code,
				"price_list": _price_list(),
				"price_list_rate": float(item.price),
			}
			_ensure("Item Price", price)
		frappe.db.set_value("Item", item.code, "soe_keep_stock_level", float(item.keep_stock_level))
	for customer in story.customers:
		name = _ensure(
			"Customer",
			{"customer_name": customer.name},
			{"customer_group": _leaf("Customer Group"), "territory": _leaf("Territory")},
		)
		terms = {"soe_invoice_term": customer.invoice_term, "soe_order_type": customer.order_type}
		terms["soe_back_order_priority"] = int(customer.back_order_priority)
		frappe.get_doc("Customer", name).update(terms).save()
	for one in story.earmarks:
		earmark = {"item_code": one.item, "warehouse": warehouse, "customer": one.customer}
		_ensure("Stock Earmark", earmark, {"qty": float(one.qty), "until": "2099-12-31"})
	settings = frappe.get_doc(SETTINGS)
	settings.update(dict(story.settings)).save()
	return warehouse


def ensure_reason(reason: str) -> None:
	"""Make the reason for losing a quotation."""
	_ensure("Quotation Lost Reason", {"order_lost_reason": reason})


def ensure_activity(activity: str) -> None:
	"""Make the kind of work."""
	_ensure("Activity Type", {"activity_type": activity})


def _price_list() -> str:
	return frappe.db.get_single_value("Selling Settings", "selling_price_list")


def _ensure_plan(item: str, cost: float, company: str) -> None:
	currency = frappe.get_cached_value("Company", company, "default_currency")
	price = {"currency": currency, "price_determination": "Fixed Rate", "cost": cost}
	cycle = {"billing_interval": "Month", "billing_interval_count": 1}
	_ensure("Subscription Plan", {"plan_name": f"{item} monthly"}, {"item": item, **price, **cycle})


def _ensure_fiscal_year(company: str, day: date) -> None:
	from erpnext.accounts.utils import FiscalYearError, get_fiscal_year

	try:
		get_fiscal_year(day, company=company)
	except FiscalYearError:
		frappe.clear_messages()
		year = {"year_start_date": date(day.year, 1, 1), "year_end_date": date(day.year, 12, 31)}
		frappe.get_doc({"doctype": "Fiscal Year", "year": str(day.year), **year}).insert()


def _ensure(doctype: str, identity: dict, fields: dict | None = None) -> str:
	"""Return the name of the record with these values, made if missing."""
	name = frappe.db.exists(doctype, identity)
	return name or frappe.get_doc({"doctype": doctype, **identity, **(fields or {})}).insert().name


def _leaf(doctype: str) -> str:
	return frappe.get_all(doctype, {"is_group": 0}, pluck="name", order_by="lft", limit=1)[0]

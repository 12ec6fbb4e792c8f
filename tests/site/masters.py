"""The test site's own masters, made once and committed. Nothing of ERPNext's tests is used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import frappe
from frappe.model.naming import NamingSeries
from frappe.utils import now_datetime

COMPANY = "Hillside Trading"
ABBR = "HT"
WAREHOUSE = f"Stores - {ABBR}"
OTHER_WAREHOUSE = f"Finished Goods - {ABBR}"
CUSTOMER = "Arbor Books"
OTHER_CUSTOMER = "Birch Cafe"
SUPPLIER = "Cedar Supply"
ITEM = "SOE-GOOD-A"
OTHER_ITEM = "SOE-GOOD-B"
SERVICE = "SOE-SERVICE"
TAX_ACCOUNT_NAME = "Sales Tax"


def ensure() -> None:
	"""Make what is missing and commit it."""
	if not frappe.db.exists("Company", COMPANY):
		_run_setup_wizard()
	for item_code in (ITEM, OTHER_ITEM):
		_ensure("Item", item_code, item_code=item_code, is_stock_item=1, **_item_defaults())
	_ensure("Item", SERVICE, item_code=SERVICE, is_stock_item=0, **_item_defaults())
	for customer in (CUSTOMER, OTHER_CUSTOMER):
		_ensure("Customer", customer, customer_name=customer, customer_group=_leaf("Customer Group"),
			territory=_leaf("Territory"))  # fmt: skip
	_ensure("Supplier", SUPPLIER, supplier_name=SUPPLIER, supplier_group=_leaf("Supplier Group"))
	_keep_prices_out()
	_begin_series()
	frappe.db.commit()


def _begin_series() -> None:
	"""Let every series exist: two who draw the very first number of one at once deadlock in Frappe."""
	texts = frappe.get_all("DocField", {"fieldname": "naming_series"}, pluck="options", order_by="parent asc")
	texts += frappe.get_all("DocType", {"autoname": ("like", "%.#%")}, pluck="autoname", order_by="name asc")
	lines = {line for text in texts for line in (text or "").split("\n") if line and "{" not in line}
	for prefix in sorted({NamingSeries(line).get_prefix() for line in lines}):
		if not frappe.db.sql("select name from tabSeries where name = %s", prefix):
			frappe.db.sql("insert into tabSeries (name, current) values (%s, 0)", prefix)


@contextmanager
def user(*roles: str, allowed: Mapping[str, str] | None = None) -> Iterator[str]:
	"""Act as a new user with these roles, restricted to the `allowed` {DocType: name} (rolled back)."""
	name = f"{frappe.generate_hash(length=10)}@example.com"
	person = frappe.get_doc(
		{"doctype": "User", "email": name, "first_name": name[:10], "send_welcome_email": 0}
	).insert()
	person.add_roles(*roles)
	for doctype, value in (allowed or {}).items():
		permission = {"doctype": "User Permission", "user": name, "allow": doctype, "for_value": value}
		frappe.get_doc({**permission, "apply_to_all_doctypes": 1}).insert()
	before = frappe.session.user
	frappe.set_user(name)
	try:
		yield name
	finally:
		frappe.set_user(before)


@contextmanager
def counted() -> Iterator[list[str]]:
	"""Collect the SQL statements that run inside."""
	statements: list[str] = []
	run = frappe.db.sql

	def sql(query, *arguments, **options):
		statements.append(str(query))
		return run(query, *arguments, **options)

	frappe.db.sql = sql
	try:
		yield statements
	finally:
		del frappe.db.sql


def tax_account() -> str:
	"""Return a tax account of the company."""
	return frappe.db.get_value("Account", {"company": COMPANY, "account_type": "Tax", "is_group": 0})


def receive(item_code: str, qty: float, warehouse: str = WAREHOUSE, rate: float = 10) -> str:
	"""Book stock in through a submitted Material Receipt; return its name."""
	entry = frappe.get_doc(
		{
			"doctype": "Stock Entry",
			"stock_entry_type": "Material Receipt",
			"company": COMPANY,
			"items": [{"item_code": item_code, "qty": qty, "t_warehouse": warehouse, "basic_rate": rate}],
		}
	)
	return entry.insert().submit().name


def sales_order(*rows: tuple[str, float, float], customer: str = CUSTOMER, submit: bool = True, **fields):
	"""Make a sales order of (item code, quantity, rate) rows; submitted unless told otherwise."""
	order = frappe.get_doc(
		{
			"doctype": "Sales Order",
			"company": COMPANY,
			"customer": customer,
			"transaction_date": frappe.utils.today(),
			"delivery_date": frappe.utils.add_days(frappe.utils.today(), 7),
			"items": [
				{"item_code": item_code, "qty": qty, "rate": rate, "warehouse": WAREHOUSE}
				for item_code, qty, rate in rows
			],
			**fields,
		}
	).insert()
	return order.submit() if submit else order


def _run_setup_wizard() -> None:
	from frappe.desk.page.setup_wizard.setup_wizard import setup_complete

	year = now_datetime().year
	setup_complete(
		{
			"language": "English",
			"email": "clerk@example.com",
			"full_name": "First Clerk",
			"password": "clerk-of-hillside",
			"country": "United States",
			"timezone": "America/New_York",
			"currency": "USD",
			"company_name": COMPANY,
			"company_abbr": ABBR,
			"industry": "Distribution",
			"chart_of_accounts": "Standard",
			"fy_start_date": f"{year}-01-01",
			"fy_end_date": f"{year}-12-31",
		}
	)
	frappe.db.commit()


def _keep_prices_out() -> None:
	"""Have no item prices, and none made from the rates of committed orders."""
	frappe.get_doc("Stock Settings").update({"auto_insert_price_list_rate_if_missing": 0}).save()
	for price in frappe.get_all("Item Price", pluck="name", order_by="name"):
		frappe.delete_doc("Item Price", price)


def _item_defaults() -> dict:
	return {"item_group": _leaf("Item Group"), "stock_uom": "Nos", "is_sales_item": 1}


def _leaf(doctype: str) -> str:
	return frappe.get_all(doctype, {"is_group": 0}, pluck="name", order_by="lft", limit=1)[0]


def _ensure(doctype: str, name: str, **fields) -> None:
	if not frappe.db.exists(doctype, name):
		frappe.get_doc({"doctype": doctype, **fields}).insert()

"""Demo data: a small furniture trader, ready to sell. For a site of its own, never for a company's real one."""

from __future__ import annotations

import frappe
from frappe import _
from frappe.utils import add_days, now_datetime, today

from sales_order_ext.preferences import SETTINGS, SWITCHES
from sales_order_ext.setup.seed import seed

COMPANY = "Brookside Furniture"
ABBR = "BF"
WAREHOUSE = f"Stores - {ABBR}"
# Item: (is stocked, selling rate, quantity in stock)
ITEMS = {
	"Oak Chair": (1, 120, 40),
	"Oak Table": (1, 480, 6),
	"Desk Lamp": (1, 60, 25),
	"Assembly": (0, 80, 0),
}
CUSTOMERS = {"Maple Hotel": "After Delivery", "Quay Offices": "After Order Delivered", "Walk-in": "Immediate"}
SUPPLIER = "Hillside Joinery"


def make() -> None:
	"""Make the demo data that is missing, with every switch on; refuse a site that belongs to a company."""
	companies = frappe.get_all("Company", pluck="name", order_by="name")
	if companies and companies != [COMPANY]:
		frappe.throw(
			_("This site belongs to {0}. Make demo data on a site of its own.").format(", ".join(companies))
		)
	if not companies:
		complete_setup()
	seed()
	frappe.get_doc(SETTINGS).update(dict.fromkeys(SWITCHES, 1)).save()
	make_masters()
	if not frappe.db.exists("Stock Entry", {"company": COMPANY}):
		receive_stock()
		quote()
	frappe.db.commit()


def is_played() -> bool:
	"""Return whether a story has been played on this site."""
	return bool(frappe.db.exists("Sales Order", {"company": COMPANY, "docstatus": ("!=", 0)}))


def complete_setup() -> None:
	"""Run ERPNext's setup wizard."""
	from frappe.desk.page.setup_wizard.setup_wizard import setup_complete

	year = now_datetime().year
	setup_complete(
		{
			"language": "English",
			"email": "clerk@example.com",
			"full_name": "Demo Clerk",
			"password": frappe.generate_hash(length=20),
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


def make_masters() -> None:
	"""Make items with prices, customers with their terms, and a supplier."""
	for item, (is_stocked, rate, _qty) in ITEMS.items():
		_ensure(
			"Item",
			item,
			item_code=item,
			item_group=_leaf("Item Group"),
			stock_uom="Nos",
			is_stock_item=is_stocked,
		)
		if not frappe.db.exists("Item Price", {"item_code": item}):
			_make("Item Price", item_code=item, price_list="Standard Selling", price_list_rate=rate)
	for customer, term in CUSTOMERS.items():
		_ensure(
			"Customer", customer, customer_name=customer, customer_group=_leaf("Customer Group"),
			territory=_leaf("Territory"), soe_invoice_term=term,
		)  # fmt: skip
	_ensure("Supplier", SUPPLIER, supplier_name=SUPPLIER, supplier_group=_leaf("Supplier Group"))


def receive_stock() -> None:
	"""Book the first stock in."""
	rows = [
		{"item_code": item, "qty": qty, "t_warehouse": WAREHOUSE, "basic_rate": rate / 2}
		for item, (is_stocked, rate, qty) in ITEMS.items()
		if is_stocked
	]
	_make("Stock Entry", stock_entry_type="Material Receipt", company=COMPANY, items=rows).submit()


def quote() -> None:
	"""Submit a quotation that a visitor can win: more tables than there are in stock."""
	rows = [
		{"item_code": "Oak Chair", "qty": 12},
		{"item_code": "Oak Table", "qty": 8},
		{"item_code": "Assembly", "qty": 1},
	]
	_make(
		"Quotation", quotation_to="Customer", party_name="Maple Hotel", company=COMPANY, items=rows,
		order_type="Sales", transaction_date=today(), valid_till=add_days(today(), 60),
	).submit()  # fmt: skip


def _ensure(doctype: str, name: str, **fields: object) -> None:
	if not frappe.db.exists(doctype, name):
		_make(doctype, **fields)


def _make(doctype: str, **fields: object):
	return frappe.get_doc({"doctype": doctype, **fields}).insert()


def _leaf(doctype: str) -> str:
	return frappe.get_all(doctype, {"is_group": 0}, pluck="name", order_by="lft", limit=1)[0]

"""What the benchmark of invoice runs works on: its own company, customers and copies of one order."""

from __future__ import annotations

import frappe
from frappe.utils import now_datetime, today

from sales_order_ext.invoicing.facts import BY_SCHEDULE, IMMEDIATE
from sales_order_ext.preferences import SETTINGS
from sales_order_ext.setup import demo

COMPANY, ABBR, ITEM, SCHEDULE = "Benchmark Trading", "BMT", "SOE-BENCH", "SOE Benchmark"
TABLES = ("Sales Order", "Sales Order Item", "Sales Taxes and Charges", "Payment Schedule")


def ensure(customers: int, rows: int) -> None:
	"""Make and commit the masters, and one order per customer to copy."""
	if not frappe.db.count("Company"):
		demo.complete_setup()
	if not frappe.db.exists("Company", COMPANY):
		_make("Company", company_name=COMPANY, abbr=ABBR, default_currency="USD", country="United States")
	for number in range(rows):
		item = {"item_code": f"{ITEM}-{number}", "is_stock_item": 0, "stock_uom": "Nos"}
		_ensure("Item", item["item_code"], **item, item_group=_leaf("Item Group"))
	_ensure("Invoice Schedule", SCHEDULE, schedule_name=SCHEDULE, frequency="Daily")
	for number in range(customers):
		name = customer(number)
		_ensure("Customer", name, customer_name=name, customer_group=_leaf("Customer Group"),
			territory=_leaf("Territory"), soe_invoice_schedule=SCHEDULE)  # fmt: skip
		if not frappe.db.exists("Sales Order", model(number, rows)):
			_order(number, rows)
	frappe.local.soe_rows = rows
	frappe.db.commit()


def customer(number: int) -> str:
	return f"Benchmark Customer {number}"


def model(number: int, rows: int) -> str:
	return f"BMT-MODEL-{number}-{rows}"


def switch(on: bool) -> None:
	"""Switch invoice terms on or off, and nothing else on."""
	settings = frappe.get_doc(SETTINGS)
	settings.update({"enable_invoice_terms": int(on)})
	settings.save()
	frappe.db.commit()


def copy_orders(way: str, orders: int, customers: int) -> list[str]:
	"""Copy the customers' orders, in their tables, until there are as many as asked for; return the names."""
	term = {"grouped": BY_SCHEDULE, "single": IMMEDIATE, "plain": ""}[way]
	batch = now_datetime().strftime("%m%d%H%M%S%f")[:-3]
	names = []
	for number in range(orders):
		names.append(f"BMT-{batch}-{number:05}")
		for doctype in TABLES:
			_copy(doctype, model(number % customers, frappe.local.soe_rows), names[-1], term)
	frappe.db.commit()
	return names


def batch_of(orders: list[str]) -> str:
	"""Return what the names of copied orders begin with."""
	return orders[0].rsplit("-", 1)[0]


def orders_of(batch: str) -> list[str]:
	"""Return the orders that were copied together."""
	return frappe.get_all("Sales Order", {"name": ("like", f"{batch}-%")}, pluck="name", order_by="name")


def assert_invoiced(orders: list[str]) -> None:
	"""Check that every order is invoiced in full, exactly."""
	billed = frappe.get_all("Sales Order", {"name": ("in", orders)}, pluck="per_billed", order_by="name")
	assert billed == [100] * len(orders), sorted(set(billed))


def _copy(doctype: str, source: str, target: str, term: str) -> None:
	columns = [f"`{column}`" for column in frappe.db.get_table_columns(doctype)]
	values = list(columns)
	if doctype == "Sales Order":
		values[columns.index("`name`")] = "%(target)s"
		values[columns.index("`soe_invoice_term`")] = "%(term)s"
		condition = "name = %(source)s"
	else:
		values[columns.index("`name`")] = "concat(%(target)s, '-', left(md5(name), 12))"
		values[columns.index("`parent`")] = "%(target)s"
		condition = "parent = %(source)s and parenttype = 'Sales Order'"
	frappe.db.sql(
		f"insert into `tab{doctype}` ({', '.join(columns)}) select {', '.join(values)}"
		f" from `tab{doctype}` where {condition}",
		{"source": source, "target": target, "term": term},
	)


def _order(number: int, rows: int) -> None:
	order = frappe.get_doc(
		{
			"doctype": "Sales Order",
			"company": COMPANY,
			"customer": customer(number),
			"transaction_date": today(),
			"delivery_date": today(),
			"taxes": [{"charge_type": "On Net Total", "account_head": _tax_account(), "rate": 10,
				"description": "Tax"}],
			"items": [{"item_code": f"{ITEM}-{row}", "qty": row + 1, "rate": 10} for row in range(rows)],
		}
	)  # fmt: skip
	order.insert(set_name=model(number, rows)).submit()
	# The model itself is never due.
	order.db_set({"soe_invoice_term": "Do Not Invoice"})


def _tax_account() -> str:
	filters = {"company": COMPANY, "account_type": "Tax", "is_group": 0}
	return frappe.get_all("Account", filters, pluck="name", order_by="name", limit=1)[0]


def _ensure(doctype: str, name: str, **fields: object) -> None:
	if not frappe.db.exists(doctype, name):
		_make(doctype, **fields)


def _make(doctype: str, **fields: object) -> None:
	frappe.get_doc({"doctype": doctype, **fields}).insert()


def _leaf(doctype: str) -> str:
	return frappe.get_all(doctype, {"is_group": 0}, pluck="name", order_by="lft", limit=1)[0]

"""ERPNext's own reports, credit exposure and project figures count a replaced order once."""

import frappe
import pytest
from frappe.desk.query_report import run

from tests.site import masters
from tests.site.masters import COMPANY, ITEM, OTHER_CUSTOMER, OTHER_ITEM
from tests.site.replacement_shop import deliver, invoice, pay, replace


def period():
	first, last = (frappe.utils.get_first_day, frappe.utils.get_last_day)
	day = frappe.utils.today()
	return {"company": COMPANY, "from_date": str(first(day)), "to_date": str(last(day))}


pytestmark = pytest.mark.usefixtures("replacements_on")


def fiscal_year():
	from erpnext.accounts.utils import get_fiscal_year

	return get_fiscal_year(frappe.utils.today(), company=COMPANY)[0]


def analytics(value):
	return {
		"tree_type": "Customer", "doc_type": "Sales Order", "value_quantity": value, "range": "Monthly",
		"based_on": "Item", **period(),
	}  # fmt: skip


def trends(**more):
	return {
		"period": "Yearly", "based_on": "Customer", "group_by": "", "fiscal_year": fiscal_year(),
		"company": COMPANY, **more,
	}  # fmt: skip


REPORTS = {
	"value": ("Sales Analytics", lambda: analytics("Value")),
	"quantity": ("Sales Analytics", lambda: analytics("Quantity")),
	"analysis": ("Sales Order Analysis", lambda: {**period(), "group_by_so": 0}),
	"history": ("Item-wise Sales History", period),
	"trends": ("Sales Order Trends", trends),
	"trends with closed": ("Sales Order Trends", lambda: trends(include_closed_orders=1)),
	"terms": (
		"Payment Terms Status for Sales Order",
		lambda: {
			"company": COMPANY,
			"period_start_date": period()["from_date"],
			"period_end_date": period()["to_date"],
		},
	),
	"pending": ("Pending SO Items For Purchase Request", dict),
	"persons": ("Sales Person-wise Transaction Summary", lambda: {"doc_type": "Sales Order", **period()}),
	"commission": ("Sales Person Commission Summary", lambda: {"doc_type": "Sales Order", **period()}),
	"register": ("Item-wise Sales Register", period),
}


def sums(report, filters):
	"""Return the sum of every numeric column of a report, over our customer's rows where it tells."""
	result = run(report, filters=filters(), ignore_prepared_report=True)
	columns = [column if isinstance(column, dict) else {"label": column} for column in result["columns"]]
	totals = {}
	for row in result["result"]:
		cells = (
			row.items()
			if isinstance(row, dict)
			else zip([column.get("fieldname") or column["label"] for column in columns], row, strict=False)
		)
		for name, cell in cells:
			if isinstance(cell, int | float) and name not in ("indent", "conversion_factor", *RATES):
				totals[name] = totals.get(name, 0) + cell
	return {name: round(total, 2) for name, total in totals.items() if round(total, 2)}


# Sums of these say nothing: they are not amounts or quantities, or count documents.
RATES = ("rate", "base_rate", "delay", "time_taken_to_deliver", "delay_days", "commission_rate", "percentage",
	"allocated_percentage", "base_net_rate", "is_cumulative", "invoice_portion", "contribution", "contribution_percentage")  # fmt: skip


def an_order():
	person = frappe.db.get_value("Sales Person", {"is_group": 0}) or (
		frappe.get_doc({"doctype": "Sales Person", "sales_person_name": "SOE Seller"}).insert().name
	)
	team = [{"sales_person": person, "allocated_percentage": 100, "commission_rate": 5}]
	return masters.sales_order(
		(ITEM, 6, 37), (OTHER_ITEM, 9, 5), customer=OTHER_CUSTOMER, sales_team=team, discount_amount=7,
		apply_discount_on="Net Total",
	)  # fmt: skip


def test_reports_are_as_if_the_order_had_always_been_the_replacement():
	order = an_order()
	deliver(order, 2)
	invoice(order, 3)
	pay(order, 10)
	before = {name: sums(*report) for name, report in REPORTS.items()}
	replace(order)
	after = {name: sums(*report) for name, report in REPORTS.items()}
	assert all(before.values()), [name for name, found in before.items() if not found]
	assert after == before


def test_credit_exposure_and_project_count_the_order_once():
	from erpnext.selling.doctype.customer.customer import get_customer_outstanding

	order = an_order()
	project = frappe.get_doc({"doctype": "Project", "project_name": "SOE Once", "company": COMPANY}).insert()
	frappe.db.set_value("Sales Order", order.name, "project", project.name)
	project.update_sales_amount()

	def figures():
		project.update_sales_amount()
		return get_customer_outstanding(OTHER_CUSTOMER, COMPANY), project.total_sales_amount

	before = figures()
	replace(order.reload())
	assert figures() == before and before[1] == order.base_net_total

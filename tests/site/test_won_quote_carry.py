"""What the order takes over from quotation and opportunity: custom fields of the same name."""

import frappe
import pytest
from frappe.custom.doctype.custom_field.custom_field import create_custom_fields

from sales_order_ext.won_quote import api
from tests.site.wins import opportunity, order_of, quotation

# Field: the kind it has on Opportunity, Quotation and Sales Order; None where it is not there.
FIELDS = {
	"won_test_door": ("Data", None, "Data"),
	"won_test_floor": ("Data", "Data", "Data"),
	"won_test_date": ("Date", None, "Data"),
	"won_test_secret": ("Data", None, "Data"),
}
PLACES = ("Opportunity", "Quotation", "Sales Order")


@pytest.fixture(scope="module")
def custom_fields(site):
	"""Make the fields, which commits; remove them and their columns afterwards."""
	create_custom_fields(
		{
			place: [
				{
					"fieldname": name,
					"label": name,
					"fieldtype": kinds[index],
					"no_copy": int(name == "won_test_secret"),
				}
				for name, kinds in FIELDS.items()
				if kinds[index]
			]
			for index, place in enumerate(PLACES)
		}
	)
	frappe.db.commit()
	yield
	for field in frappe.get_all(
		"Custom Field", {"fieldname": ("in", list(FIELDS))}, ["name", "dt", "fieldname"]
	):
		frappe.delete_doc("Custom Field", field.name)
		frappe.db.sql_ddl(f"alter table `tab{field.dt}` drop column `{field.fieldname}`")
	frappe.db.commit()
	frappe.clear_cache()


def test_custom_fields_of_the_same_name_and_kind_are_carried(custom_fields, switch_on):
	switch_on("enable_procurement")
	deal = opportunity(
		won_test_door="Red", won_test_floor="3", won_test_date="2026-03-01", won_test_secret="No"
	)
	quote = quotation(opportunity=deal.name, won_test_floor="4")
	win = api.start(quotation=quote.name)
	api.finish(win.name)
	order = order_of(win)
	assert order.soe_opportunity == deal.name
	assert order.won_test_door == "Red", "from the opportunity"
	assert order.won_test_floor == "4", "the quotation comes first"
	assert not order.won_test_date, "another kind of field"
	assert not order.won_test_secret, "not to be copied"

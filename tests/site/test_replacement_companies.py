"""Orders between two companies of one site: the other company's order follows to the replacement."""

import frappe
import pytest
from erpnext.buying.doctype.purchase_order.purchase_order import make_inter_company_sales_order
from erpnext.selling.doctype.sales_order.sales_order import make_inter_company_purchase_order
from erpnext.stock.doctype.delivery_note.delivery_note import make_inter_company_purchase_receipt

from tests.site import masters
from tests.site.masters import COMPANY, ITEM, WAREHOUSE
from tests.site.replacement_shop import ORDER, assert_replaced, confirm, deliver, figures, replace, start

BUYER = "Lakeside Retail"
REFERENCE = "inter_company_order_reference"

pytestmark = pytest.mark.usefixtures("replacements_on")


@pytest.fixture
def parties():
	"""A second company; the internal customer and supplier that stand for each company at the other."""
	frappe.db.set_value("Price List", {"enabled": 1}, {"buying": 1, "selling": 1})
	company = {"doctype": "Company", "company_name": BUYER, "abbr": "LR", "default_currency": "USD"}
	frappe.get_doc({**company, "country": "United States", "chart_of_accounts": "Standard"}).insert()
	customer = party("Customer", "Lakeside (internal)", BUYER, COMPANY,
		customer_group=masters._leaf("Customer Group"), territory=masters._leaf("Territory"))  # fmt: skip
	supplier = party("Supplier", "Hillside (internal)", COMPANY, BUYER,
		supplier_group=masters._leaf("Supplier Group"))  # fmt: skip
	return customer, supplier


def party(doctype, name, stands_for, deals_with, **fields):
	kind = doctype.lower()
	doc = {
		"doctype": doctype,
		f"{kind}_name": name,
		f"is_internal_{kind}": 1,
		"represents_company": stands_for,
	}
	return frappe.get_doc({**doc, **fields, "companies": [{"company": deals_with}]}).insert().name


def reference(doctype, name):
	return frappe.db.get_value(doctype, name, REFERENCE)


def bought(supplier):
	warehouse = frappe.db.get_value("Warehouse", {"company": BUYER, "warehouse_name": "Stores"})
	row = {"item_code": ITEM, "qty": 6, "rate": 37, "warehouse": warehouse}
	order = {"doctype": "Purchase Order", "company": BUYER, "supplier": supplier, "items": [row]}
	return frappe.get_doc({**order, "schedule_date": frappe.utils.today()}).insert().submit()


def sold(purchase):
	order = make_inter_company_sales_order(purchase.name)
	order.delivery_date = frappe.utils.add_days(frappe.utils.today(), 7)
	for row in order.items:
		row.update({"warehouse": WAREHOUSE, "delivery_date": order.delivery_date})
	return order.insert().submit()


def test_an_order_made_of_the_other_companys_purchase_keeps_it(parties):
	purchase = bought(parties[1])
	order = sold(purchase)
	assert (order.customer, order.get(REFERENCE)) == (parties[0], purchase.name)
	draft = start(order, 7)
	new = confirm(draft)
	assert_replaced(order, new)
	assert (new.get(REFERENCE), new.grand_total) == (purchase.name, 259)
	assert not reference(ORDER, f"{order.name}*R*") and not reference(ORDER, order.name)
	note = deliver(new, 7)
	assert figures(new, "delivered_qty") == [(7,)]
	received = make_inter_company_purchase_receipt(note.name)
	assert [(row.item_code, row.qty) for row in received.items] == [(ITEM, 7)]
	note.cancel()
	new.reload().cancel()
	purchase.reload().cancel()
	assert purchase.docstatus == 2


def test_a_purchase_made_of_the_order_follows_it(parties):
	order = masters.sales_order((ITEM, 6, 37), customer=parties[0])
	purchase = make_inter_company_purchase_order(order.name)
	purchase.schedule_date = frappe.utils.today()
	warehouse = frappe.db.get_value("Warehouse", {"company": BUYER, "warehouse_name": "Stores"})
	for row in purchase.items:
		row.update({"warehouse": warehouse, "schedule_date": purchase.schedule_date})
	purchase.insert().submit()
	new = replace(order.reload())
	assert reference("Purchase Order", purchase.name) == new.name
	again = replace(new)
	assert reference("Purchase Order", purchase.name) == again.name
	purchase.reload().cancel()
	again.reload().cancel()
	assert (purchase.docstatus, again.docstatus) == (2, 2)

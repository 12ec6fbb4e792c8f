"""Order types on a real site: the seeded ones, and how an order comes by its type."""

import frappe
import pytest

from sales_order_ext.errors import OrderTypeError
from sales_order_ext.order_type import api, records
from sales_order_ext.order_type.rules import SEEDS
from tests.site.masters import COMPANY, CUSTOMER, ITEM, OTHER_WAREHOUSE, WAREHOUSE, sales_order
from tests.site.orders import typed


def test_ten_types_are_seeded_and_read_back_as_they_are_meant():
	assert {one.name: records.load(one.name) for one in SEEDS} == {one.name: one for one in SEEDS}


def test_seeds_belong_to_the_admin():
	from sales_order_ext.setup.seed import seed

	frappe.db.set_value("Sales Order Type", "Active Order", "processing", "Allowed")
	seed()
	assert frappe.db.get_value("Sales Order Type", "Active Order", "processing") == "Allowed"


def test_an_order_without_a_type_becomes_an_invoice_order(types_on):
	assert sales_order((ITEM, 1, 20), submit=False).soe_order_type == "Invoice Order"


def test_the_preferred_type_and_before_it_the_customers(types_on, switch_on):
	switch_on(default_order_type="Active Order")
	assert sales_order((ITEM, 1, 20), submit=False).soe_order_type == "Active Order"
	frappe.get_doc("Customer", CUSTOMER).update({"soe_order_type": "Reserve Order"}).save()
	assert sales_order((ITEM, 1, 20), submit=False).soe_order_type == "Reserve Order"
	assert typed("Forward Order", submit=False).soe_order_type == "Forward Order"


def test_a_disabled_type_is_refused_and_passed_over_as_a_default(types_on):
	frappe.get_doc("Sales Order Type", "Active Order").update({"enabled": 0}).save()
	with pytest.raises(OrderTypeError, match="disabled"):
		typed("Active Order", submit=False)
	frappe.get_doc("Customer", CUSTOMER).update({"soe_order_type": "Active Order"}).save()
	assert sales_order((ITEM, 1, 20), submit=False).soe_order_type == "Invoice Order"


def test_an_empty_warehouse_of_the_order_leaves_the_items_own(types_on):
	default = {"company": COMPANY, "default_warehouse": OTHER_WAREHOUSE}
	frappe.get_doc("Item", ITEM).update({"item_defaults": [default]}).save()
	order = frappe.get_doc(
		{"doctype": "Sales Order", "company": COMPANY, "customer": CUSTOMER, "set_warehouse": "",
		"delivery_date": frappe.utils.today(), "items": [{"item_code": ITEM, "qty": 1, "rate": 20}]}
	).insert()  # fmt: skip
	assert order.items[0].warehouse == OTHER_WAREHOUSE


def test_a_type_fills_in_what_a_new_order_has_nothing_of_its_own_for(types_on):
	terms = frappe.get_all("Payment Terms Template", pluck="name", order_by="name", limit=1)
	template = terms[0] if terms else None
	frappe.get_doc("Sales Order Type", "Warehouse Order").update(
		{
			"set_warehouse": OTHER_WAREHOUSE,
			"selling_price_list": "Standard Selling",
			"payment_terms_template": template,
		}
	).save()
	rows = [{"item_code": ITEM, "qty": 1, "rate": 20}]
	order = typed("Warehouse Order", submit=False, items=rows)
	assert order.set_warehouse == order.items[0].warehouse == OTHER_WAREHOUSE
	assert order.payment_terms_template == template
	own = typed("Warehouse Order", submit=False, set_warehouse=WAREHOUSE)
	assert own.set_warehouse == WAREHOUSE


def test_a_types_price_list_gives_way_to_the_customers_own_alone(types_on):
	own, of_type = (price_list(name) for name in ("Arbor Prices", "Export Prices"))
	frappe.get_doc("Sales Order Type", "Invoice Order").update({"selling_price_list": of_type}).save()
	assert sales_order((ITEM, 1, 20), submit=False).selling_price_list == of_type
	frappe.get_doc("Customer", CUSTOMER).update({"default_price_list": own}).save()
	order = sales_order((ITEM, 1, 20), submit=False, selling_price_list=own)
	assert order.selling_price_list == own


def price_list(name):
	fields = {"price_list_name": name, "currency": "USD", "selling": 1, "enabled": 1}
	return frappe.get_doc({"doctype": "Price List", **fields}).insert().name


def test_each_type_can_have_its_own_series(types_on):
	series = frappe.get_meta("Sales Order").get_naming_series_options()
	frappe.make_property_setter(
		{"doctype": "Sales Order", "fieldname": "naming_series", "property": "options",
		"value": "\n".join([*series, "FWD-.####"])}, validate_fields_for_doctype=False
	)  # fmt: skip
	frappe.clear_cache(doctype="Sales Order")
	try:
		frappe.get_doc("Sales Order Type", "Forward Order").update({"naming_series": "FWD-.####"}).save()
		assert typed("Forward Order", submit=False).name.startswith("FWD-")
		assert not typed("Invoice Order", submit=False).name.startswith("FWD-")
	finally:
		frappe.db.rollback()
		frappe.clear_cache(doctype="Sales Order")


def test_the_form_is_told_what_a_type_does(types_on):
	frappe.get_doc("Customer", CUSTOMER).update({"soe_order_type": "Forward Order"}).save()
	frappe.get_doc("Sales Order Type", "Forward Order").update({"invoice_term": "Immediate"}).save()
	said = api.describe(customer=CUSTOMER)
	assert (said["order_type"], said["waits"], said["blocked"]) == ("Forward Order", True, True)
	assert said["explanation"][0] == "Reserves no stock."
	assert said["presets"] == {"invoice_term": "Immediate"}
	assert api.describe("POS Order", customer=CUSTOMER)["document_kind"] == "POS"
	assert len({tuple(api.describe(one.name)["explanation"]) for one in SEEDS}) == len(SEEDS)


def test_the_type_of_a_booked_order_is_not_edited(types_on):
	order = typed("Invoice Order")
	order.soe_order_type = "Active Order"
	with pytest.raises(frappe.UpdateAfterSubmitError):
		order.save()

"""What a job does once: it comes to what ERPNext comes to row by row and order by order."""

from __future__ import annotations

from contextlib import nullcontext
from copy import deepcopy
from types import ModuleType

import erpnext.stock.get_item_details
import frappe
import pytest
from frappe.utils import safe_exec

from sales_order_ext.invoicing import (
	answers,
	cache_keys,
	conditions,
	documents,
	form_fields,
	readings,
	sparing,
	templates,
)
from sales_order_ext.invoicing.facts import BY_SCHEDULE
from tests.site import masters
from tests.site.invoicing_helpers import STORED, all_stored, asked, deliver, give_schedule, run
from tests.site.masters import ITEM, OTHER_CUSTOMER, SERVICE


def a_price(rate: float):
	return frappe.get_doc({"doctype": "Item Price", "item_code": SERVICE, "price_list": "Standard Selling",
		"price_list_rate": rate}).insert()  # fmt: skip


def the_price() -> list:
	asked_for = {"price_list": "Standard Selling", "uom": "Nos", "transaction_date": frappe.utils.today()}
	found = erpnext.stock.get_item_details.get_item_price(asked_for, SERVICE)
	return [row.price_list_rate if isinstance(row, dict) else row[1] for row in found]


def test_a_price_is_looked_for_once_until_prices_change():
	price = a_price(5)
	with asked() as statements, readings.worked_out_once():
		assert [the_price() for _ in range(3)] == [[5]] * 3
		once = len([text for text in statements if "tabItem Price" in text])
		frappe.db.set_value("Item Price", price.name, "price_list_rate", 7)
		assert the_price() == [7]
	assert once == 1


def test_only_the_job_that_remembers_keeps_what_it_read():
	plain = erpnext.stock.get_item_details.get_item_price
	with answers.remembered(), readings.worked_out_once():
		assert erpnext.stock.get_item_details.get_item_price is not plain
		memory, frappe.db.sql = frappe.db.sql, frappe.db.sql.__self__.ask  # as another job's connection
		a_price(5)
		found = the_price()
		frappe.db.sql("update `tabItem Price` set price_list_rate = 6 where item_code = %s", SERVICE)
		assert (found, the_price()) == ([5], [6])
		frappe.db.sql = memory
	assert erpnext.stock.get_item_details.get_item_price is plain


def test_what_a_user_reads_is_that_user_s(monkeypatch):
	def who_asks():
		frappe.db.sql("select name from `tabItem` limit 1")
		return frappe.session.user

	erpnexts = ModuleType(who_asks.__module__)
	erpnexts.who_asks = who_asks
	monkeypatch.setattr(readings, "READINGS", (readings.Reading(erpnexts, "who_asks"),))
	with answers.remembered(), readings.worked_out_once():
		assert erpnexts.who_asks() == "Administrator"
		with masters.user() as clerk:
			assert erpnexts.who_asks() == clerk


def test_another_app_s_version_is_left_as_it_is(monkeypatch):
	def own(*_arguments, **_options):
		return []

	monkeypatch.setattr(erpnext.stock.get_item_details, "get_item_price", own)
	with answers.remembered(), readings.worked_out_once():
		assert erpnext.stock.get_item_details.get_item_price is own
		assert erpnext.stock.get_item_details.get_barcode_data.__wrapped__


def test_an_item_s_defaults_follow_its_document():
	details = erpnext.stock.get_item_details

	def described():
		return details.get_item_defaults(SERVICE, masters.COMPANY).description

	with sparing.once():
		assert details.get_item_defaults.__wrapped__
		before = described()
		item = frappe.get_doc("Item", SERVICE)
		item.description = f"{before} anew"
		item.save()
		assert described() == f"{before} anew"


def test_a_fetched_document_is_loaded_once_until_it_is_written_to():
	plain = frappe.get_doc("Item", SERVICE)
	with asked() as statements, documents.loaded_once():
		first, once = frappe.get_doc("Item", SERVICE), len(statements)
		first.item_name = first.uoms[0].uom = "changed by whoever loaded it"
		second = frappe.get_doc("Item", SERVICE)
		assert len(statements) == once
		assert second.as_dict() == plain.as_dict()
		assert second.uoms[0].parent_doc is second
		frappe.db.set_value("Item", SERVICE, "disabled", 1)
		assert (second.disabled, frappe.get_doc("Item", SERVICE).disabled) == (0, 1)
		before = len(statements)
		frappe.get_doc("Item", SERVICE, for_update=True)
	assert any("for update" in text.lower() for text in statements[before:])
	assert "load_from_db" not in vars(type(plain))


def test_a_document_that_an_app_loads_in_its_own_way_is_left_to_it(monkeypatch):
	item = frappe.get_doc("Item", SERVICE)
	monkeypatch.setattr(type(item), "__setup__", lambda item: None, raising=False)
	with answers.remembered(), documents.loaded_once():
		assert "load_from_db" not in vars(type(item))


def test_a_condition_is_compiled_once_and_a_forbidden_one_refused_each_time(monkeypatch):
	compiled, plain = [], safe_exec.compile_restricted

	def counted(code, *arguments, **options):
		compiled.append(code)
		return plain(code, *arguments, **options)

	monkeypatch.setattr(safe_exec, "compile_restricted", counted)
	with conditions.compiled_once():
		assert [frappe.safe_eval("a > 1", None, {"a": number}) for number in (1, 2)] == [False, True]
		for _ in range(2):
			with pytest.raises(SyntaxError):
				frappe.safe_eval("(b := 3)")
			with pytest.raises(NameError):
				frappe.safe_eval("open('x')")
	assert compiled == ["a > 1", "open('x')"]
	assert safe_exec.compile_restricted is counted


def test_new_documents_of_a_job_share_nothing_that_can_be_changed():
	plain = frappe.new_doc("Sales Invoice Item").as_dict()
	with templates.copied_in_one_go():
		first, second = frappe.new_doc("Sales Invoice Item"), frappe.new_doc("Sales Invoice Item")
		assert first.as_dict() == second.as_dict() == plain
		first.qty = 5
		assert frappe.new_doc("Sales Invoice Item").as_dict() == plain
		made = frappe.local.new_doc_templates
		assert type(made["Sales Invoice Item"]) is templates.Template
		made["ToDo"] = frappe._dict(tags=["a"])
		deepcopy(made["ToDo"]).tags.append("b")
		assert made["ToDo"].tags == ["a"]
	assert type(frappe.local.new_doc_templates["Sales Invoice Item"]) is frappe._dict


def test_a_job_s_keys_of_the_cache_are_the_site_s():
	def keys() -> list:
		make = frappe.cache.make_key
		return [make("a"), make("a", "somebody"), make("a", user=True), make("a", shared=True)]

	plain = keys()
	with cache_keys.made_once():
		assert keys() == keys() == plain
		frappe.local.site, site = "another.localhost", frappe.local.site
		frappe.local.conf, conf = frappe._dict(db_name="another"), frappe.local.conf
		other = keys()
		frappe.local.site, frappe.local.conf = site, conf
	assert other[0] == plain[0].replace(conf.db_name.encode(), b"another") != plain[0]
	assert "make_key" not in vars(frappe.cache)


def test_a_job_s_forms_find_the_same_fields_once():
	meta = frappe.get_meta("Sales Invoice Item")
	plain = meta.get("fields", {"fieldtype": "Link"})
	with form_fields.found_once():
		assert "get" in vars(meta)
		for _ in range(2):
			found = meta.get("fields", {"fieldtype": "Link"})
			assert found == plain
			found.clear()
		assert meta.get("fields", {"fieldname": "qty"})[0].fieldname == "qty"
		assert meta.get("name") == "Sales Invoice Item"
	assert "get" not in vars(meta)


def some_orders(term: str) -> list[str]:
	"""Make orders that have what ERPNext looks at: taxes, prices, discounts, goods in part delivered."""
	masters.receive(ITEM, 20)
	a_price(12)
	tax = {
		"charge_type": "On Net Total",
		"account_head": masters.tax_account(),
		"rate": 7,
		"description": "Tax",
	}
	rows = [(SERVICE, 3, 33.33), (ITEM, 2, 0.07), (SERVICE, 7, 12.5)]
	made = [masters.sales_order(*rows[: number + 1], customer=OTHER_CUSTOMER, soe_invoice_term=term,
		additional_discount_percentage=5, taxes=[tax]) for number in range(3)]  # fmt: skip
	deliver(made[2], {ITEM: 1})
	return [order.name for order in made]


@pytest.mark.parametrize("term", ["Immediate", BY_SCHEDULE])
def test_a_run_that_spares_stores_what_one_that_asks_stores(switch_on, term):
	switch_on("enable_invoice_terms")
	give_schedule(OTHER_CUSTOMER, frequency="Daily", day_of_month=0, cut_off_day=None)
	orders = some_orders(term)
	found = []
	for way in (nullcontext, sparing.once):
		frappe.db.savepoint("both_ways")
		with way():
			groups = run(orders=orders, submit_invoices=1)
			assert [group.status for group in groups] == ["Done"] * (3 if term == "Immediate" else 1)
		found.append(all_stored())
		frappe.db.rollback(save_point="both_ways")
		frappe.clear_document_cache("Customer", OTHER_CUSTOMER)
	for doctype in STORED:
		assert found[0][doctype] == found[1][doctype]

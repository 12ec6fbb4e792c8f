"""What a job does once: it comes to what ERPNext comes to row by row and order by order."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from copy import deepcopy
from types import ModuleType

import erpnext.stock.get_item_details
import frappe
import pytest
from erpnext.selling.doctype.sales_order.sales_order import SalesOrder
from frappe.model.base_document import BaseDocument

from sales_order_ext.invoicing import (
	answers,
	cache_keys,
	documents,
	families,
	form_fields,
	order_status,
	readings,
	sparing,
	templates,
)
from sales_order_ext.invoicing.facts import BY_SCHEDULE
from tests.site import masters
from tests.site.invoicing_helpers import STORED, all_stored, deliver, give_schedule, run
from tests.site.masters import ITEM, OTHER_CUSTOMER, SERVICE


@contextmanager
def asked():
	"""Let the connection remember, and yield a list that grows by what it still asks."""
	with answers.remembered():
		memory, statements = answers.current(), []
		ask = memory.ask

		def listening(query, *arguments, **options):
			statements.append(str(query))
			return ask(query, *arguments, **options)

		memory.ask = listening
		yield statements


def reading(statements: list[str], table: str) -> int:
	"""Return how many of the statements read a table's rows."""
	return sum(text.lstrip().lower().startswith("select *") and f"`{table}`" in text for text in statements)


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


@pytest.fixture
def three() -> list[str]:
	return [masters.sales_order((SERVICE, 1, 10), (ITEM, number + 1, 20)).name for number in range(3)]


def loaded(names: list[str]) -> list[dict]:
	return [frappe.get_doc("Sales Order", name).as_dict() for name in names]


def unions(statements: list[str], table: str) -> list[str]:
	"""Return the statements that ask of several names at once about a table."""
	return [text for text in statements if families.NAME in text and f"`{table}`" in text]


def test_orders_are_read_together_once_the_second_is_asked_for(three):
	plain = loaded(three)
	with asked() as statements:
		families.expect(three)
		assert loaded(three) == plain
	for table in ("tabSales Order", "tabSales Order Item"):
		assert reading(statements, table) == 1
		assert [text.count("union all") for text in unions(statements, table)] == [1]


def test_a_write_makes_the_rows_be_read_again_and_one_by_one_while_there_are_more(three):
	with asked() as statements:
		families.expect(three)
		for number, name in enumerate([*three, *three]):
			row = frappe.get_doc("Sales Order", name).items[0]
			frappe.db.set_value("Sales Order Item", row.name, "description", f"Text {number}")
			assert loaded([name])[0]["items"][0]["description"] == f"Text {number}"
			frappe.db.set_value("Sales Order Item", row.name, "description", "")
	assert not unions(statements, "tabSales Order Item")


def test_a_lock_is_taken_order_by_order(three):
	with asked() as statements:
		families.expect(three)
		loaded(three)
		before = len(statements)
		for name in three:
			frappe.get_doc("Sales Order", name, for_update=True)
	locked = [text for text in statements[before:] if "`tabSales Order Item`" in text]
	assert len(locked) == 3
	assert all("for update" in text.lower() for text in locked)


def test_rows_that_only_the_database_takes_for_an_order_s_are_found_as_ever(three):
	frappe.db.sql(
		"update `tabSales Order Item` set parent = lower(parent) where parent = %s and idx = 2", three[2]
	)
	plain = loaded(three)
	assert len(plain[2]["items"]) == 2
	with answers.remembered():
		families.expect(three)
		assert loaded(three) == plain


def test_documents_outside_the_group_are_read_alone(three):
	with asked() as statements:
		families.expect(three[:1])
		loaded(three)
	assert not unions(statements, "tabSales Order")


SUM = "select sum(qty) from `tabSales Order Item` where {} and docstatus = 1"
ROWS = "select idx, qty from `tabSales Order Item` where {} order by {}"


@pytest.mark.parametrize(
	("text", "values", "options"),
	[
		(SUM.format("parent = %s"), lambda name: name, {}),
		(SUM.format("parent = %s and parenttype = %s"), lambda name: (name, "Sales Order"), {"pluck": True}),
		(SUM.format("parent = %(order)s"), lambda name: {"order": name}, {"as_list": True}),
		(ROWS.format("parent = %s", "idx"), lambda name: [name], {"as_dict": True}),
	],
)
def test_parameters_and_forms_of_answers(three, text, values, options):
	plain = [frappe.db.sql(text, values(name), **options) for name in three]
	with asked() as statements:
		families.expect(three)
		assert [frappe.db.sql(text, values(name), **options) for name in three] == plain
	assert len(statements) == 2


@pytest.mark.parametrize("mark", ["'", '"'])
def test_a_name_in_the_text_is_found_and_percent_signs_stay(three, mark):
	texts = [
		SUM.format(f"parent like '%%' and parent = {mark}{name}{mark}").replace("%%", "%") for name in three
	]
	plain = [frappe.db.sql(text) for text in texts]
	with asked() as statements:
		families.expect(three)
		assert [frappe.db.sql(text) for text in texts] == plain
	assert len(statements) == 2


def test_an_order_of_rows_that_cannot_be_told_is_left_to_the_database(three):
	texts = [ROWS.format(f"parent = '{name}'", "rate desc, name") for name in three]
	plain = [frappe.db.sql(text, as_dict=True) for text in texts]
	with asked():
		families.expect(three)
		assert [frappe.db.sql(text, as_dict=True) for text in texts] == plain
		assert plain[2] == frappe.db.sql(texts[2], as_dict=True)


def test_a_statement_that_cannot_be_part_of_another_is_asked_alone(three):
	text = "select o.name, i.name from `tabSales Order` o join `tabSales Order Item` i on i.parent = o.name where o.name = %s"
	plain = [frappe.db.sql(text, name) for name in three]
	with asked() as statements:
		families.expect(three)
		assert [frappe.db.sql(text, name) for name in three] == plain
		assert frappe.db.sql(text, three[0]) == plain[0]
	assert len([text for text in statements if families.NAME in text]) == 1


def test_a_name_that_would_read_otherwise_in_a_statement_is_asked_alone(three):
	names = ["O'Hara", 'Size 5"', "50 %", "back\\slash"]
	with asked() as statements:
		families.expect(names)
		assert [frappe.db.exists("Customer", name) for name in names] == [None] * 4
	assert len(statements) == 4


def test_an_order_is_told_once_until_a_value_of_it_or_of_a_row_changes(three):
	order, told = frappe.get_doc("Sales Order", three[0]), []
	plain = order.as_dict()

	plain_telling = BaseDocument.get_valid_dict
	with answers.remembered(), order_status.found_once(), pytest.MonkeyPatch.context() as patch:
		patch.setattr(
			BaseDocument,
			"get_valid_dict",
			lambda doc, **asked: told.append(doc.name) or plain_telling(doc, **asked),
		)
		first = order.as_dict()
		once = len(told)
		first["items"][0]["qty"] = first["status"] = "changed by the asker"
		assert order.as_dict() == plain
		assert len(told) == once
		order.items[0].qty += 1
		assert order.as_dict()["items"][0]["qty"] == plain["items"][0]["qty"] + 1
		order.status = "Closed"
		assert order.as_dict()["status"] == "Closed"
		order.append("items", {"item_code": SERVICE})
		assert len(order.as_dict()["items"]) == len(plain["items"]) + 1
		other = frappe.get_doc("Sales Order", three[1])
		assert other.as_dict()["name"] == three[1]
		assert order.as_dict(no_nulls=True) != order.as_dict()
	assert "as_dict" not in vars(SalesOrder)


@pytest.mark.parametrize(
	("place", "since", "again"),
	[
		(0, lambda order: None, 0),
		(2, lambda order: None, 1),  # not locked by the job
		(0, lambda order: order.items[0].update({"qty": 9}), 1),
		(0, lambda order: order.items.pop(), 1),
		(0, lambda order: frappe.db.set_value("Sales Order", order.name, "po_no", "X"), 1),
	],
)
def test_a_locked_order_is_read_again_before_its_status_is_set_where_it_may_have_changed(
	three, place, since, again
):
	with asked() as statements, order_status.found_once():
		families.expect(three[:2])
		order = frappe.get_doc("Sales Order", three[place])
		old = order.status
		since(order)
		before = len(statements)
		order.set_status(update=True, status="On Hold")
	reread = [text for text in statements[before:] if "`tabSales Order Item`" in text]
	assert len(reread) == again
	assert (order.get_doc_before_save().status, order.status) == (old, "On Hold")
	assert order.get_doc_before_save().items[0] is not order.items[0]


def test_an_order_with_a_field_that_is_computed_is_told_each_time(monkeypatch):
	field = frappe.get_meta("Sales Order").get("fields", {"is_virtual": 1})[0]
	monkeypatch.setattr(SalesOrder, field.fieldname, property(lambda order: order.name), raising=False)
	with answers.remembered(), order_status.found_once():
		assert "as_dict" not in vars(SalesOrder)


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

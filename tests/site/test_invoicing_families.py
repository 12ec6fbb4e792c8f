"""What a job asks of many orders, rows or items together: it finds what each question would find."""

from __future__ import annotations

import frappe
import pytest

from sales_order_ext.invoicing import answers, families
from tests.site.invoicing_helpers import asked, three_orders


@pytest.fixture
def three() -> list[str]:
	return three_orders()


def reading(statements: list[str], table: str) -> int:
	"""Return how many of the statements read a table's rows."""
	return sum(text.lstrip().lower().startswith("select *") and f"`{table}`" in text for text in statements)


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


def test_what_is_left_to_the_database_is_asked_together_once():
	asked_of: list[str] = []

	def ask(query, **_options):
		asked_of.append(query)
		if families.NAME not in query:
			return ((2,), (1,))
		return tuple((name, number) for name in "ABCDE" if f"'{name}'" in query for number in (2, 1))

	memory = answers.Answers(ask)
	memory.ahead = families.Families(memory, ["ABCDE"]).ask
	for name in "ABCDE":
		memory.sql(f"select n from `tabItem` where name = '{name}' order by rate")
	assert [families.NAME in query for query in asked_of] == [False, True, False, False, False, False]


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

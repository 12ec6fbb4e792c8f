"""What a job words once: look-ups that differ in their values alone, each as ERPNext would ask it."""

from __future__ import annotations

import frappe
import pytest

from sales_order_ext.invoicing import answers, lookups
from tests.site.masters import CUSTOMER, OTHER_CUSTOMER


def looked_up(change=lambda rows: rows):
	"""Return look-ups over a made-up connection, and the times that one was worded."""
	memory = answers.Answers(lambda query, values, **_options: [[query, dict(values)]])
	worded = []

	def look_up(filters, **asked):
		worded.append(asked)
		given = {"name": filters} if isinstance(filters, str) else filters
		texts = [field for field, value in given.items() if not isinstance(value, int)]
		places = {field: f"%(p{number})s" for number, field in enumerate(texts)}
		text = " and ".join(f"`{field}`={places.get(field, value)}" for field, value in given.items())
		values = {f"p{number}": given[field] for number, field in enumerate(texts)}
		return change(memory.sql(f"select a from `tabItem` where {text}", values))

	return lookups.LookUps(memory, look_up).values, worded


def test_a_look_up_of_other_names_has_the_same_words():
	values, worded = looked_up()
	for one, other in (("A", "B"), ("C", "D"), ("O'Neil", "%s`")):
		found = values(filters={"name": one, "parent": other}, fields="a")
		query = "select a from `tabItem` where `name`=%(p0)s and `parent`=%(p1)s"
		assert found == [[query, {"p0": one, "p1": other}]]
	values(filters={"parent": "A", "name": "B"}, fields="a")
	values(filters={"name": "A", "parent": "B"}, fields="b")
	assert [values(filters=name, fields="a")[0][1] for name in "AB"] == [{"p0": "A"}, {"p0": "B"}]
	assert len(worded) == 4


@pytest.mark.parametrize(
	"filters",
	[
		{"name": ("in", ["A"])},
		{"name": None},
		{"name": ""},
		{"name": True},
		{"name": 1.5},
		{"name": "A", "parent": "A"},
	],
)
def test_a_look_up_by_more_than_different_texts_is_worded_each_time(filters):
	values, worded = looked_up()
	for _ in range(2):
		values(filters=filters, fields="a")
	assert len(worded) == 2


def test_a_look_up_by_numbers_too_is_worded_once_for_each_number():
	values, worded = looked_up()
	found = [
		values(filters={"name": name, "disabled": number}, fields="a") for name in "AB" for number in (0, 1)
	]
	assert found == [
		[[f"select a from `tabItem` where `name`=%(p0)s and `disabled`={number}", {"p0": name}]]
		for name in "AB"
		for number in (0, 1)
	]
	assert len(worded) == 2


def test_numbers_are_looked_up_as_they_are():
	asked = [{"name": name, "disabled": number} for name in (CUSTOMER, OTHER_CUSTOMER) for number in (0, 1)]
	plain = [frappe.db.get_value("Customer", filters) for filters in asked]
	assert plain == [CUSTOMER, None, OTHER_CUSTOMER, None]
	with answers.remembered(), lookups.worded_once():
		for _ in range(2):
			assert [frappe.db.get_value("Customer", filters) for filters in asked] == plain


def test_a_look_up_that_changes_what_it_finds_is_left_to_do_so():
	values, worded = looked_up(lambda rows: [*rows, "more"])
	assert [values(filters="A", fields="a")[1] for _ in range(2)] == ["more"] * 2
	assert len(worded) == 2


@pytest.mark.parametrize("name", ["O'Neil", 'a "b" `c` %s', "nobody"])
def test_names_are_looked_up_as_they_are_written(name):
	customer = frappe.get_doc({"doctype": "Customer", "customer_name": "O'Neil"}).insert()
	customer.db_set("customer_name", name)
	fields = ("customer_name", "customer_type")
	plain = [frappe.db.get_value("Customer", {"customer_name": one}, fields) for one in (CUSTOMER, name)]
	with answers.remembered(), lookups.worded_once():
		for _ in range(2):
			found = [
				frappe.db.get_value("Customer", {"customer_name": one}, fields) for one in (CUSTOMER, name)
			]
			assert found == plain

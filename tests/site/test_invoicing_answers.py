"""What a job remembers of its queries: never more than the database would say."""

from __future__ import annotations

from datetime import datetime, timedelta

import frappe
import pytest

from sales_order_ext.invoicing import answers
from tests.site.masters import CUSTOMER

ITEM = "select item_name from `tabItem` where name = %s"
ORDER = "select status from `tabSales Order` where name = %s"
LONG_AGO = datetime.now() - timedelta(hours=1)


class Database:
	"""Counts what it is asked; `changed` is when `tabItem` was last changed."""

	def __init__(self) -> None:
		self.asked: list[str] = []
		self.changed = LONG_AGO

	def sql(self, query, *_arguments, **options):
		if query == answers.CHANGES:
			return (("tabItem", self.changed),)
		self.asked.append(query)
		return [frappe._dict(n=len(self.asked))] if options.get("as_dict") else ((len(self.asked),),)


@pytest.fixture
def database() -> Database:
	return Database()


@pytest.fixture
def sql(database):
	return answers.Answers(database.sql).sql


def test_the_same_question_is_asked_once_and_its_answer_may_be_changed(sql, database):
	first = sql(ITEM, "A", as_dict=True)
	first[0].n = "changed by the asker"
	assert sql(ITEM, "A", as_dict=True) == [{"n": 1}]
	assert sql(ITEM, "B", as_dict=True) == [{"n": 2}]
	assert sql(ITEM, "A") == ((3,),)
	assert len(database.asked) == 3


@pytest.mark.parametrize(
	"statement",
	["update `tabItem` set item_name = 'x'", "insert into `tabItem` (name) values ('x')", "rollback",
		"rollback to savepoint s", "alter table `tabItem` add x int"],
)  # fmt: skip
def test_a_write_makes_it_ask_again(sql, database, statement):
	for _ in range(2):
		sql(ITEM, "A")
		sql(statement)
	assert database.asked.count(ITEM) == 2


def test_a_write_elsewhere_a_savepoint_and_a_read_change_nothing(sql, database):
	for statement in ("update `tabBin` set x = 1", "savepoint s", "with a as (select 1) select * from a"):
		sql(ITEM, "A")
		sql(statement)
	assert database.asked.count(ITEM) == 1


def test_masters_are_known_in_the_next_transaction_unless_changed(sql, database):
	for change, times in ((LONG_AGO, 1), (datetime.now(), 2), (datetime.now(), 3)):
		database.changed = change
		sql("commit")
		sql("START TRANSACTION")
		sql(ITEM, "A")
		assert database.asked.count(ITEM) == times


def test_documents_are_forgotten_with_their_transaction_and_locks_are_always_taken(sql, database):
	for _ in range(2):
		sql(ORDER, "A")
		sql(ORDER, "A")
		sql(f"{ITEM} for update", "A")
		sql("select now() from `tabItem`")
		sql("commit")
	assert database.asked.count(ORDER) == 2
	assert database.asked.count(f"{ITEM} for update") == 2
	assert database.asked.count("select now() from `tabItem`") == 2


def test_a_job_s_connection_remembers_and_then_forgets_again():
	with answers.remembered():
		for _ in range(2):
			assert frappe.db.get_value("Customer", CUSTOMER, "customer_name") == CUSTOMER
		frappe.db.set_value("Customer", CUSTOMER, "customer_name", "Other")
		frappe.db.value_cache.clear()
		assert frappe.db.get_value("Customer", CUSTOMER, "customer_name") == "Other"
		assert "sql" in vars(frappe.local.db)
	assert "sql" not in vars(frappe.local.db)

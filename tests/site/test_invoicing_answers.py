"""What a job remembers of its queries: never more than the database would say."""

from __future__ import annotations

import frappe
import pytest

from sales_order_ext.invoicing import answers
from tests.site.masters import CUSTOMER

ITEM = "select item_name from `tabItem` where name = %s"
ORDER = "select status from `tabSales Order` where name = %s"


class Database:
	"""Writes down what it is asked, and answers with a number."""

	def __init__(self) -> None:
		self.asked: list[str] = []
		self.answers = answers.Answers(self.run, frozenset({"tabNote"}))

	def run(self, query, *_arguments, **options):
		self.asked.append(query)
		if "deadlock" in query:
			raise frappe.QueryDeadlockError
		return [frappe._dict(n=len(self.asked))] if options.get("as_dict") else ((len(self.asked),),)


@pytest.fixture
def database() -> Database:
	return Database()


@pytest.fixture
def sql(database):
	return database.answers.sql


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


def test_an_update_of_one_table_leaves_what_is_known_of_those_it_reads(sql, database):
	for _ in range(2):
		sql(ITEM, "A")
		sql(ORDER, "A")
		sql("update `tabSales Order` set x = (select max(weight) from `tabItem`) where name = 'A'")
	assert (database.asked.count(ITEM), database.asked.count(ORDER)) == (1, 2)


def test_an_update_of_several_tables_makes_it_ask_again_of_all(sql, database):
	for _ in range(2):
		sql(ITEM, "A")
		sql("update `tabSales Order` o join `tabItem` i on i.name = o.item set i.x = 1")
	assert database.asked.count(ITEM) == 2


@pytest.mark.parametrize(
	"statement", ["commit", "COMMIT AND CHAIN", "START TRANSACTION", "rollback", "set x = 1"]
)
def test_nothing_outlives_its_transaction(sql, database, statement):
	for _ in range(2):
		sql(ITEM, "A")
		sql(ORDER, "A")
		database.answers.locked = frozenset("A")
		sql(statement)
	assert database.asked.count(ITEM) == database.asked.count(ORDER) == 2
	assert not database.answers.locked


def test_an_error_may_have_ended_the_transaction(sql, database):
	for statement in ("select deadlock from `tabItem`", "update `tabBin` set deadlock = 1"):
		sql(ITEM, "A")
		with pytest.raises(frappe.QueryDeadlockError):
			sql(statement)
	sql(ITEM, "A")
	assert database.asked.count(ITEM) == 3


@pytest.mark.parametrize(
	"question",
	[f"{ITEM} for update", f"{ITEM} lock in share mode", "select now() from `tabItem`", "select @a from `tabItem`",
		"select unix_timestamp() from `tabItem`", "select current_timestamp from `tabItem`",
		"select a from `tabItem` join `__global_search`", "select a from a_view join `tabItem`",
		"select a from information_schema.tables, `tabItem`", "select get_lock('a', 1) from `tabItem`",
		"select title from `tabNote`", "select 1", "select a from `tabItem` i, a_view"],
)  # fmt: skip
def test_what_locks_or_has_other_sources_is_always_asked(sql, database, question):
	sql(question)
	sql(question)
	assert database.asked.count(question) == 2


def test_a_value_that_cannot_be_told_from_others_is_not_remembered(sql, database):
	sql(ITEM, object())
	sql(ITEM, object())
	assert len(database.asked) == 2


def worked_out(database, *questions, tables=frozenset()):
	"""Return a function that asks some questions, and the times it was called."""
	calls = []

	def work(code):
		calls.append(code)
		return [database.answers.sql(question, code) for question in questions]

	return lambda code: database.answers.worked_out("work", tables, work, code), calls


def test_what_follows_from_answers_is_worked_out_once_for_the_same_arguments(database):
	ask, calls = worked_out(database, ITEM, ORDER)
	first = ask("A")
	first.append("changed by the asker")
	assert ask("A") == first[:2]
	ask("B")
	assert calls == ["A", "B"]


@pytest.mark.parametrize("statement", ["update `tabSales Order` set x = 1", "commit"])
def test_what_follows_from_answers_falls_with_any_of_them(database, statement):
	ask, calls = worked_out(database, ITEM, ORDER)
	ask("A")
	database.answers.sql(statement)
	ask("A")
	assert calls == ["A", "A"]


@pytest.mark.parametrize("questions", [(), (f"{ITEM} for update",), (ITEM, "update `tabBin` set x = 1")])
def test_what_asks_nothing_or_more_than_is_remembered_is_worked_out_each_time(database, questions):
	ask, calls = worked_out(database, *questions)
	ask("A")
	ask("A")
	assert calls == ["A", "A"]


@pytest.mark.parametrize(
	("statement", "times"), [("update `tabItem` set x = 1", 2), ("update `tabBin` set x = 1", 1)]
)
def test_what_follows_from_cached_documents_falls_when_one_of_their_tables_is_written_to(
	database, statement, times
):
	ask, calls = worked_out(database, tables=frozenset(("tabItem",)))
	ask("A")
	database.answers.sql(statement)
	ask("A")
	assert len(calls) == times


def test_what_follows_is_the_asker_s_own(database):
	def work():
		database.answers.sql(ITEM)
		return frappe._dict(rows=[frappe._dict(qty=1)])

	first = database.answers.worked_out("work", frozenset(), work)
	first.rows[0].qty = 2
	assert database.answers.worked_out("work", frozenset(), work) == {"rows": [{"qty": 1}]}


def test_what_follows_from_an_argument_that_cannot_be_told_from_others_is_worked_out_each_time(database):
	ask, calls = worked_out(database, ITEM)
	for _ in range(2):
		ask(frappe._dict(code=object()))
	assert len(calls) == 2


def test_the_tables_without_transactions_and_the_isolation_are_seen():
	assert answers._reads_are_repeatable()
	engines = dict(frappe.db.sql("""select table_name, engine from information_schema.tables
		where table_schema = database()"""))  # fmt: skip
	assert answers._tables_without_transactions() == {
		name for name, engine in engines.items() if engine != "InnoDB"
	}


def test_a_job_s_connection_remembers_and_then_forgets_again():
	with answers.remembered():
		for _ in range(2):
			assert frappe.db.get_value("Customer", CUSTOMER, "customer_name") == CUSTOMER
		frappe.db.set_value("Customer", CUSTOMER, "customer_name", "Other")
		frappe.db.value_cache.clear()
		assert frappe.db.get_value("Customer", CUSTOMER, "customer_name") == "Other"
		assert answers.current()
	assert not answers.current()

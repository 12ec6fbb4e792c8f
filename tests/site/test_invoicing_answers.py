"""What a job remembers of its queries: never more than the database would say."""

from __future__ import annotations

from contextlib import ExitStack

import frappe
import pytest

from sales_order_ext.invoicing import answers, form_fields
from sales_order_ext.invoicing.facts import BY_SCHEDULE
from tests.site import masters
from tests.site.invoicing_helpers import give_schedule, run
from tests.site.masters import CUSTOMER, OTHER_CUSTOMER, SERVICE

ITEM = "select item_name from `tabItem` where name = %s"
ORDER = "select status from `tabSales Order` where name = %s"


class Database:
	"""Counts what it is asked, and how often something is looked up."""

	def __init__(self) -> None:
		self.asked: list[str] = []
		self.looked_up = 0
		self.answers = answers.Answers(self.run, self.look_up, frozenset({"tabNote"}))

	def run(self, query, *_arguments, **options):
		self.asked.append(query)
		if "deadlock" in query:
			raise frappe.QueryDeadlockError
		return [frappe._dict(n=len(self.asked))] if options.get("as_dict") else ((len(self.asked),),)

	def look_up(self, table, filters, as_dict=False):
		self.looked_up += 1
		return self.answers.sql(f"select * from `tab{table}` where name = %s", filters, as_dict=as_dict)


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


@pytest.mark.parametrize(
	"statement", ["commit", "COMMIT AND CHAIN", "START TRANSACTION", "rollback", "set x = 1"]
)
def test_nothing_outlives_its_transaction(sql, database, statement):
	for _ in range(2):
		sql(ITEM, "A")
		sql(ORDER, "A")
		sql(statement)
	assert database.asked.count(ITEM) == database.asked.count(ORDER) == 2


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


def test_a_look_up_is_worded_once_and_answered_as_its_statement_is(sql, database):
	for number in range(4):
		if number == 2:
			sql("update `tabItem` set item_name = 'x'")
		row = database.answers.values("Item", "A", as_dict=True)[0]
		row.n = "changed by the asker"
	assert database.looked_up == 1
	assert len(database.asked) == 3
	assert database.answers.values("Item", "B", as_dict=False) == ((4,),)


def test_the_tables_without_transactions_and_the_isolation_are_seen():
	assert answers._reads_are_repeatable()
	engines = dict(frappe.db.sql("""select table_name, engine from information_schema.tables
		where table_schema = database()"""))  # fmt: skip
	assert answers._tables_without_transactions() == {
		name for name, engine in engines.items() if engine != "InnoDB"
	}


def test_a_job_s_connection_remembers_and_then_forgets_again():
	replaced = {"sql", answers.LOOK_UP} & set(dir(frappe.local.db))  # version 16 looks up in another way
	with answers.remembered():
		for _ in range(2):
			assert frappe.db.get_value("Customer", CUSTOMER, "customer_name") == CUSTOMER
		frappe.db.set_value("Customer", CUSTOMER, "customer_name", "Other")
		frappe.db.value_cache.clear()
		assert frappe.db.get_value("Customer", CUSTOMER, "customer_name") == "Other"
		assert "sql" in replaced <= set(vars(frappe.local.db))
	assert not replaced & set(vars(frappe.local.db))


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


STORED = ("Sales Invoice", "Sales Invoice Item", "Sales Taxes and Charges", "Payment Schedule", "GL Entry",
	"Payment Ledger Entry", "Sales Order", "Sales Order Item", "Item", "Customer")  # fmt: skip
DRAWN = ("name", "creation", "modified", "parent", "posting_time", "voucher_detail_no")


def all_stored() -> dict[str, list]:
	"""Return every row of the tables that an invoice writes to, without what is drawn or tells the time."""
	return {doctype: sorted(repr({field: value for field, value in row.items() if field not in DRAWN})
		for row in frappe.get_all(doctype, fields=["*"])) for doctype in STORED}  # fmt: skip


@pytest.mark.parametrize("term", ["Immediate", BY_SCHEDULE])
def test_a_run_that_remembers_stores_what_one_that_asks_stores(switch_on, term):
	switch_on("enable_invoice_terms")
	give_schedule(OTHER_CUSTOMER, frequency="Daily", day_of_month=0, cut_off_day=None)
	rows = [(SERVICE, 3, 33.33), (SERVICE, 1, 0.07), (SERVICE, 7, 12.5)]
	orders = [masters.sales_order(*rows[: number + 1], customer=OTHER_CUSTOMER, soe_invoice_term=term,
		additional_discount_percentage=5).name for number in range(3)]  # fmt: skip
	found = []
	for contexts in ((), (answers.remembered, form_fields.found_once)):
		frappe.db.savepoint("both_ways")
		with ExitStack() as stack:
			for context in contexts:
				stack.enter_context(context())
			groups = run(orders=orders, submit_invoices=1)
			assert [group.status for group in groups] == ["Done"] * (3 if term == "Immediate" else 1)
		found.append(all_stored())
		frappe.db.rollback(save_point="both_ways")
		frappe.clear_document_cache("Customer", OTHER_CUSTOMER)
	for doctype in STORED:
		assert found[0][doctype] == found[1][doctype]

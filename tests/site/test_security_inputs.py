"""Every endpoint over HTTP with wrong types, huge and hostile values: refused or taken, never a failure within."""

import math

import frappe
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sales_order_ext.preferences import SETTINGS, SWITCHES
from tests.site import leftovers, masters, web
from tests.site.masters import COMPANY, CUSTOMER, ITEM, WAREHOUSE, receive, sales_order

ROLES = (
	"Accounts Manager", "Projects Manager", "Purchase Manager", "Sales Manager", "Sales Master Manager",
	"Sales User", "Stock Manager", "Stock User", "Support Team", "System Manager",
)  # fmt: skip
HOSTILE = (
	"", " ", "%", "`", "\\", '"', "\x00", "[", '{"a":', "null", "[]", "{}", "NaN", "1e400", "-1", "Administrator",
	"' OR 1=1 -- ", "'; drop table tabItem; --", "1; select sleep(5)", "{{ frappe.db.sql('select 1') }}",
	"<script>alert(1)</script>", "../../etc/passwd", "2026-13-45", "0000-00-00", "9999-12-31",
	"x" * 100_000, "ü😀" * 200,
)  # fmt: skip
KEYS = ("name", "customer", "company", "orders", "qty", "item_code", "docstatus", "posting_date", "in", "<b>")
EXAMPLES = 12

scalars = st.one_of(
	st.sampled_from(HOSTILE),
	st.none(),
	st.booleans(),
	st.sampled_from([0, 1, -1, 10**9, -(10**18), 2**63, 10**30]),
	st.sampled_from([-1.5, 1e-9, 1e308, math.inf, math.nan]),
	st.text(max_size=20),
)
values = st.recursive(
	scalars,
	lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3),
	max_leaves=6,
)


@pytest.fixture(scope="module")
def caller(site):
	"""Somebody with every role, everything switched on, and a booked and a draft order; all taken away later."""
	frappe.set_user("Administrator")
	with leftovers.taken_away():
		frappe.get_doc(SETTINGS).update(dict.fromkeys(SWITCHES, 1)).save()
		receive(ITEM, 50)
		order, draft = sales_order((ITEM, 2, 10)), sales_order((ITEM, 1, 10), submit=False)
		with masters.user(*ROLES) as name:
			frappe.set_user("Administrator")
			key = web.key_of(name)
		frappe.db.commit()
		with web.served() as address:
			yield web.Caller(address, key), plausible(order, draft)


def plausible(order, draft) -> dict[str, list]:
	"""Return {argument: values that make sense}, so that the others are looked at too."""
	return {
		"sales_order": [order.name, draft.name],
		"document_key": ["form-1", draft.name],
		"customer": [CUSTOMER],
		"company": [COMPANY],
		"item_code": [ITEM],
		"warehouse": [WAREHOUSE],
		"orders": [[order.name]],
		"rows": [[order.items[0].name], [{"sales_order_item": order.items[0].name, "qty": 1}]],
		"filters": [{"company": COMPANY}],
		"currency": ["USD"],
		"order_type": ["Invoice Order"],
		"start": ["2026-01-01"],
		"end": ["2026-12-31"],
	}


@pytest.mark.parametrize("endpoint, names", web.endpoints().items(), ids=web.endpoints())
def test_bad_input_is_refused(caller, endpoint, names):
	who, sensible = caller
	arguments = st.fixed_dictionaries(
		{name: (st.sampled_from(sensible[name]) | values) if name in sensible else values for name in names}
	)

	@settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
	@given(arguments)
	def call(given):
		answer = who.call(endpoint, given)
		assert answer.status < 500, answer.text[-2000:]

	call()

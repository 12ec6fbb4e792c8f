"""What only version 16 has: planned deliveries of a row follow it as long as they fit; subcontracted orders stay."""

import frappe
import pytest

from sales_order_ext.errors import ReplacementNotAllowedError
from sales_order_ext.replacement import api
from tests.site import masters
from tests.site.masters import ITEM, OTHER_ITEM, OTHER_WAREHOUSE
from tests.site.replacement_shop import ORDER, complete, confirm, replace, start

PLAN = "Delivery Schedule Item"


@pytest.fixture(autouse=True)
def on(replacements_on):
	if not frappe.db.exists("DocType", PLAN):
		pytest.skip("version 16 alone plans deliveries")


def plan(order, *quantities):
	"""Plan deliveries of the first row, a week apart, as the draft's form does."""
	days = [frappe.utils.add_days(order.delivery_date, 7 * week) for week in range(len(quantities))]
	rows = [{"delivery_date": day, "qty": qty} for day, qty in zip(days, quantities, strict=True)]
	order.create_delivery_schedule(order.items[0].as_dict(), rows)
	return order.reload()


def planned(order):
	fields = ["sales_order_item", "qty"]
	rows = frappe.get_all(
		PLAN, {"sales_order": order.name}, fields, order_by="delivery_date asc", as_list=True
	)
	names = [row.name for row in order.reload().items]
	return [(names.index(row), qty) for row, qty in rows]


@pytest.fixture
def order():
	return plan(masters.sales_order((ITEM, 6, 10), (OTHER_ITEM, 1, 10), submit=False), 4, 2).submit()


@pytest.mark.parametrize("qty", [6, 8])
def test_a_plan_follows_its_row(order, qty):
	new = replace(order, qty)
	assert (planned(order), planned(new)) == ([], [(0, 4), (0, 2)])
	complete(new)


def test_a_plan_made_on_the_draft_stands_alone(order):
	draft = plan(start(order), 5)
	new = confirm(draft)
	assert (planned(order), planned(new)) == ([], [(0, 5)])


@pytest.mark.parametrize(
	"change", [{"qty": 5}, {"warehouse": OTHER_WAREHOUSE}, {"item_code": OTHER_ITEM, "item_name": OTHER_ITEM}]
)
def test_a_plan_that_does_not_fit_is_dropped_and_told(order, change):
	draft = start(order)
	draft.items[0].update(change)
	new = confirm(draft.save())
	assert (planned(order), planned(new)) == ([], [])
	assert "delivery schedule does not fit any more" in " ".join(map(str, frappe.message_log))


def test_a_plan_goes_with_its_row(order):
	draft = start(order)
	draft.items = draft.items[1:]
	new = confirm(draft.save())
	assert (planned(order), planned(new)) == ([], [])


def test_a_plan_follows_to_the_part_that_has_its_row(order):
	first, second = api.split(order.name, rows=[order.items[0].name])
	api.confirm(order.name)
	assert [planned(frappe.get_doc(ORDER, name)) for name in (first, second)] == [[], [(0, 4), (0, 2)]]


def test_a_draft_with_a_plan_is_abandoned(order):
	draft = plan(start(order), 5)
	api.abandon(draft.name)
	assert not frappe.db.exists(PLAN, {"sales_order": draft.name})
	assert planned(order) == [(0, 4), (0, 2)]


def test_a_subcontracted_order_is_not_replaced():
	order = masters.sales_order((ITEM, 1, 10))
	frappe.db.set_value(ORDER, order.name, "is_subcontracted", 1)
	with pytest.raises(ReplacementNotAllowedError, match="subcontracted"):
		api.start(order.name)

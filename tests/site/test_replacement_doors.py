"""Doors of ERPNext and Frappe: Update Items, workflow, amend, discard, portal, calendar, attachments, quotation."""

import frappe
import pytest
from erpnext.selling.doctype.quotation.quotation import make_sales_order
from frappe.model.workflow import apply_workflow
from werkzeug.exceptions import HTTPException

from sales_order_ext.errors import AlreadyReplacedError, ReplacementNotAllowedError
from sales_order_ext.replacement import api, links, portal
from tests.site import masters
from tests.site.masters import COMPANY, CUSTOMER, ITEM, WAREHOUSE
from tests.site.orders import discard
from tests.site.replacement_shop import (
	ORDER,
	assert_replaced,
	confirm,
	limits_by_quotation,
	order_a,
	order_b,
	replace,
	start,
	update_items,
)

pytestmark = pytest.mark.usefixtures("replacements_on")


def test_update_items_names_the_replacement():
	order = order_a()
	new = replace(order)
	for name in (order.name, f"{order.name}*R*"):
		with pytest.raises(AlreadyReplacedError, match=new.name):
			update_items(frappe.get_doc(ORDER, name), 5)
	update_items(new, 5)
	assert new.reload().items[0].qty == 5


def test_the_form_is_told_of_the_draft_and_of_the_replacement():
	def told(name):
		order = frappe.get_doc(ORDER, name)
		order.run_method("onload")
		return (order.get("__onload") or {}).get("soe_replacement")

	order = order_b()
	assert told(order.name) == {"open": []}
	draft = start(order)
	assert told(order.name) == {"open": [draft.name]}
	facts = told(draft.name)
	assert facts["parts"] == [draft.name]
	assert [row["is_fixed"] for row in facts["difference"]["rows"]] == [False, False]
	new = confirm(draft)
	assert told(order.name) == told(f"{order.name}*R*") == {"replacements": [new.name]}


@pytest.fixture
def workflow(rolled_back):
	"""A workflow whose state is kept in a field that is there: a new field would commit the test."""
	for state in ("SOE Typed", "SOE Booked"):
		frappe.get_doc({"doctype": "Workflow State", "workflow_state_name": state}).insert()
	frappe.get_doc({"doctype": "Workflow Action Master", "workflow_action_name": "SOE Book"}).insert()
	roles = {"allow_edit": "System Manager"}
	yield frappe.get_doc(
		{
			"doctype": "Workflow",
			"workflow_name": "SOE Orders",
			"document_type": ORDER,
			"is_active": 1,
			"send_email_alert": 0,
			"workflow_state_field": "terms",
			"states": [
				{"state": "SOE Typed", "doc_status": 0, **roles},
				{"state": "SOE Booked", "doc_status": 1, **roles},
			],
			"transitions": [
				{
					"state": "SOE Typed",
					"action": "SOE Book",
					"next_state": "SOE Booked",
					"allowed": "System Manager",
					"allow_self_approval": 1,
				}
			],
		}
	).insert()
	frappe.db.rollback()
	frappe.clear_cache(doctype=ORDER)


def test_a_workflow_confirms_all_parts(workflow):
	order = masters.sales_order((ITEM, 1, 10), (ITEM, 2, 10), submit=False)
	order = apply_workflow(order, "SOE Book")
	first, second = api.split(order.name, rows=[order.items[1].name])
	with pytest.raises(ReplacementNotAllowedError, match="SOE Orders"):
		api.confirm(first)
	assert frappe.db.get_value(ORDER, second, "terms") == "SOE Typed"
	apply_workflow(frappe.get_doc(ORDER, second), "SOE Book")
	for name in (first, second):
		assert frappe.db.get_value(ORDER, name, ["docstatus", "terms"]) == (1, "SOE Booked")
	assert frappe.db.get_value(ORDER, order.name, "soe_is_cancelled") == 1


def amend(order):
	order.reload().cancel()
	amended = frappe.copy_doc(order)
	amended.update({"amended_from": order.name, "docstatus": 0})
	return amended.insert().submit()


def test_amending_takes_the_name_of_a_discarded_draft():
	order = order_a()
	draft = start(order)
	discard(draft)
	amended = amend(order)
	assert amended.name == draft.name and amended.amended_from == order.name
	assert not amended.soe_replaced_order
	assert replace(amended).name == f"{amended.name}-1"


def test_a_discarded_draft_does_not_stand_in_the_way_of_the_next():
	order = order_a()
	draft = start(order)
	discard(draft)
	new = replace(order)
	assert new.name == f"{order.name}-2"
	assert [row["name"] for row in api.chain(order.name)] == [order.name, new.name]


def test_attachments_are_carried():
	order = order_a()
	values = {"doctype": "File", "file_name": "soe.txt", "content": "measures", "is_private": 1}
	kept = frappe.get_doc({**values, "attached_to_doctype": ORDER, "attached_to_name": order.name}).insert()
	new = replace(order)
	filters = {"attached_to_doctype": ORDER, "attached_to_name": new.name}
	assert frappe.get_all("File", filters, pluck="file_url") == [kept.file_url]
	again = start(new)
	api.abandon(again.name)
	assert frappe.get_doc("File", kept.name).get_content() == "measures"


def test_the_calendar_shows_the_replacement_alone():
	order = order_a()
	day = order.delivery_date
	new = replace(order)
	names = {event.name for event in api.calendar_events(day, day, frappe.as_json([]))}
	assert new.name in names and not names & {order.name, f"{order.name}*R*"}
	assert api.calendar_events(day, day, {"customer": "Nobody"}) == []


@pytest.mark.parametrize(
	"path, sent, filtered",
	[
		("/orders", {}, True),
		("/api/method/frappe.www.list.get", {"doctype": ORDER}, True),
		("/api/method/frappe.www.list.get", {"doctype": "Issue"}, False),
		("/orders/SO-1", {}, False),
	],
)
def test_the_portal_lists_the_replacement_alone(monkeypatch, path, sent, filtered):
	from frappe.www.list import get_list_data

	order = order_a()
	new = replace(order)
	monkeypatch.setattr(frappe.local, "request", frappe._dict(path=path), raising=False)
	monkeypatch.setattr(frappe.local, "form_dict", frappe._dict(sent))
	portal.hide_replaced_orders()
	assert ("soe_is_cancelled" in frappe.form_dict) == filtered
	if filtered:
		sent = {**frappe.form_dict, "doctype": ORDER}
		names = {row.name for row in get_list_data(**sent, limit=9999)}
		assert new.name in names and not names & {order.name, f"{order.name}*R*"}


def opened(order):
	"""Return where the portal sends whoever opens an order's page; None if it shows the page."""
	frappe.local.request = frappe._dict(path=f"/orders/{order}")
	try:
		return portal.hide_replaced_orders()
	except HTTPException as sent:
		return sent.get_response().headers["Location"]


def test_the_page_of_a_replaced_order_leads_to_its_replacement(monkeypatch):
	monkeypatch.setattr(frappe.local, "request", None, raising=False)
	monkeypatch.setattr(frappe.local, "form_dict", frappe._dict())
	order = order_b()
	new = replace(order)
	with masters.user("Customer") as reader:
		assert opened(order.name) is None
	customer = frappe.get_doc("Customer", CUSTOMER)
	customer.append("portal_users", {"user": reader})
	customer.save()
	frappe.set_user(reader)
	assert opened(order.name) == opened(f"{order.name}*R*") == f"/orders/{new.name}"
	assert opened(new.name) is None
	frappe.set_user("Administrator")
	api.confirm(api.split(new.name, rows=[new.items[1].name])[0])
	frappe.set_user(reader)
	assert opened(new.name) == "/orders"


def test_a_row_is_raised_above_its_quotation_once_it_is_taken_off():
	quote = frappe.get_doc(
		{
			"doctype": "Quotation",
			"company": COMPANY,
			"quotation_to": "Customer",
			"party_name": CUSTOMER,
			"items": [{"item_code": ITEM, "qty": 6, "rate": 37}],
		}
	)
	quote.insert().submit()
	order = make_sales_order(quote.name)
	order.delivery_date = frappe.utils.add_days(frappe.utils.today(), 7)
	order.items[0].update({"warehouse": WAREHOUSE, "delivery_date": order.delivery_date})
	order.insert().submit()
	draft = start(order, 8)
	if limits_by_quotation():
		assert "6" in api.difference(draft.name)["problems"][0]
		frappe.db.savepoint("above_quotation")
		with pytest.raises(frappe.ValidationError):
			api.confirm(draft.name)
		frappe.db.rollback(save_point="above_quotation")
	api.take_off_quotation(draft.name, [draft.items[0].name])
	assert api.difference(draft.name)["problems"] == []
	assert_replaced(order, confirm(draft))
	left = frappe.db.get_value("Quotation", quote.name, "status")
	assert left == ("Open" if limits_by_quotation() else "Partially Ordered")


def test_the_report_shows_the_chain_as_a_tree():
	from sales_order_ext.sales_order_ext.report.replacement_chains.replacement_chains import execute

	order = order_b()
	first = replace(order, 7)
	second = start(first)
	_columns, rows = execute(
		{"sales_order": first.name, "company": COMPANY, "from_date": frappe.utils.today()}
	)
	assert [(row["name"], row["indent"], row["status"]) for row in rows] == [
		(order.name, 0, "Replaced"),
		(f"{order.name}*R*", 1, "Closed"),
		(first.name, 1, "To Deliver and Bill"),
		(second.name, 2, "Temporary"),
	]
	assert rows[2]["difference"] == 40.70
	assert execute({"sales_order": first.name, "customer": "Nobody"})[1] == []


@pytest.mark.parametrize("is_told", [False, True])
def test_other_apps_links_follow_or_are_named(monkeypatch, is_told):
	order = order_a()
	task = frappe.get_doc(
		{"doctype": "ToDo", "description": "x", "reference_type": ORDER, "reference_name": order.name}
	).insert()
	hooks = frappe.get_hooks
	told = [{"doctype": "ToDo", "order_field": "reference_name"}] if is_told else []
	monkeypatch.setattr(
		frappe, "get_hooks", lambda name=None, *args, **options: told
		if name == "sales_order_replacement_links" else hooks(name, *args, **options),
	)  # fmt: skip
	monkeypatch.setattr(links, "_fields_that_link_orders", lambda: [("ToDo", "reference_name")])
	new = replace(order)
	followed = frappe.db.get_value("ToDo", task.name, "reference_name") == new.name
	assert (followed, links.left_behind(order.name)) == (is_told, [] if is_told else ["ToDo"])


def test_the_inverse_reverses_what_other_apps_keep_beside_amounts(monkeypatch):
	order = order_a()
	order.items[0].db_set("valuation_rate", 8)
	hooks = frappe.get_hooks
	monkeypatch.setattr(
		frappe, "get_hooks", lambda name=None, *args, **options: {"items": ["valuation_rate"]}
		if name == "sales_order_amounts" else hooks(name, *args, **options),
	)  # fmt: skip
	replace(order)
	inverse = frappe.get_doc(ORDER, f"{order.name}*R*")
	assert [(row.qty, row.rate, row.valuation_rate) for row in inverse.items] == [(-2, 2, -8)]

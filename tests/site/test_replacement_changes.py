"""The difference for a reader: at the desk, in print, and by e-mail together with the order."""

import json

import frappe
import pytest
from frappe.core.doctype.communication.email import make
from frappe.utils import cstr

from sales_order_ext.replacement import api, printing
from tests.site import masters
from tests.site.masters import ITEM
from tests.site.replacement_shop import ORDER, confirm, order_a, order_b, start

pytestmark = pytest.mark.usefixtures("replacements_on")


def test_a_custom_line_is_called_by_its_name():
	order = masters.sales_order((ITEM, 6, 37), submit=False)
	order.append("items", {"soe_line_type": "Custom", "description": "Cut to size", "qty": 1, "rate": 3})
	order.save().submit()
	draft = start(order)
	draft.items[1].qty = 2
	draft.save()
	labels = [ITEM, "Cut to size"]
	assert [row["label"] for row in api.difference(draft.name)["rows"]] == labels
	new = confirm(draft)
	assert [row["label"] for row in api.difference(new.name)["rows"]] == labels
	assert frappe.get_doc("Order Replacement", new.name).rows[1].item_name == "Cut to size"


@pytest.mark.parametrize("format", ["Order Changes", "Order Replacement Changes"])
def test_the_print_of_the_changes(format):
	order = order_b()
	draft = start(order, 7)
	if format == "Order Changes":
		html = frappe.get_print(ORDER, draft.name, print_format=format)
		assert "would become" in html
	new = confirm(draft)
	doctype = "Order Replacement" if format.startswith("Order Rep") else ORDER
	html = frappe.get_print(doctype, new.name, print_format=format)
	assert f"Order {order.name} is replaced by order {new.name}" in html
	assert "$ 293.70" in html and "$ 334.40" in html and "+$ 40.70" in html
	assert "has not been changed" in frappe.get_print(ORDER, order_a().name, print_format="Order Changes")


@pytest.fixture
def outgoing():
	"""An account to send from; no server is asked, what is sent waits in the queue."""
	account = {"doctype": "Email Account", "name": "SOE Out", "email_account_name": "SOE Out"}
	account |= {"email_id": "shop@example.com", "enable_outgoing": 1, "default_outgoing": 1}
	frappe.get_doc({**account, "smtp_server": "localhost", "password": "x"}).db_insert()


def mailed(order, **fields):
	"""Send an order by the composer's endpoint; return (document, print format) of what is attached."""
	make(doctype=ORDER, name=order.name, recipients="buyer@example.com", send_email=1, subject="s", content="c",
		**fields)  # fmt: skip
	queued = frappe.get_last_doc("Email Queue", {"reference_name": order.name}, order_by="creation desc")
	return [(one["name"], one["print_format"]) for one in json.loads(queued.attachments)], queued


def test_the_changes_are_sent_with_the_order(outgoing):
	order = order_b()
	draft = start(order, 7)
	assert mailed(draft, print_format="Order Changes")[0] == [(draft.name, "Order Changes")]
	new = confirm(draft)
	# On a new site of version 16 ERPNext has set another one.
	usual = order.meta.default_print_format or "Standard"
	both = [(new.name, "Order Changes"), (new.name, usual)]
	attached, queued = mailed(new, print_format="Order Changes")
	assert attached == both
	assert mailed(order.reload(), print_format="Order Changes")[0] == [(order.name, "Order Changes"), both[1]]
	assert mailed(new, print_format="Standard")[0] == [(new.name, "Standard")]
	assert queued.status == "Not Sent"


def test_both_attachments_are_printed_under_names_of_their_own(outgoing):
	order = order_b()
	new = confirm(start(order, 7))
	_attached, queued = mailed(new, print_format="Order Changes")
	frappe.db.set_single_value("Print Settings", "send_print_as_pdf", 0)
	files = [
		frappe.attach_print(**{key: one[key] for key in one if key != "print_format_attachment"})
		for one in json.loads(queued.attachments)
	]
	assert [file["fname"] for file in files] == [f"{new.name}-changes.html", f"{new.name}.html"]
	assert ["is replaced by order" in cstr(file["fcontent"]) for file in files] == [True, False]


def test_the_print_shows_nothing_of_another_customer():
	other = frappe.get_doc({"doctype": "Customer", "customer_name": "SOE Stranger"}).insert()
	order = order_a()
	draft = start(order)
	draft.update({"customer": other.name, "customer_name": None, "title": None})
	confirm(draft.save())
	order.reload()
	assert printing.order_changes(order)["order"].customer == other.name
	with masters.user("Customer"):
		assert printing.order_changes(order) is None

"""Every endpoint over HTTP, called by those whom the documents do not concern: nothing is told, nothing is written."""

import frappe
import pytest

from sales_order_ext.preferences import SETTINGS, SWITCHES
from tests.site import leftovers, strangers, web
from tests.site.strangers import SECRETS, SELLS

# Customers are shared by all companies: who may write a customer may hold its invoices.
SHARED = {"another company": {"invoicing.api.hold_customer", "invoicing.api.release_customer"}}
# What a request leaves behind by itself.
LOGS = {
	"Access Log",
	"Activity Log",
	"Error Log",
	"Route History",
	"Permission Log",
	"Series",
	"User",
	"Sessions",
}
WHO = ["a guest", "nobody", "a portal customer", "another company"]


@pytest.fixture(scope="module")
def scene(site):
	"""Documents of one company, four strangers, and the address where the site is served."""
	frappe.set_user("Administrator")
	with leftovers.taken_away():
		frappe.get_doc(SETTINGS).update(dict.fromkeys(SWITCHES, 1)).save()
		arguments = strangers.documents()
		keys = {
			"nobody": strangers.key(),
			"a portal customer": strangers.key_of_customer(),
			"another company": strangers.key(*SELLS, Company=strangers.other_company()),
		}
		frappe.db.commit()
		with web.served() as address:
			callers = {name: web.Caller(address, one) for name, one in keys.items()}
			yield {**callers, "a guest": web.Caller(address)}, arguments


def stored() -> dict[str, tuple]:
	"""Return how many rows every table has, and when the last of them changed."""
	frappe.db.rollback()
	return {
		table: frappe.db.sql(f"select count(*), max(modified) from `tab{table}`")[0]
		for table in leftovers._tables()
		if table not in LOGS
	}


@pytest.mark.parametrize("who", WHO)
def test_strangers_learn_nothing_and_change_nothing(scene, who):
	callers, arguments = scene
	before = stored()
	told = {}
	for endpoint, names in web.endpoints().items():
		if endpoint in SHARED.get(who, ()):
			continue
		given = {name: arguments[name] for name in names if name in arguments}
		answer = callers[who].call(endpoint, given)
		assert answer.status < 500, (endpoint, answer.text[-1500:])
		if who == "a guest" or any(secret in answer.text for secret in SECRETS):
			told[endpoint] = answer.status
	assert set(told.values()) <= {403}, told
	assert stored() == before

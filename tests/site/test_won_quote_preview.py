"""The preview is what happens: random quotes, random choices, each against what finishing made."""

from collections import Counter
from random import Random

import frappe
import pytest

from sales_order_ext.won_quote import api
from tests.site.masters import COMPANY, ITEM, OTHER_ITEM, SERVICE, SUPPLIER, receive
from tests.site.wins import (
	bundle,
	goods,
	opportunity,
	order_of,
	pay_mode,
	plan,
	quotation,
	row,
	service,
	status,
)

MADE = (
	"Sales Order",
	"Purchase Order",
	"Material Request",
	"Back Order",
	"Delivery Note",
	"Sales Invoice",
	"Payment Entry",
	"Project",
	"Contract",
	"Issue",
	"Subscription",
)


TYPES = (
	"Invoice Order",
	"Reserve Order",
	"Forward Order",
	"Active Order",
	"Back-to-Back Order",
	"Drop Shipment Order",
	"Warehouse Order",
	"POS Order",
)


def random_items(dice: Random) -> list[str]:
	"""Return goods, services, a bundle, what its supplier ships, what cannot be reordered, in random stock."""
	supplier = {"item_defaults": [{"company": COMPANY, "default_supplier": SUPPLIER}]}
	hosting = service("SOE-HOSTING")
	plan(hosting)
	made = [
		hosting,
		goods("SOE-SHIPPED", delivered_by_supplier=1, **(supplier if dice.random() < 0.8 else {})),
		goods("SOE-FINAL", soe_not_reorderable=1),
		goods("SOE-BOUGHT", **supplier),
		bundle("SOE-SET", **{ITEM: 2, OTHER_ITEM: 1}),
	]
	for item_code in (ITEM, OTHER_ITEM, "SOE-BOUGHT", "SOE-FINAL"):
		if dice.random() < 0.6:
			receive(item_code, dice.randint(1, 12))
	return [ITEM, OTHER_ITEM, SERVICE, *made]


def random_pass(dice: Random):
	"""Start a pass of a random quotation, in one of four with more chosen than there is."""
	kinds = dice.choices(random_items(dice), k=dice.randint(1, 5))
	rows = [
		row(code, qty=dice.randint(1, 10), rate=30 if code == "SOE-HOSTING" else dice.randint(1, 9999) / 100)
		for code in [dice.choice([ITEM, "SOE-SET", "SOE-SHIPPED"]), *kinds]
	]
	deal = opportunity().name if dice.random() < 0.5 else None
	win = api.start(quotation=quotation(*rows, opportunity=deal).name)
	too_many = dice.random() < 0.15
	for line in win.items:
		line.include = int(dice.random() < 0.8)
		line.qty = max(1, line.qty - dice.choice([0, 0, 3])) + too_many
		if line.kind == "Service":
			line.convert_to = dice.choice(
				["Sales Order", "Project Charge", "Contract Charge", "Ticket Charge"]
			)
		elif line.kind == "Product" and dice.random() < 0.3:
			line.source = dice.choice(["", "Stock", "Back-to-Back", "Drop Shipment"])
			line.supplier = SUPPLIER if line.source == "Drop Shipment" else None
	win.items[0].include = 1
	win.order_type = dice.choice(TYPES)
	win.mode_of_payment = dice.choice([None, "Cash"])
	win.document_kind = dice.choice(["Standard", "Standard", "Warehouse", "POS"])
	win.post_sale_action = dice.choice(["Order Only", "Project", "Contract", "Ticket"])
	return win.save()


def counts():
	return Counter({doctype: frappe.db.count(doctype) for doctype in MADE})


@pytest.mark.parametrize("seed", range(12))
def test_what_is_said_is_what_is_done(seed, switch_on):
	pay_mode()
	switch_on("enable_procurement", "enable_invoice_terms", "enable_stock_reservations", "enable_back_orders")
	switch_on(enable_order_types=int(seed % 4 > 0))
	win = random_pass(Random(seed))
	said, before = api.preview(win.name), counts()
	if said["blockers"]:
		with pytest.raises(frappe.ValidationError):
			api.finish(win.name)
		assert counts() == before
		return
	created = api.finish(win.name)["created"]
	done = api.preview(win.name)["actions"]
	told = [(one["action"], one["description"]) for one in said["actions"]]
	assert [(one["action"], one["description"]) for one in done] == told
	made = [one["reference_doctype"] for one in said["actions"] if one["action"].startswith("Create ")]
	assert counts() - before == Counter(made)
	assert [one["doctype"] for one in created] == made
	assert len({one["name"] for one in created}) == len(created)
	check_quantities(win.reload(), done)


def check_quantities(win, done):
	"""Check that every chosen row is on the order or in a subscription, and the statuses said."""
	order = order_of(win)
	chosen = {one.quotation_item: one.qty for one in win.items if one.include}
	subscribed = {one.quotation_item: one.qty for one in win.items if one.is_subscribed}
	ordered = {one.quotation_item: one.qty for one in order.items}
	assert ordered | subscribed == chosen and not set(ordered) & set(subscribed)
	plans = [
		line.qty
		for one in done
		if one["action"] == "Create Subscription"
		for line in frappe.get_doc("Subscription", one["reference_name"]).plans
	]
	assert sum(plans) == sum(subscribed.values())
	for one in done:
		if one["action"].startswith("Update "):
			paper = frappe.get_doc(one["reference_doctype"], one["reference_name"])
			assert status(paper) in one["description"]

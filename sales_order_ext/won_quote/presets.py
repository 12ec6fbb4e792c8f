"""What items are to a won quotation: goods, services or recurring, and what the site's rules preset."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import frappe

from sales_order_ext.decimals import to_decimal
from sales_order_ext.won_quote import facts, rules

RULE = "Quote Win Rule"
HEAD_FIELDS = ("project_template", "contract_template", "issue_type")


@dataclass(frozen=True)
class Preset:
	"""An item as the rules see it."""

	kind: str = facts.SERVICE
	is_stocked: bool = False
	is_labour: bool = False
	convert_to: str = facts.SALES_ORDER
	plan: str | None = None
	is_final: bool = False
	ships: bool = False
	supplier: str | None = None


def of_items(item_codes: Iterable[str], currency: str, company: str) -> dict[str, Preset]:
	"""Return {item code: preset}; plans and rules are looked up only where there are services."""
	codes = sorted(item_codes)
	if not codes:
		return {}
	fields = ["name", "item_group", "brand", "is_stock_item", "is_fixed_asset"]
	fields += ["soe_not_reorderable", "delivered_by_supplier"]
	items = frappe.get_all("Item", filters={"name": ("in", codes)}, fields=fields, order_by="name")
	others = [item for item in items if not item.is_stock_item]
	bundles = _stocked_bundles([item.name for item in others])
	services = [item for item in others if not item.is_fixed_asset and item.name not in bundles]
	suppliers = _suppliers(items, company)
	found = {
		item.name: Preset(
			facts.PRODUCT,
			is_stocked=bool(item.is_stock_item),
			is_final=bool(item.is_stock_item and item.soe_not_reorderable),
			ships=bool(item.delivered_by_supplier),
			supplier=suppliers.get(item.name),
		)
		for item in items
	}
	return found | _services(services, currency)


def _suppliers(items: Sequence[frappe._dict], company: str) -> dict[str, str]:
	"""Return {item code: default supplier} as ERPNext finds it: the item's, its group's, its brand's."""
	keys = {item.name: [item.name, item.item_group, item.brand] for item in items}
	row = frappe.qb.DocType("Item Default")
	query = frappe.qb.from_(row).select(row.parenttype, row.parent, row.default_supplier)
	query = query.where(row.parent.isin(sorted({key for of_item in keys.values() for key in of_item if key})))
	query = query.where((row.company == company) & (row.default_supplier != "")).orderby(row.idx, row.name)
	known: dict[tuple[str, str], str] = {}
	for doctype, parent, supplier in query.run():
		known.setdefault((doctype, parent), supplier)
	kinds = ("Item", "Item Group", "Brand")
	found = {
		item: [known.get(pair) for pair in zip(kinds, of_item, strict=True)] for item, of_item in keys.items()
	}
	return {item: next(filter(None, suppliers)) for item, suppliers in found.items() if any(suppliers)}


def _services(items: Sequence[frappe._dict], currency: str) -> dict[str, Preset]:
	if not items:
		return {}
	own = _plans_of([item.name for item in items], currency)
	by_group = rules_of({item.item_group for item in items})
	found = {}
	for item in items:
		rule = by_group.get(item.item_group) or frappe._dict()
		plan = None if rule.is_labour else rule.subscription_plan or own.get(item.name)
		kind = rules.kind_of(False, False, False, has_plan=bool(plan))
		convert_to = rule.convert_to or facts.SALES_ORDER
		if kind == facts.RECURRING and convert_to == facts.SALES_ORDER:
			convert_to = facts.CONTRACT_CHARGE
		found[item.name] = Preset(kind, False, bool(rule.is_labour), convert_to, plan)
	return found


def _plans_of(item_codes: Sequence[str], currency: str) -> dict[str, str]:
	"""Return {item code: the plan made for it}, one in the quotation's currency before others."""
	plans = frappe.get_all(
		"Subscription Plan", {"item": ("in", item_codes)}, ["name", "item", "currency"], order_by="name desc"
	)
	plans.sort(key=lambda plan: plan.currency == currency)
	return {plan.item: plan.name for plan in plans}


def plans(names: Iterable[str]) -> dict[str, facts.Plan]:
	"""Return {name: Subscription Plan as the rules see it}."""
	wanted = sorted({name for name in names if name})
	if not wanted:
		return {}
	fields = ["name", "currency", "cost", "price_determination", "billing_interval", "billing_interval_count"]
	rows = frappe.get_all("Subscription Plan", {"name": ("in", wanted)}, fields, order_by="name")
	return {
		row.name: facts.Plan(
			name=row.name,
			cycle=(row.billing_interval_count, row.billing_interval),
			currency=row.currency,
			rate=to_decimal(row.cost, 2) if row.price_determination == "Fixed Rate" else None,
		)
		for row in rows
	}


def rules_of(item_groups: Iterable[str]) -> dict[str, frappe._dict]:
	"""Return {item group: the rule that holds for it}, its own or that of the nearest group above."""
	item_groups = set(item_groups)
	fields = ["item_group", "is_labour", "convert_to", "subscription_plan", *HEAD_FIELDS]
	all_rules = {row.item_group: row for row in frappe.get_all(RULE, fields=fields, order_by="name")}
	if not all_rules:
		return {}
	names = ("in", sorted({*item_groups, *all_rules} - {None}))
	places = frappe.get_all("Item Group", {"name": names}, ["name", "lft", "rgt"], order_by="lft")
	found = {}
	for place in places:
		if place.name not in item_groups:
			continue
		above = [one for one in places if one.lft <= place.lft <= one.rgt and one.name in all_rules]
		if above:  # In the tree's order, so the nearest comes last.
			found[place.name] = all_rules[above[-1].name]
	return found


def head_presets(item_codes: Iterable[str]) -> dict[str, str]:
	"""Return what the rules preset for a pass as a whole: what follows the sale, templates, ticket type."""
	codes = [code for code in item_codes if code]
	groups = frappe.get_all(
		"Item", {"name": ("in", codes), "is_stock_item": 0}, pluck="item_group", order_by="name"
	)
	found: dict[str, str] = {}
	following = {charge: action for action, doctype in facts.FOLLOWING.items()
		for charge, of in facts.CHARGES.items() if of == doctype}  # fmt: skip
	for rule in rules_of(groups).values() if groups else ():
		action = following.get(rule.convert_to)
		if action:
			found.setdefault("post_sale_action", action)
		for field in HEAD_FIELDS:
			if rule.get(field):
				found.setdefault(field, rule.get(field))
	return found


def _stocked_bundles(item_codes: Sequence[str]) -> set[str]:
	if not item_codes:
		return set()
	bundle, part, item = (
		frappe.qb.DocType(name) for name in ("Product Bundle", "Product Bundle Item", "Item")
	)
	rows = (
		frappe.qb.from_(bundle)
		.join(part)
		.on(part.parent == bundle.name)
		.join(item)
		.on(item.name == part.item_code)
		.select(bundle.new_item_code)
		.distinct()
		.where(bundle.new_item_code.isin(item_codes) & (bundle.disabled == 0) & (item.is_stock_item == 1))
		.run()
	)
	return {row[0] for row in rows}

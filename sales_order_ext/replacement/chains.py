"""Chains of replaced orders as a tree: original, what reverses it, what replaced it, and so on. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any


def tree(orders: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
	"""Return the orders as report rows with `indent` and `parent_order`, each followed by its successors.

	An order stands under the one that it replaces or reverses; one whose predecessor is not among them
	begins a tree.
	"""
	known = {order["name"] for order in orders}
	children: dict[str, list[Mapping[str, Any]]] = {}
	for order in orders:
		parent = order["soe_canceled_order"] or order["soe_replaced_order"]
		children.setdefault(parent if parent in known else "", []).append(order)
	return list(_walk("", children, 0))


def _walk(
	parent: str, children: Mapping[str, Sequence[Mapping[str, Any]]], indent: int
) -> Iterable[dict[str, Any]]:
	for order in sorted(children.get(parent, ()), key=_place):
		yield {**order, "sales_order": order["name"], "indent": indent, "parent_order": parent}
		yield from _walk(order["name"], children, indent + 1)


def _place(order: Mapping[str, Any]) -> tuple[bool, int, str]:
	"""Inverses first, then replacements by number; roots by name."""
	return (not order["soe_canceled_order"], order["soe_replacement_no"] or 0, order["name"])

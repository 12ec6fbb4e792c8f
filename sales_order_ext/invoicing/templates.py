"""Lets a job copy the template of a new document in one go, where Frappe copies it value by value.

Each row of an invoice begins as a copy of its form's defaults. Invariant: where all values of a template are such
that nobody can change them, a copy that shares them is as good as one that does not.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import frappe

from sales_order_ext.invoicing import answers


class Template(frappe._dict):
	"""A template whose values nobody can change."""

	def __deepcopy__(self, _known: dict) -> frappe._dict:
		return frappe._dict(self)


class Templates(dict):
	"""Templates by doctype, as Frappe keeps them for a job or request."""

	def __setitem__(self, doctype: str, template: Any) -> None:
		if type(template) is frappe._dict and answers.LASTING.issuperset(map(type, template.values())):
			template = Template(template)
		super().__setitem__(doctype, template)


@contextmanager
def copied_in_one_go() -> Iterator[None]:
	"""Let the templates that the job makes be copied so, until the block ends."""
	before, templates = frappe.local.new_doc_templates, Templates()
	frappe.local.new_doc_templates = templates
	try:
		yield
	finally:
		frappe.local.new_doc_templates = before

"""What all steps on a real site have in common."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

import frappe
from frappe.model.document import Document as DocumentOfFrappe
from frappe.utils import strip_html

from sales_order_ext.scenario.play import Document, Refused

SAVEPOINT = "soe_story_step"


def atomic(step: Callable[..., list[Document]]) -> Callable[..., list[Document]]:
	"""Make a step all or nothing, and an error a user would see a Refused."""

	@wraps(step)
	def run(self: object, *args: object, **kwargs: object) -> list[Document]:
		if not self.commit:
			frappe.db.savepoint(SAVEPOINT)
		try:
			documents = step(self, *args, **kwargs)
		except frappe.ValidationError as error:
			frappe.db.rollback(**({} if self.commit else {"save_point": SAVEPOINT}))
			frappe.clear_messages()
			raise Refused(type(error).__name__, strip_html(str(error))) from error
		if self.commit:
			frappe.db.commit()
		return documents

	return run


def submitted(doc: DocumentOfFrappe) -> Document:
	"""Save and submit a new document."""
	doc.insert()
	doc.submit()
	return Document(doc.doctype, doc.name)

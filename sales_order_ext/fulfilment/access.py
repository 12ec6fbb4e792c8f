"""Which documents the acting user may read: Frappe's own answer, with one query for all shares."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import frappe
from frappe.model.document import Document
from frappe.permissions import get_doc_permissions


class Reader:
	"""The acting user, asked about documents whose own fields are loaded.

	`shares` are the (doctype, name) shared with the user, where they are read already.
	"""

	def __init__(self, doctypes: Iterable[str], shares: Collection[tuple[str, str]] | None = None) -> None:
		self.user = frappe.session.user
		self._doctypes = tuple(doctypes)
		self._shares = shares

	def may_read(self, doc: Document) -> bool:
		"""Return whether roles, user permissions, other apps' hooks or a share let the user read `doc`."""
		if self.user == "Administrator" or get_doc_permissions(doc, user=self.user, ptype="read").get("read"):
			return True
		return (doc.doctype, doc.name) in self._shared()

	def require(self, doc: Document) -> None:
		"""Throw PermissionError unless the user may read `doc`."""
		if not self.may_read(doc):
			frappe.throw(
				frappe._("You are not allowed to read {0} {1}. Ask its owner to share it with you.").format(
					frappe._(doc.doctype), doc.name
				),
				frappe.PermissionError,
			)

	def _shared(self) -> Collection[tuple[str, str]]:
		if self._shares is None:
			share = frappe.qb.DocType("DocShare")
			mine = share.user == self.user
			if self.user != "Guest":
				mine = mine | (share.everyone == 1)
			rows = (
				frappe.qb.from_(share)
				.select(share.share_doctype, share.share_name)
				.where(mine & (share.read == 1) & share.share_doctype.isin(self._doctypes))
				.run()
			)
			self._shares = {(doctype, name) for doctype, name in rows}
		return self._shares

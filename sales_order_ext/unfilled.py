"""Documents that mean something by fields which are left empty.

Frappe fills every link of a new document that somebody has a default for: the user, a User Permission, or
ERPNext's settings, such as the customer group and territory of new customers.
"""

from __future__ import annotations

from typing import ClassVar

from frappe.model.document import Document


class Unfilled(Document):
	"""A document whose fields named in `LEFT_EMPTY` keep what they were given, and take no default."""

	LEFT_EMPTY: ClassVar[tuple[str, ...]] = ()

	def _set_defaults(self) -> None:
		given = {field: self.get(field) for field in self.LEFT_EMPTY}
		super()._set_defaults()
		self.update(given)

"""Install: refuse what cannot work, then seed what an admin may edit."""

from __future__ import annotations

import frappe
from frappe import _

from sales_order_ext.setup.versions import SUPPORTED_MAJORS, unsupported


def before_install() -> None:
	"""Throw, before anything is written, unless Frappe and ERPNext are of a supported major version."""
	import erpnext

	wrong = unsupported({"Frappe": frappe.__version__, "ERPNext": erpnext.__version__})
	if wrong:
		frappe.throw(
			_(
				"Sales Order Ext runs on version {0} of Frappe and ERPNext; this bench has {1}. Switch the bench to one of them and install again."
			).format(
				_(" or ").join(str(major) for major in SUPPORTED_MAJORS),
				", ".join(f"{app} {version}" for app, version in wrong.items()),
			),
			title=_("Version Not Supported"),
		)


def after_install() -> None:
	"""Give the settings their defaults and seed the records that an admin may edit."""
	from sales_order_ext.setup.seed import seed

	seed()

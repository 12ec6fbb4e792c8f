"""Tells those who follow an order what an edit changed: one message for everything one commit changed.

The order as it was is kept when an edit begins; right before the transaction ends it is compared with what
is stored. So the message is written with the edit or not at all, and Update Items, which stores each row
for itself, makes one message too.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import frappe
from frappe import _
from frappe.desk.doctype.notification_settings.notification_settings import is_notifications_enabled
from frappe.model.document import Document
from frappe.utils import get_url_to_form
from frappe.utils.user import get_users_with_role

from sales_order_ext import preferences, transactions
from sales_order_ext.markup import as_html, as_text
from sales_order_ext.order_entry import edits

SWITCH = "enable_order_notifications"
ORDER = "Sales Order"
TEMPLATE = "templates/emails/sales_order_edited.html"
SAVEPOINT = "soe_notice"
SKIPPED = {"Section Break", "Column Break", "Tab Break", "Table", "Table MultiSelect", "HTML", "Button", "Fold",
	"Heading", "Image", "Geolocation"}  # fmt: skip
HEAD_ALSO = ("grand_total",)
ROW_FIELDS = ("item_code", "description", "qty", "uom", "rate", "warehouse", "delivery_date")


def remember(order: Document) -> None:
	"""Keep an order as it was before this save, unless an earlier edit of this transaction did."""
	before = order.get_doc_before_save()
	if before and preferences.of(order).enable_order_notifications:
		_keep(before)


def remember_stored(name: str) -> None:
	"""Keep an order as it is stored, before one of its rows is changed for itself (Update Items)."""
	if preferences.maybe_on(SWITCH) and name not in _kept():
		order = frappe.get_doc(ORDER, name)
		if preferences.of(order).enable_order_notifications:
			_keep(order)


def tell() -> None:
	"""Write the messages of this transaction. A message that fails is logged and never undoes the edit."""
	kept = dict(_kept())
	_kept().clear()
	for name, before in sorted(kept.items()):
		try:
			with transactions.all_or_nothing(SAVEPOINT):
				_tell(name, before)
		except frappe.QueryDeadlockError:
			raise  # The edit is gone as well.
		except Exception:
			frappe.log_error(title=_("Nobody was told of the changes to {0}").format(name))


def _kept() -> dict[str, dict[str, Any]]:
	if not hasattr(frappe.local, "soe_edited_orders"):
		frappe.local.soe_edited_orders = {}
	return frappe.local.soe_edited_orders


def _keep(order: Document) -> None:
	kept = _kept()
	if order.name in kept:
		return
	if not kept:
		frappe.db.before_commit.add(tell)
		frappe.db.after_rollback.add(kept.clear)
	kept[order.name] = _image(order)


def _image(order: Document) -> dict[str, Any]:
	return {
		"head": {field: _shown(order, field) for field in _head_fields()},
		"rows": {row.name: {field: _shown(row, field) for field in _row_fields()} for row in order.items},
		"labels": {row.name: _label(row) for row in order.items},
	}


def _head_fields() -> list[str]:
	"""Return the fields that people edit, in the form's order; not those that only some roles see."""
	return [
		field.fieldname
		for field in frappe.get_meta(ORDER).fields
		if not field.permlevel
		and (
			field.fieldname in HEAD_ALSO
			or not (field.fieldtype in SKIPPED or field.read_only or field.hidden or field.is_virtual)
		)
	]


def _row_fields() -> list[str]:
	meta = frappe.get_meta("Sales Order Item")
	return [field for field in ROW_FIELDS if not meta.get_field(field).permlevel]


def _shown(doc: Document, field: str) -> str:
	value = doc.get(field)
	return as_text(doc.get_formatted(field)) if value not in (None, "", 0) else ""


def _label(row: Document) -> str:
	return _("Row {0}, {1}").format(row.idx, row.item_name or row.item_code)


def _tell(name: str, before: dict[str, Any]) -> None:
	if not frappe.db.exists(ORDER, name):
		return
	order = frappe.get_doc(ORDER, name)
	after = _image(order)
	found = edits.compare(before, after, _head_fields(), _row_fields())
	users, others = _recipients(order)
	if not found or not (users or others):
		return
	lines = [_line(edit, before, after) for edit in found]
	editor = frappe.utils.get_fullname(frappe.session.user)
	subject = _("{0} changed {1} ({2})").format(editor, name, order.customer_name)
	args = {"lines": lines, "order": name, "link": get_url_to_form(ORDER, name), "editor": editor}
	message = frappe.render_template(TEMPLATE, args)
	for user in users:
		_log(user, name, as_html(subject), message)
	_mail([*_mail_addresses(users), *others], name, subject, message)


def _line(edit: edits.Edit, before: dict[str, Any], after: dict[str, Any]) -> dict[str, str]:
	"""Return a change in words: `what`, `before`, `after`."""
	meta = frappe.get_meta("Sales Order Item" if edit.row else ORDER)
	row = after["labels"].get(edit.row) or before["labels"].get(edit.row) or ""
	if edit.kind == edits.CHANGED:
		label = _(meta.get_label(edit.field))
		return {"what": f"{row}: {label}" if row else label, "before": edit.before, "after": edit.after}
	image = after if edit.kind == edits.ADDED else before
	values = image["rows"][edit.row]
	said = " ".join(values[field] for field in ("qty", "uom", "rate") if values.get(field))
	added = edit.kind == edits.ADDED
	return {"what": row, "before": "" if added else said, "after": said if added else _("removed")}


def _recipients(order: Document) -> tuple[list[str], list[str]]:
	"""Return the users and the bare addresses to tell: those on the order, and by role whoever may read it."""
	rows = order.get("soe_notify") or []
	users = [row.user for row in rows if row.user]
	role = preferences.of(order).notification_role
	by_role = sorted(get_users_with_role(role)) if role else []
	users += [user for user in by_role if user != frappe.session.user]
	allowed = [user for user in dict.fromkeys(users) if _may_read(order, user)]
	return allowed, list(dict.fromkeys(row.email for row in rows if row.email))


def _may_read(order: Document, user: str) -> bool:
	enabled = frappe.get_cached_value("User", user, "enabled")
	return bool(enabled and frappe.has_permission(ORDER, "read", doc=order, user=user))


def _log(user: str, name: str, subject: str, message: str) -> None:
	if is_notifications_enabled(user):
		log = frappe.new_doc("Notification Log")
		log.update({"for_user": user, "from_user": frappe.session.user, "type": "Alert", "subject": subject,
			"document_type": ORDER, "document_name": name, "email_content": message})  # fmt: skip
		log.insert(ignore_permissions=True)


def _mail_addresses(users: Iterable[str]) -> list[str]:
	found = [frappe.get_cached_value("User", user, "email") for user in users]
	return [email for email in found if email and email != "admin@example.com"]


def _mail(recipients: list[str], name: str, subject: str, message: str) -> None:
	"""Queue one e-mail to all, none of whom sees the others; without an outgoing account there is none."""
	if not recipients:
		return
	try:
		frappe.sendmail(recipients=list(dict.fromkeys(recipients)), subject=subject, message=message,
			reference_doctype=ORDER, reference_name=name)  # fmt: skip
	except frappe.OutgoingEmailError:
		frappe.clear_last_message()

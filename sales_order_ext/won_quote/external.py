"""Takes quotes of another quoting tool in: kept as External Quotes, each with a quotation that can be won.

Invariant: one idempotency key of one tool makes one quotation, however often it is sent.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, flt

from sales_order_ext import compat, inputs, preferences
from sales_order_ext.errors import ExternalQuoteError, SwitchedOffError
from sales_order_ext.markup import as_html
from sales_order_ext.won_quote import records

DOCTYPE = "External Quote"
SETTING = "external_quotes"
REQUIRED = ("source", "idempotency_key", "company", "customer", "items")
OPTIONAL = (
	"external_id",
	"issue",
	"opportunity",
	"transaction_date",
	"valid_till",
	"currency",
	"po_no",
	"terms",
	"submit",
)
ROW_FIELDS = ("item_code", "qty", "uom", "rate", "description")


def require_switch(company: str) -> None:
	"""Throw unless winning and external quotes are both on."""
	preferences.require(records.SWITCH, company)
	if not preferences.get(SETTING, company):
		frappe.throw(
			_("External quotes are switched off. Switch them on in Sales Order Ext Settings."),
			SwitchedOffError,
		)


def cleaned(payload: Mapping[str, Any]) -> dict[str, Any]:
	"""Return a payload with nothing but what we know; throw, naming what is missing or unknown."""
	missing = [field for field in REQUIRED if not payload.get(field)]
	if missing:
		_refuse(_("Missing: {0}.").format(", ".join(missing)))
	inputs.only(payload, (*REQUIRED, *OPTIONAL), "payload")
	rows = inputs.objects(payload["items"], "items")
	return {**payload, "items": [_row(number, row) for number, row in enumerate(rows, 1)]}


def _row(number: int, row: Mapping[str, Any]) -> dict[str, Any]:
	inputs.only(row, ROW_FIELDS, "items")
	if not row.get("item_code") or flt(row.get("qty")) <= 0 or flt(row.get("rate")) < 0:
		_refuse(
			_("Row {0} needs an item_code, a quantity above zero and a rate of zero or more.").format(number)
		)
	return {**row, "qty": flt(row["qty"]), "rate": flt(row.get("rate"))}


def take_in(given: dict[str, Any]) -> dict[str, Any]:
	"""Keep a quote and make its quotation, once."""
	key = f"{given['source']}:{given['idempotency_key']}"
	fingerprint = hashlib.sha256(frappe.as_json(given, indent=None).encode()).hexdigest()
	# Locking a key that is not there yet would let two senders wait for each other.
	known = _known(key, fingerprint)
	if known:
		return known
	compat.let_locks_read_what_is_new()
	doc = frappe.get_doc({"doctype": DOCTYPE, "import_key": key, "fingerprint": fingerprint})
	doc.update({field: given.get(field) for field in (*REQUIRED, *OPTIONAL) if doc.meta.has_field(field)})
	doc.external_id = given.get("external_id") or given["idempotency_key"]
	frappe.db.savepoint("external_quote_key")
	try:
		doc.insert()
	except frappe.UniqueValidationError:
		# Sent twice at the same moment: the other one holds the key.
		frappe.db.rollback(save_point="external_quote_key")
		frappe.clear_last_message()
		return _known(key, fingerprint, lock=True) or _refuse(
			_("Key {0} is being used. Try again.").format(key)
		)
	quotation = _quotation(doc, cint(given.get("submit", 1)))
	doc.db_set("quotation", quotation.name)
	return {"external_quote": doc.name, "quotation": quotation.name, "created": True}


def _known(key: str, fingerprint: str, lock: bool = False) -> dict[str, Any] | None:
	"""Return what a key made before; with `lock` as committed now, even since this request began.

	That lock is shared: several who lost the race to a key share it already, and would wait for each other.
	"""
	query = "select name, quotation, fingerprint from `tabExternal Quote` where import_key = %s"
	rows = frappe.db.sql(f"{query} lock in share mode" if lock else query, key, as_dict=True)
	if not rows:
		return None
	if rows[0].fingerprint != fingerprint:
		_refuse(_("Key {0} was used for another quote, {1}. Send a new key.").format(key, rows[0].name))
	return {"external_quote": rows[0].name, "quotation": rows[0].quotation, "created": False}


def _quotation(doc: Document, submit: int) -> Document:
	"""Make the quotation; who may import quotes may make them."""
	values = {
		"doctype": "Quotation",
		"quotation_to": "Customer",
		"party_name": doc.customer,
		"company": doc.company,
		"currency": doc.currency,
		"order_type": "Sales",
		"transaction_date": doc.transaction_date or frappe.utils.today(),
		"valid_till": doc.valid_till,
		"opportunity": doc.opportunity,
		"terms": doc.terms,
		"soe_external_quote": doc.name,
		"ignore_pricing_rule": 1,
		"items": [{field: row.get(field) for field in ROW_FIELDS if row.get(field)} for row in doc.items],
	}
	quotation = frappe.get_doc({field: value for field, value in values.items() if value})
	quotation.flags.ignore_permissions = True
	quotation.insert()
	return quotation.submit() if submit else quotation


def _refuse(sentence: str) -> Any:
	frappe.throw(as_html(sentence), ExternalQuoteError)

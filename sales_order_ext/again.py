"""Requests that met others in the database: begun again where nothing was written yet, else told to people.

MariaDB ends a deadlock by taking one of the transactions back, whole; whoever waits for a lock too long has only
one statement taken back. Both times nothing of a request may stay, and trying again helps.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from copy import deepcopy
from functools import wraps
from typing import NoReturn, ParamSpec, TypeVar

import frappe
from frappe import _
from werkzeug.wrappers import Request, Response

from sales_order_ext import preferences, transactions
from sales_order_ext.errors import BusyError

IN_THE_WAY = (frappe.QueryDeadlockError, frappe.QueryTimeoutError)
ATTEMPTS = 5
# What Frappe's desk says in the user's language: another transaction is blocking this one, try again.
BLOCKED = 508
LONGEST_REST = 0.4

Given = ParamSpec("Given")
Result = TypeVar("Result")


def after_deadlock(endpoint: Callable[Given, Result]) -> Callable[Given, Result]:
	"""Let an endpoint that writes begin again when a deadlock took it back; throw BusyError when that is no use.

	Only where the endpoint is the first that its transaction does: what a caller wrote before would be lost.
	"""

	@wraps(endpoint)
	def careful(*arguments: Given.args, **named: Given.kwargs) -> Result:
		if transactions.has_begun():
			return endpoint(*arguments, **named)
		said = len(frappe.local.message_log)
		for attempt in range(1, ATTEMPTS + 1):
			try:
				return endpoint(*deepcopy(arguments), **deepcopy(named))
			except IN_THE_WAY as error:
				frappe.db.rollback()
				del frappe.local.message_log[said:]
				# Who waited for a lock in vain has waited for most of a minute.
				if attempt == ATTEMPTS or isinstance(error, frappe.QueryTimeoutError):
					_refuse()
				time.sleep(random.uniform(0, LONGEST_REST) * attempt)
		raise AssertionError("tried at least once")

	return careful


def answer(response: Response | None = None, request: Request | None = None) -> None:
	"""`after_request`: of a request that cannot begin again (a document submitted in the desk), say what happened.

	Frappe answers programs and its desk with a bare 500, though the desk knows what to say.
	"""
	if response is None or response.status_code != 500:
		return
	if _raised() in {error.__name__ for error in IN_THE_WAY} and preferences.any_switch_on():
		response.status_code = BLOCKED


def _raised() -> str | None:
	"""Return the name of the error that is the answer, in either version of Frappe's API."""
	listed = frappe.response.get("errors") or [{}]
	return frappe.response.get("exc_type") or listed[0].get("type")


def _refuse() -> NoReturn:
	frappe.throw(
		_("Somebody else is changing the same documents. Nothing was changed; try again in a moment."),
		BusyError,
	)
	raise AssertionError("frappe.throw returned")

"""The app's named errors, and the edge where violations become translated sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NoReturn

import frappe

from sales_order_ext.markup import as_html
from sales_order_ext.violations import Violation


class SalesOrderExtError(frappe.ValidationError):
	"""Any rule of this app that was not kept."""


class InvalidInputError(SalesOrderExtError):
	"""An argument that is not of the shape an endpoint takes."""


class InvalidPreferenceError(SalesOrderExtError):
	"""A preference that is unknown, has no scope or an impossible value."""


class SwitchedOffError(SalesOrderExtError):
	"""A capability was asked for that the preferences leave switched off."""


class StatusFollowsError(SalesOrderExtError):
	"""A life cycle status was to be set by hand, which follows from the order's documents."""


class QueueAwayError(SalesOrderExtError):
	"""A background job that could not be queued; nothing was written."""


class CannotBeSentError(SalesOrderExtError):
	"""An order that no longer stands was to be marked as sent to its customer."""


class PaymentNotPossibleError(SalesOrderExtError):
	"""A payment that cannot be booked as asked; nothing was written."""


class CopyLinesError(SalesOrderExtError):
	"""Rows that cannot be copied onto an order."""


class LineError(SalesOrderExtError):
	"""A row of an order that is neither an item with a quantity nor a text."""


class NothingToBillError(SalesOrderExtError):
	"""A project or ticket without anything that is yet to be billed."""


class ReturnRowError(SalesOrderExtError):
	"""A return row that does not fit what was delivered, or stands on an order that takes none."""


class RowsNotApprovedError(SalesOrderExtError):
	"""An order with rows that nobody of the approving role has approved."""


class RowWaitsError(SalesOrderExtError):
	"""A row that is not reserved or not delivered yet."""


class ApprovalError(SalesOrderExtError):
	"""An approval that cannot be given."""


class NoteError(SalesOrderExtError):
	"""A note that says nothing, or that stands on a document of another order."""


class UnknownPageError(SalesOrderExtError):
	"""A page of a list was asked for that the list never named."""


class DocumentChangedError(frappe.TimestampMismatchError):
	"""Somebody else changed the document or its stock in the meantime; trying again helps."""


class BusyError(DocumentChangedError):
	"""Somebody else held what was to be changed; nothing was written, and trying again helps."""


class QuoteWinBlockedError(SalesOrderExtError):
	"""A quotation that cannot be won now; the message names every reason."""


class QuoteWinNotPermittedError(frappe.PermissionError, QuoteWinBlockedError):
	"""A quotation that this user may not win (or whose order this user may not cancel)."""


class QuoteWinFinishedError(SalesOrderExtError):
	"""A finished or undone Quote Win is a record: it is neither edited nor deleted."""


class UndoNotAllowedError(SalesOrderExtError):
	"""The order of a Quote Win has been delivered, invoiced, paid or replaced since."""


class OpportunityLostError(SalesOrderExtError):
	"""An opportunity that cannot be lost: it has orders, or no reason is given."""


class ExternalQuoteError(SalesOrderExtError):
	"""A quote of another tool that cannot be taken in."""


class NoOpenQuotationError(SalesOrderExtError):
	"""There is no quotation to win."""


class OrderTypeError(SalesOrderExtError):
	"""An order type that is disabled, or an order whose type cannot be changed as asked."""


class ProcessingBlockedError(SalesOrderExtError):
	"""An order of a type that is not to be delivered, invoiced or picked this way."""


class SupplierMissingError(OrderTypeError):
	"""A row that its supplier is to ship, of an order that does not say which supplier."""


class StockNotAvailableError(SalesOrderExtError):
	"""Stock that was asked for is not free any more."""


class NotReorderableError(SalesOrderExtError):
	"""More is ordered than can be had of an item that cannot be reordered."""


class ReleaseError(SalesOrderExtError):
	"""Back orders that cannot be forced, released or ordered as asked."""


class ReservationError(SalesOrderExtError):
	"""An order that stock cannot be reserved for by hand as it stands."""


class HoldError(SalesOrderExtError):
	"""Stock that cannot be held for this form or in this warehouse."""


class NegativeStockError(SalesOrderExtError):
	"""Stock Reservations were to be switched on where stock may become negative."""


class EarmarkError(SalesOrderExtError):
	"""An earmark for nobody, for two at once, or of what has no stock."""


class ReplacementNotAllowedError(SalesOrderExtError):
	"""The order cannot be replaced, or not in this way."""


class BelowDeliveredError(SalesOrderExtError):
	"""A replacement orders less than what is already delivered."""


class BelowBilledError(SalesOrderExtError):
	"""A replacement amounts to less than what is already billed."""


class DeliveredRowRemovedError(SalesOrderExtError):
	"""A replacement drops a row that was delivered, billed, ordered or is otherwise in use."""


class OriginalChangedError(SalesOrderExtError):
	"""The order to be replaced is no longer the one the replacement was copied from."""


class AlreadyReplacedError(SalesOrderExtError):
	"""The order has been replaced; its replacement is the one to work on."""


# A message is a lazily translated sentence with named placeholders, and the error it is thrown as.
Messages = Mapping[str, tuple[object, type[Exception]]]


def sentence(violation: Violation, messages: Messages) -> str:
	"""Return the translated sentence of a violation."""
	template, _error = messages[violation.code]
	facts = {
		name: frappe.utils.formatdate(value) if isinstance(value, date) else value
		for name, value in violation.facts.items()
	}
	return str(template).format(**facts)


def throw_all(violations: Sequence[Violation], messages: Messages) -> None:
	"""Throw one error naming every violation; return quietly when there is none.

	The error's class is that of the first violation.
	"""
	if violations:
		throw(violations, messages)


def throw(violations: Sequence[Violation], messages: Messages) -> NoReturn:
	"""Throw one error naming every violation (at least one), as the class of the first."""
	sentences = [as_html(sentence(one, messages)) for one in violations]
	error = messages[violations[0].code][1]
	frappe.throw(sentences[0] if len(sentences) == 1 else sentences, error, as_list=len(sentences) > 1)
	raise AssertionError("frappe.throw returned")


class InvoiceScheduleError(SalesOrderExtError):
	"""An invoice schedule whose days make no sense."""


class InvoiceScheduleMissingError(SalesOrderExtError):
	"""The schedule term without a schedule to invoice by."""


class InvoiceTermLockedError(SalesOrderExtError):
	"""The invoice term of an order that is already invoiced in part."""


class InvoiceRunError(SalesOrderExtError):
	"""An invoice run that cannot be planned, started, stopped or resumed like this."""


class AlreadyInvoicedError(SalesOrderExtError):
	"""An invoice over what another invoice, perhaps a draft, already covers."""

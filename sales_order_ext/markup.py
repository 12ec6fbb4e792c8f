"""Text and HTML: messages, notifications and prints are HTML, and show what people typed as they typed it."""

from __future__ import annotations

import re
from html import escape, unescape

import frappe

LINE_END = re.compile(r"<br\s*/?>|</p>|</div>|</li>", re.IGNORECASE)


def as_html(text: object) -> str:
	"""Return text as it may stand in HTML, between tags."""
	return escape(str(text), quote=False)


def as_text(said: object) -> str:
	"""Return what a message, or the error that it was thrown as, says as plain text, line by line."""
	return unescape(frappe.utils.strip_html(LINE_END.sub("\n", str(said)))).strip()


def soe_clean(html: str | None) -> str:
	"""Return HTML that people wrote (terms, descriptions, addresses) without what a browser would run.

	For print formats: Frappe cleans on saving, but not documents that are submitted as they are made.
	"""
	return frappe.utils.sanitize_html(html, always_sanitize=True) if html else ""

"""Sites that had the app before: orders that are cancelled, replaced or free of charge owe no payment status."""

from __future__ import annotations

from sales_order_ext import integrity


def execute() -> None:
	"""Store what orders keep of payment, life cycle and reservation where it differs from what is computed now."""
	integrity.repair()

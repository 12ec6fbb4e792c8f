"""Invoicing: invoice terms, schedules and the batch runs that make invoices by them."""

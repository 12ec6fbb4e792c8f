"""Fulfilment: where each row of an order stands and the documents behind it."""

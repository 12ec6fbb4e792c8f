"""Sales Order Ext: what the best order systems have, for ERPNext's Sales Order. Imports nothing."""

__version__ = "1.0.0"

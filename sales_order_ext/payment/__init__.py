"""Payment: what of an order has been paid, from real money."""

"""Life cycle: one status per order that says what is due, beside ERPNext's own."""

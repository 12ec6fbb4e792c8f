"""Won quote: a quotation is won in one pass, which books the order and can be undone."""

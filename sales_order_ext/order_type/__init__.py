"""Order types: whether an order allocates stock, may be processed, and when back orders arise."""

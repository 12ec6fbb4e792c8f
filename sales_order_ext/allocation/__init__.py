"""Allocation: what is free, who it is promised to, and what waits for stock."""

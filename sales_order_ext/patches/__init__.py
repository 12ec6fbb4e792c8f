"""Migrations of sites that had an earlier version."""

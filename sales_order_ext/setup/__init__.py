"""Install, seed, uninstall and demo data."""

"""Order entry: helpers that save a clerk typing."""

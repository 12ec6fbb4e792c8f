"""Cancel and replace: a booked order gives way to a numbered replacement and its links follow."""

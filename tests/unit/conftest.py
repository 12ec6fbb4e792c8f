"""How much hypothesis tries: enough to notice at every commit, `--hypothesis-profile=thorough` for the night."""

from hypothesis import settings

# No deadline: a busy machine is no failure.
settings.register_profile("quick", max_examples=40, deadline=None)
settings.register_profile("thorough", max_examples=2000, deadline=None)
settings.load_profile("quick")

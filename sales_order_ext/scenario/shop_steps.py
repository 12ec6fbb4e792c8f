"""What all steps of the in-memory shop have in common."""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import wraps

from sales_order_ext.scenario.play import Document, Refused


def whole(step: Callable[..., list[Document]]) -> Callable[..., list[Document]]:
	"""Make a step all or nothing."""

	@wraps(step)
	def run(self: object, *args: object, **kwargs: object) -> list[Document]:
		before = copy.deepcopy(self.__dict__)
		try:
			return step(self, *args, **kwargs)
		except Refused:
			self.__dict__.update(before)
			raise

	return run

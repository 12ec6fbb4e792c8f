"""`python -m sales_order_ext.scenario FILE ...` plays stories on the in-memory shop."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from sales_order_ext.scenario.play import Played, failures, play
from sales_order_ext.scenario.shop import Shop
from sales_order_ext.scenario.story import StoryError, load
from sales_order_ext.scenario.timeline import lines


def main(arguments: list[str] | None = None) -> int:
	"""Play the given files and print their timelines; return 0 when everything held."""
	parser = argparse.ArgumentParser(prog="python -m sales_order_ext.scenario", description=__doc__)
	parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="a story (.toml)")
	failed = 0
	for path in parser.parse_args(arguments).files:
		try:
			story = load(path)
			print(f"{story.title}\n")
			unmet = failures(play(story, Shop(), tell))
		except StoryError as error:
			print(error, file=sys.stderr)
			return 2
		failed += len(unmet)
		print(
			f"\n{len(story.steps)} steps, "
			+ (f"{len(unmet)} NOT as expected" if unmet else "all as expected")
		)
	return 1 if failed else 0


def tell(played: Played) -> None:
	"""Print one step."""
	print("\n".join(lines(played)), flush=True)


if __name__ == "__main__":
	sys.exit(main())

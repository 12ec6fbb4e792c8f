"""Shim for bench and older tools; the metadata is in pyproject.toml."""

from setuptools import setup

setup()

"""Requests to objpub beside the same requests to a publisher written by hand; `make bench` runs it.

`docs/explanation/performance.md` says how it is measured, and why.
"""

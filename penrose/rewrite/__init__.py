"""Rewrites: expressions to expressions that are equal, and when two are the same."""

"""penrose: a compiler for tensor diagrams."""

import sys

__version__ = "0.1.0"

# Brackets can be nested 200 deep, and every level takes up to 40 calls of the functions that walk a tree.
sys.setrecursionlimit(max(sys.getrecursionlimit(), 15_000))

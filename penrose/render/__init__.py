"""Scenes to TikZ and SVG, and the author's edits."""

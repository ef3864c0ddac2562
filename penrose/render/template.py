"""Templates. Their marks are << >>, <% %> and <# #>, since TeX is full of braces and percent signs."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, FunctionLoader, StrictUndefined, Template

from penrose.resources import resource


@cache
def template(name: str) -> Template:
    """Return the template of that name."""
    environment = Environment(
        loader=FunctionLoader(lambda name: resource("templates", name)),
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        block_start_string="<%",
        block_end_string="%>",
        variable_start_string="<<",
        variable_end_string=">>",
        comment_start_string="<#",
        comment_end_string="#>",
    )
    return environment.get_template(name)

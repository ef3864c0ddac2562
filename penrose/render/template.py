"""Templates. Their marks are << >>, <% %> and <# #>, since TeX is full of braces and percent signs."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, FileSystemBytecodeCache, FunctionLoader, StrictUndefined, Template

from penrose.files import cache_folder
from penrose.resources import resource


@cache
def template(name: str) -> Template:
    """Return the template of that name. Compiled it is kept in the user's cache folder, for the next time."""
    try:
        return _environment(FileSystemBytecodeCache(str(cache_folder()), "template-%s")).get_template(name)
    except Exception:  # whatever ails the folder, or what is kept there: it is not needed
        return _environment(None).get_template(name)


def _environment(kept: FileSystemBytecodeCache | None) -> Environment:
    return Environment(
        loader=FunctionLoader(lambda name: resource("templates", name)),
        bytecode_cache=kept,
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

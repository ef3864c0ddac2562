"""The command `penrose`."""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from penrose import __version__
from penrose.errors import Diagnostic, PenroseError

DONE, AT_FAULT, OURS = 0, 1, 70  # exit codes; click uses 2 for a wrong call

# Objects after which Python looks for cycles, of which a compiler makes few. After 700, which is usual, a build spends
# a tenth of its time on that.
ALLOCATED = 100_000

STARTER = """\
# A picture of the singular value decomposition. Build it with: penrose build {file} --svg
figure {name}: M[i,k] = U[i,j] λ[j] conj(V[k,j])
"""


class _Command(click.Group):
    """The group of commands; what is our fault is said in one line, without a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except PenroseError as error:
            _say(error.diagnostics)
            ctx.exit(AT_FAULT)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except BrokenPipeError:
            sys.stderr.close()
            ctx.exit(DONE)
        except Exception as error:
            if ctx.params.get("traceback"):
                raise
            click.echo(f"penrose: internal error: {type(error).__name__}: {error}", err=True)
            click.echo("This is a fault of penrose, not of your file. Please report it, with the file.", err=True)
            ctx.exit(OURS)


@click.group(cls=_Command, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="penrose")
@click.option("--traceback", is_flag=True, hidden=True)
def main(traceback: bool) -> None:
    """Compile tensor diagrams: .pen files to TikZ, formulas and pictures."""
    gc.set_threshold(ALLOCATED)


_sources = click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
_source = click.argument("path", type=click.Path(path_type=Path))


def _say(diagnostics: Iterable[Diagnostic]) -> None:
    for diagnostic in diagnostics:
        click.echo(diagnostic.render(), err=True)


def _exit_code(diagnostics: Iterable[Diagnostic]) -> int:
    return AT_FAULT if any(one.severity == "error" for one in diagnostics) else DONE


@main.command()
@_sources
@click.option(
    "-o", "--output", "folder", type=click.Path(path_type=Path, file_okay=False), help="Folder for the outputs."
)
@click.option("--svg", "formats", flag_value="svg", multiple=True, help="Also write an SVG; needs no TeX.")
@click.option("--png", "formats", flag_value="png", multiple=True, help="Also write a PNG; needs the extra preview.")
@click.option("--pdf", "formats", flag_value="pdf", multiple=True, help="Also write a PDF; needs TeX.")
@click.option(
    "--standalone", "formats", flag_value="standalone", multiple=True, help="Also write a complete .tex document."
)
@click.option(
    "--tikzit", "formats", flag_value="tikzit", multiple=True, help="Also write a copy to go on with in TikZiT."
)
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if a .tikz is not current.")
@click.option("--depfile", is_flag=True, help="Also write the dependencies for make, as NAME.d.")
@click.option("--force", is_flag=True, help="Replace a .tikz whose edits cannot be told; a .bak keeps it.")
@click.option("--diff", is_flag=True, help="Write nothing; show what would change.")
@click.option("--reset", is_flag=True, help="Forget the edits of a .tikz; a .bak keeps them.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")
@click.option("--json", "as_json", is_flag=True, help="Report as JSON.")
def build(
    paths: tuple[Path, ...],
    folder: Path | None,
    formats: tuple[str, ...],
    check: bool,
    depfile: bool,
    force: bool,
    diff: bool,
    reset: bool,
    quiet: bool,
    as_json: bool,
) -> None:
    """Write one .tikz for every figure of some .pen files, or of all in some folders."""
    from penrose import driver
    from penrose.files import find_sources

    options = driver.Options(folder, frozenset(formats), check, depfile, force, diff, reset)
    report = driver.build(find_sources(paths), options)
    if as_json:
        click.echo(json.dumps(_report_as_json(report), ensure_ascii=False, indent=2))
    else:
        _say(report.diagnostics)
        if not quiet:
            _tell(report, check or diff)
    sys.exit(_exit_code(report.diagnostics))


def _tell(report: Any, dry: bool) -> None:
    for output in report.outputs:
        if output.diff:
            click.echo(output.diff)
        if not dry:
            click.echo(f"{output.path}: {'written' if output.changed else 'unchanged'}")
        if output.edits:
            _tell_edits(output.edits)


def _tell_edits(edits: Any) -> None:
    """Say what came of the author's edits."""
    for name, position in edits.kept.items():
        click.echo(f"  kept {name} at {position}, where you put it (delete its line to have it placed for you)")
    for line in edits.lines:
        click.echo(f"  kept your line {line}")
    for name in edits.needed:
        click.echo(f"  kept the coordinate {name}, which is no longer in the source, since your lines refer to it")
    for line in edits.dropped:
        click.echo(f"  no longer in the source, kept as a comment: {line}")
    for line in edits.returned:
        click.echo(f"  put back {line}")


def _report_as_json(report: Any) -> dict[str, Any]:
    return {
        "outputs": [
            {
                "path": str(output.path),
                "changed": output.changed,
                **_edits_as_json(output.edits),
            }
            for output in report.outputs
        ],
        "diagnostics": [diagnostic.as_json() for diagnostic in report.diagnostics],
    }


def _edits_as_json(edits: Any) -> dict[str, Any]:
    if edits is None:
        return {}
    lists = {"lines": edits.lines, "needed": edits.needed, "dropped": edits.dropped, "returned": edits.returned}
    return {"kept": dict(edits.kept), **{name: list(found) for name, found in lists.items()}}


@main.command()
@_sources
def scene(paths: tuple[Path, ...]) -> None:
    """Print the geometry of all figures as JSON, with the quality of the pictures."""
    from penrose import driver
    from penrose.files import find_sources
    from penrose.render.plain import plain

    documents = [driver.load(path).document for path in find_sources(paths)]
    figures = [plain(driver.scene(figure)) for document in documents for figure in document.figures]
    click.echo(json.dumps({"figures": figures}, ensure_ascii=False, indent=2))


@main.command()
@_source
@click.option("-o", "--output", "folder", type=click.Path(path_type=Path, file_okay=False), help="Where the .tikz are.")
def pin(path: Path, folder: Path | None) -> None:
    """Move the positions of tensors that were moved in a .tikz into the source, as hints."""
    from penrose import driver

    names, warnings = driver.pin(path, folder)
    _say(warnings)
    click.echo(f"{path}: " + (f"placed {', '.join(names)}" if names else "nothing was moved"))


@main.command()
@_sources
def read(paths: tuple[Path, ...]) -> None:
    """Print the programs that generated figures stand for, whatever was moved in them."""
    from penrose import driver

    for path in paths:
        program, warnings = driver.read_figure(path)
        click.echo(program, nl=False)
        _say(warnings)


@main.command()
@click.argument("path", type=click.Path(path_type=Path), default="penrose-style.tex")
def style(path: Path) -> None:
    """Write the look of all figures as TeX, to change and to read in the preamble of a paper."""
    from penrose.files import new_file
    from penrose.render.styles import style_file

    new_file(path, style_file().encode())
    click.echo(f"{path}: written; \\input it after \\usepackage{{tikz}}")


@main.command()
@_sources
@click.option("--text", "as_text", is_flag=True, help="As plain text instead of LaTeX.")
def index(paths: tuple[Path, ...], as_text: bool) -> None:
    """Print the index formulas of all figures."""
    from penrose import driver
    from penrose.algebra.formula import formula
    from penrose.files import find_sources

    for path in find_sources(paths):
        for figure in driver.load(path).document.figures:
            for chain in figure.chains:
                click.echo(f"{figure.name}: {formula(chain, as_text)}")


@main.command()
@_sources
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if a file is not in form.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")
def fmt(paths: tuple[Path, ...], check: bool, quiet: bool) -> None:
    """Bring .pen files into form; comments stay."""
    from penrose.files import find_sources, read_source, replace_file
    from penrose.syntax.parse import parse
    from penrose.syntax.write import write

    out_of_form = False
    for path in find_sources(paths):
        source = read_source(path)
        text = write(parse(source))
        changed = source.text != text if check else replace_file(path, text.encode())
        out_of_form |= changed
        if changed and not quiet:
            click.echo(f"{path}: {'not in form' if check else 'written'}")
    sys.exit(AT_FAULT if check and out_of_form else DONE)


@main.command()
@_source
def new(path: Path) -> None:
    """Write a first .pen file to start from."""
    from penrose.files import new_file

    file = path.with_suffix(".pen")
    name = "".join(c if c.isalnum() else "_" for c in file.stem).strip("_0123456789") or "picture"
    new_file(file, STARTER.format(name=name, file=file).encode())
    click.echo(f"{file}: written")

"""The pipeline as a whole: sources to outputs. It knows every stage; no stage knows it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from penrose.errors import Diagnostic, PenroseError
from penrose.files import read_earlier_output, read_source, replace_file
from penrose.layout.compose import lay_out
from penrose.layout.scene import Scene
from penrose.model.document import Document, Figure
from penrose.model.resolve import resolve
from penrose.render.merge import Merged, merge, read_earlier
from penrose.render.tikz import render
from penrose.source import Source
from penrose.syntax.parse import parse


@dataclass(frozen=True)
class Options:
    """What `penrose build` is asked for, besides its sources."""

    folder: Path | None = None
    formats: frozenset[str] = frozenset()  # of svg, png, pdf, standalone
    check: bool = False
    depfile: bool = False
    force: bool = False


@dataclass(frozen=True)
class Output:
    """One output: its path, whether it changed, and what the author's edits came to."""

    path: Path
    changed: bool
    kept: tuple[tuple[str, str], ...] = ()
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    """What a build did, and what went wrong in it."""

    outputs: tuple[Output, ...]
    diagnostics: tuple[Diagnostic, ...]


def understand(source: Source) -> Document:
    """Return what a source means."""
    return resolve(parse(source), source)


def build(paths: Iterable[Path], options: Options) -> Report:
    """Build all figures of some sources. A source with an error has no output; the others are built."""
    outputs: list[Output] = []
    diagnostics: list[Diagnostic] = []
    for path in paths:
        try:
            source = read_source(path)
            document = understand(source)
        except PenroseError as error:
            diagnostics += error.diagnostics
            continue
        diagnostics += document.warnings
        targets = [target(path, figure, options) for figure in document.figures]
        for figure, file in zip(document.figures, targets, strict=True):
            try:
                outputs += _build_figure(figure, path, file, options)
            except PenroseError as error:
                diagnostics += error.diagnostics
        if options.depfile and targets:
            outputs.append(_depfile(path, targets))
    if options.check:
        diagnostics += [_stale(output.path) for output in outputs if output.changed]
    return Report(tuple(outputs), tuple(diagnostics))


def target(path: Path, figure: Figure, options: Options) -> Path:
    """Return the path of a figure's TikZ: `svd.tikz` for the figure of that name in svd.pen, else `svd-NAME.tikz`."""
    name = path.stem if figure.name == path.stem else f"{path.stem}-{figure.name}"
    return (options.folder or path.parent) / f"{name}.tikz"


def scene(figure: Figure) -> Scene:
    """Return the scene of a figure without regard to an earlier output."""
    return lay_out(figure)


def _build_figure(figure: Figure, path: Path, file: Path, options: Options) -> list[Output]:
    earlier_text = read_earlier_output(file)
    earlier = None if earlier_text is None else read_earlier(earlier_text, str(file), options.force)
    drawn = lay_out(figure, earlier.pins() if earlier else None)
    merged = merge(render(drawn, path.name), earlier)
    if options.check:
        return [_output(file, merged, earlier_text != merged.text)]
    previews = _previews(merged.text, drawn, file, options.formats)
    if options.force and earlier_text is not None and earlier_text != merged.text:
        replace_file(file.with_name(file.name + ".bak"), file.read_bytes())
    outputs = [_output(file, merged, replace_file(file, merged.text.encode()))]
    return outputs + [Output(preview, replace_file(preview, data)) for preview, data in previews]


def _output(file: Path, merged: Merged, changed: bool) -> Output:
    return Output(file, changed, tuple(merged.kept.items()), merged.dropped)


def _previews(tikz: str, drawn: Scene, file: Path, formats: frozenset[str]) -> list[tuple[Path, bytes]]:
    """Make everything that is asked for before anything is written."""
    from penrose import preview

    made: list[tuple[Path, bytes]] = []
    if "svg" in formats:
        made.append((file.with_suffix(".svg"), preview.svg(tikz, drawn)))
    if "png" in formats:
        made.append((file.with_suffix(".png"), preview.png(tikz, str(file))))
    if "pdf" in formats:
        made.append((file.with_suffix(".pdf"), preview.pdf(tikz, str(file))))
    if "standalone" in formats:
        made.append((file.with_suffix(".tex"), preview.document(tikz).encode()))
    return made


def _depfile(path: Path, targets: Sequence[Path]) -> Output:
    """Write a rule for make beside the outputs: these targets depend on that source."""
    rule = f"{' '.join(_escaped(t) for t in targets)}: {_escaped(path)}\n"
    file = targets[0].with_name(f"{path.stem}.d")
    return Output(file, replace_file(file, rule.encode()))


def _escaped(path: Path) -> str:
    return str(path).replace("$", "$$").replace(" ", "\\ ").replace("#", "\\#")


def _stale(file: Path) -> Diagnostic:
    return Diagnostic(
        "PEN509", "this file is not current", file=str(file), hint="run penrose build, and commit the result"
    )

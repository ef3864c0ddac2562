"""What the tests share."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(Path(__file__).parent))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--accept", action="store_true", help="write what was found into the golden files; then look")


@pytest.fixture
def accept(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--accept"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many TeX tests ran: they are never skipped, and this line proves it."""
    reports = terminalreporter.stats
    ran = {kind: [r for r in reports.get(kind, ()) if "tex" in getattr(r, "keywords", {})] for kind in reports}
    passed = len(ran.get("passed", ()))
    others = sum(len(found) for kind, found in ran.items() if kind in ("failed", "error", "skipped", "xfailed"))
    if passed or others:
        terminalreporter.write_line(f"TeX tests: {passed} passed, {others} not run")

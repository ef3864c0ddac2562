from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_whatever_the_program_it_is_drawn_or_explained() -> None:
    """A few hundred here; `python tests/fuzz.py 10000 1` for more."""
    script = Path(__file__).parent / "fuzz.py"
    run = subprocess.run([sys.executable, str(script), "400", "7"], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-2000:]

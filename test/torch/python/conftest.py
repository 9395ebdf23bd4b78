"""Makes the package of ``src`` importable, and reads the vectors that TypeScript recorded."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

_TESTS = Path(__file__).resolve().parent
sys.path.insert(0, str(_TESTS.parents[2] / "src"))


def vectors(name: str) -> dict[str, list[dict[str, Any]]]:
    """The recorded vectors of a file of test/torch/vectors."""
    return json.loads((_TESTS.parent / "vectors" / f"{name}.json").read_text(encoding="utf-8"))

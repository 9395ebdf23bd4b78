"""Checks the models of a folder, written by run.mjs: valid, and giving what graft gave."""

import json
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime

# as `sums` in test/engine/tolerance.ts
ABSOLUTE = RELATIVE = 2e-5

folder = Path(sys.argv[1])
print(f"onnx {onnx.__version__}, onnxruntime {onnxruntime.__version__}, numpy {np.__version__}")
failed = False
for entry in json.loads((folder / "manifest.json").read_text()):
    path, (c, h, w), n = str(folder / entry["file"]), entry["input"], entry["n"]
    x = np.fromfile(folder / f"{entry['name']}.x", np.float32).reshape(n, h, w, c).transpose(0, 3, 1, 2)
    wanted = np.fromfile(folder / f"{entry['name']}.y", np.float32).reshape(n, entry["outputs"])
    try:
        onnx.checker.check_model(path, full_check=True)
        session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
        worst = 0.0
        for batch in (1, n):
            (found,) = session.run(None, {"input": np.ascontiguousarray(x[:batch])})
            assert found.shape == (batch, entry["outputs"]), found.shape
            excess = np.abs(found - wanted[:batch]) / (ABSOLUTE + RELATIVE * np.abs(wanted[:batch]))
            worst = max(worst, float(excess.max()))
        assert worst <= 1, f"{worst:.2f} tolerances apart"
        print(f"ok     {entry['file']:36} {worst:.2f} of the tolerance")
    except Exception as cause:
        failed = True
        print(f"FAILED {entry['file']:36} {cause}")
sys.exit(1 if failed else 0)

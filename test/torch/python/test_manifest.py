"""Images that are missing or were changed after the job was made: one line that names them."""

from __future__ import annotations

import json
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from graft_torch.data.images.read_place import Places
from graft_torch.data.manifest import Manifest, check_files
from graft_torch.data.pictures import Pictures
from graft_torch.job_error import JobError
from PIL import Image

_DATA = {
    "task": {"_tag": "Classification", "classes": ["a", "b"]},
    "size": [4, 4],
    "sized": True,
    "resize": "crop",
    "resizeGiven": False,
    "legend": None,
    "decoding": {"colour": "stored", "orientation": "apply", "range": None, "exact": False},
}


@pytest.fixture
def job(tmp_path: Path) -> Path:
    """A job of three images, one of them packed, whose data is below `root`."""
    (tmp_path / "root").mkdir()
    lines: list[dict[str, Any]] = []
    for i in range(3):
        file = tmp_path / "root" / f"{i}.png"
        Image.fromarray(np.full((5, 6, 3), 40 * i, dtype=np.uint8)).save(file)
        bytes_ = file.read_bytes()
        line = {"set": "train", "file": f"{i}.png", "path": f"{i}.png", "bytes": len(bytes_), "label": "a", "target": 0}
        lines.append(line | {"crc32": zlib.crc32(bytes_)})
    packed = (tmp_path / "root" / "2.png").read_bytes()
    (tmp_path / "images.bin").write_bytes(b"xxx" + packed)
    del lines[2]["path"]
    lines[2]["packed"] = {"from": 3, "length": len(packed)}
    (tmp_path / "manifest.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return tmp_path


def _checked(job: Path) -> list[int]:
    manifest = Manifest(job / "manifest.jsonl", 2, 1)
    places = Places(job / "root", job)
    check_files(manifest, places, slice(0, None, 1))
    pictures = Pictures(_DATA, places, (4, 4))
    return [int(pictures.item(line, None).pixels[0, 0, 0]) for line in manifest]


def test_all_are_read(job: Path) -> None:
    assert _checked(job) == [0, 40, 80]


def test_a_missing_image(job: Path) -> None:
    (job / "root" / "1.png").unlink()
    with pytest.raises(
        JobError, match=r"^1\.png: expected an image in .*root/1\.png, found No such file or directory: "
    ):
        _checked(job)


def test_an_image_of_another_size(job: Path) -> None:
    with open(job / "root" / "1.png", "ab") as file:
        file.write(b"more")
    with pytest.raises(
        JobError, match=r"^1\.png: expected a file of \d+ bytes, as when the job was made, found \d+ bytes: "
    ):
        _checked(job)


def test_a_changed_image_of_the_same_size(job: Path) -> None:
    bytes_ = bytearray((job / "root" / "1.png").read_bytes())
    bytes_[-20] ^= 1
    (job / "root" / "1.png").write_bytes(bytes_)
    with pytest.raises(JobError, match=r"^1\.png: expected the image as when the job was made, found other bytes"):
        _checked(job)


def test_a_truncated_pack(job: Path) -> None:
    with open(job / "images.bin", "r+b") as file:
        file.truncate(30)
    with pytest.raises(JobError, match=r"^2\.png: expected \d+ bytes of .*images\.bin from 3 on, found 27, its end: "):
        _checked(job)


def test_a_manifest_without_its_last_lines(job: Path) -> None:
    text = (job / "manifest.jsonl").read_text()
    (job / "manifest.jsonl").write_text("".join(text.splitlines(keepends=True)[:2]))
    with pytest.raises(JobError, match=r"manifest\.jsonl: expected 3 lines, found 2: "):
        _checked(job)


def test_a_file_that_is_no_image(job: Path) -> None:
    line = {"file": "1.png", "path": "1.png", "bytes": 4, "label": "a", "target": 0}
    (job / "root" / "1.png").write_text("text")
    with pytest.raises(JobError, match=r"^1\.png: expected an image that can be decoded, found a file in no format"):
        Pictures(_DATA, Places(job / "root", job), (4, 4)).item(line, None)

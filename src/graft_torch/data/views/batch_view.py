"""``viewed_by``: changes of whole training batches after normalisation (``src/data/views/BatchView.ts``).

A view is a function of the batch and a seed. A process that has a part of a batch also loads the images that those of
its part are mixed with, so that the result does not depend on the number of processes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ...seed import Seed, split_seed
from .cutmix import draw_cut
from .mixup import draw_mix
from .random_erasing import draw_erasing
from .rows import BatchSetting, BatchView, DrawnView, Places, Rows

Draw = Callable[[BatchView, Seed, int, tuple[int, int], BatchSetting], DrawnView]

BATCH_VIEWS: dict[str, tuple[str, Draw]] = {
    "MixUp": ("mixup", draw_mix),
    "CutMix": ("cutmix", draw_cut),
    "RandomErasing": ("randomErasing", draw_erasing),
}
"""The name in seeds, and how it is drawn, of each kind of view."""


class Viewed:
    """The views of one training batch of ``n`` images, of which some are kept."""

    def __init__(
        self,
        views: Sequence[BatchView],
        seed: Seed,
        step: int,
        n: int,
        keep: Places,
        sides: tuple[int, int],
        of: BatchSetting,
    ) -> None:
        self._drawn: list[DrawnView] = []
        for place, view in enumerate(views):
            name, draw = BATCH_VIEWS[view["_tag"]]
            self._drawn.append(draw(view, split_seed(seed, name, place, step), n, sides, of))
        self._kept = [keep]
        for view in reversed(self._drawn):
            after = self._kept[0]
            partners = [] if view.partners is None else [view.partners[i] for i in after]
            self._kept.insert(0, sorted({*after, *partners}))

    @property
    def needed(self) -> Places:
        """The images that have to be loaded."""
        return self._kept[0]

    def seen(self, rows: Rows) -> Rows:
        """The kept images, from those needed."""
        for view, keep in zip(self._drawn, self._kept[1:], strict=True):
            rows = view.seen(rows, keep)
        return rows

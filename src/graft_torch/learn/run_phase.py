"""One training step of a recipe: epochs of batches, validation, events and checkpoints."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from ..engine.program import Program, StepInput, StepOptions
from ..job_error import Diverged
from ..plan.plan import plan_under
from ..recipe.phase import Phase, Step, phase_of
from .averaging import after_training, after_update, average_at_start
from .evaluation import evaluate_all
from .finite import batch_mistake, finite_weights
from .history import Row
from .history_file import HistoryFile
from .learner import Learner
from .source import Batch
from .stopping import Next, Stopping
from .watched import Hooks, after_epoch, after_step, ends_on_nan, epoch_seen, unwatched
from .within import Within

Write = Callable[[Learner, Program, Within], None]
"""Writes a checkpoint."""


class _Ended(Exception):
    """The step ends because of a loss that is not finite."""


class Halted(Exception):
    """The run stops here, and can be resumed from its checkpoint."""


class RunPhase:
    """A training step in progress."""

    def __init__(
        self,
        learner: Learner,
        step: Step,
        place: dict[str, int],
        begun: Within | None,
        stopping: Stopping,
        history: HistoryFile,
        write: Write,
        save: Callable[[Learner, Program, str], None],
    ) -> None:
        self.learner, self.step, self.place, self.stopping = learner, step, place, stopping
        self.history, self.write = history, write
        self.batches = learner.source.batches
        self.phase: Phase = phase_of(step, self.batches)
        job = learner.job
        training = job.training
        options = StepOptions(
            job.loss,
            job.optimiser,
            training["trueWd"],
            training["bnWd"],
            training["clip"],
            training["seed"],
            undoes=ends_on_nan(step) or not learner.device.is_gpu,
        )
        finite_weights("the learner", dict(learner.network.state_dict()))
        if begun is None:
            learner.optimiser = replace(learner.optimiser, accumulated=None, weight=0)
        plan = plan_under(job.json, learner.freeze)
        self.program = Program(learner.network, plan, options, learner.optimiser, learner.device, learner.processes)
        self.within = begun or Within(
            epoch=self.phase.start_epoch,
            watched=unwatched(step),
            average=average_at_start(step["average"], self.program.state),
        )
        self.pending = self.program.weight > 0
        self.hooks = Hooks(self.program, lambda name: save(learner, self.program, name))
        self.names = [m.name for m in job.metrics]

    # ------------------------------------------------------------------------------------------------------------------
    # events
    # ------------------------------------------------------------------------------------------------------------------

    def _counters(self) -> dict[str, int]:
        w = self.within
        return {"epoch": w.epoch, "epochs": self.phase.end_epoch, "batch": w.batch, "iteration": w.trained}

    def _tell(self, tag: str, **fields: Any) -> None:
        self.learner.events.tell(tag, **fields, **self._counters())

    def _hyper(self) -> StepInput:
        w = self.within
        at = self.phase.at(self.phase.start_epoch * self.phase.steps_per_epoch + w.updates)
        wd = self.phase.wd if self.phase.wd is not None else self.learner.job.training["wd"]
        mom = at.mom if at.mom is not None else self.learner.mom
        return StepInput([lr * w.watched.rate_scale for lr in at.lrs], mom, wd)

    # ------------------------------------------------------------------------------------------------------------------
    # batches
    # ------------------------------------------------------------------------------------------------------------------

    def _updated(self) -> None:
        self.pending = False
        average = after_update(self.step["average"], self.within.average, self.program.state)
        self.within = replace(self.within, updates=self.within.updates + 1, average=average)

    def _update_pending(self) -> None:
        """Makes the optimiser step of the last accumulated batches, which may be fewer than usual."""
        if self.pending:
            self.program.update(self._hyper())
            self._updated()

    def _is_last(self, batch: int) -> bool:
        """Whether an optimiser step follows this batch of the epoch."""
        return (batch + 1) % self.step["accumulate"] == 0 or batch + 1 == self.batches

    def _not_finite(self, loss: float, batch: Batch) -> None:
        mistakes = self.learner.processes.said(batch_mistake(batch))
        if mistakes:
            raise Diverged.of(mistakes[0])
        if ends_on_nan(self.step):
            raise _Ended
        w = self.within
        kept = "the best model so far is saved" if w.watched.kept else "saved files are unaffected"
        hint = f"lower the learning rate, or clip gradients; {kept}"
        raise Diverged(f"epoch {w.epoch}, batch {w.batch}", "a finite training loss", str(loss), hint)

    def _train(self, batch: Batch) -> None:
        learner, w = self.learner, self.within
        self._tell("BatchBegin", train=True)
        at, hyper = self._counters(), self._hyper()
        if self.step["accumulate"] == 1:
            loss = self.program.step(batch, hyper, learner.steps)
        else:
            loss = self.program.accumulate(batch, learner.steps, self._is_last(w.batch))
        if not math.isfinite(loss):
            self._not_finite(loss, batch)
        learner.mom = hyper.mom
        smoothed = w.smoothed.add(loss)
        learner.history.losses.append(smoothed.value())
        learner.history.lrs.append(hyper.lrs[-1])
        learner.history.moms.append(hyper.mom)
        learner.steps += 1
        self.pending = True
        self.within = replace(w, smoothed=smoothed, batch=w.batch + 1, trained=w.trained + 1)
        if self.step["accumulate"] == 1:
            self._updated()
        elif self._is_last(w.batch):
            self._update_pending()
        told = {"train": True, "loss": loss, "smoothedLoss": smoothed.value(), "lrs": hyper.lrs, "mom": hyper.mom}
        learner.events.tell("BatchEnd", **told, **at)

    def _next(self, batches: Iterator[Batch]) -> Batch | None:
        """Returns the next batch, once all processes have theirs."""
        batch, error = None, None
        try:
            batch = next(batches, None)
        except Exception as fault:
            # whatever the error, all processes must end; the first one reports it
            error = fault
        decision = self.stopping.agreed(error)
        if decision is Next.STOP:
            self._halt()
        if decision is Next.CHECKPOINT:
            self.write(self.learner, self.program, self.within)
        return batch

    def _halt(self) -> None:
        self.write(self.learner, self.program, self.within)
        self._tell("TrainEnd", halted=True)
        raise Halted

    def _train_epoch(self) -> None:
        w = self.within
        batches = iter(self.learner.source.train(self.learner.epochs, w.batch, self.learner.steps))
        while (batch := self._next(batches)) is not None:
            self._train(batch)
        self._update_pending()

    # ------------------------------------------------------------------------------------------------------------------
    # epochs
    # ------------------------------------------------------------------------------------------------------------------

    def _validate(self) -> Row:
        learner, w = self.learner, self.within
        train_loss = w.smoothed.value()
        if learner.source.valid_batches == 0:
            return Row(w.epoch, train_loss, None, [])

        def told(loss: float | None) -> None:
            if loss is None:
                self._tell("BatchBegin", train=False)
            else:
                shown = {"loss": loss, "smoothedLoss": train_loss, "lrs": [], "mom": learner.mom}
                self._tell("BatchEnd", train=False, **shown)

        learner.processes.same(list(learner.network.buffers()))
        task = learner.job.json["data"]["task"]
        where = f"epoch {w.epoch}, validation"
        loss, metrics = evaluate_all(
            self.program,
            self.stopping.checked(learner.source.valid()),
            list(learner.job.metrics),
            task,
            where,
            told,
        )
        return Row(w.epoch, train_loss, loss, metrics)

    def _end_diverged(self, place: str, what: str) -> None:
        self.learner.epochs += 1
        self._tell_warning(f"{place}: the {what} loss is not finite; the step ends here")

    def _tell_warning(self, message: str) -> None:
        self.learner.events.tell("Warning", message=message)

    def _end_epoch(self, started: float) -> None:
        """Validates, and does what follows an epoch."""
        learner = self.learner
        row = self._validate()
        learner.history.rows.append(row)
        at = self._counters()
        learner.epochs += 1
        self.within = replace(self.within, epoch=self.within.epoch + 1, batch=0)
        seconds = time.monotonic() - started
        learner.events.tell("EpochEnd", row=row.event(), seconds=seconds, **at)
        if learner.processes.is_first:
            self.history.write(learner.history.rows, seconds)
        lrs = learner.history.lrs
        seen = epoch_seen(self.names, row, lrs[-1] if lrs else None)
        self.within = replace(self.within, watched=after_epoch(self.hooks, self.step, self.within.watched, seen))

    def _with_average(self, started: float) -> None:
        """Runs the end of an epoch with the averaged parameters in place of the optimiser's."""
        average = after_training(self.step["average"], self.within.average, self.within.epoch, self.program.state)
        if average is None:
            self._end_epoch(started)
            return
        own = self.program.state()
        self.program.load(average.state)
        self._end_epoch(started)
        # watchers may have put others in place of the average
        self.within = replace(self.within, average=replace(average, state=self.program.state()))
        self.program.load(own)

    def _end_step(self) -> None:
        at = self.phase.at(self.phase.start_epoch * self.phase.steps_per_epoch + self.within.updates)
        if at.mom is not None:
            self.learner.mom = at.mom
        if self.within.average is not None:
            self.program.load(self.within.average.state)
        after_step(self.hooks, self.step, self.within.watched)

    def _epoch(self) -> bool:
        """Trains an epoch; returns whether to continue."""
        started, w = time.monotonic(), self.within
        self._tell("EpochBegin")
        try:
            self._train_epoch()
        except _Ended:
            self._end_diverged(f"epoch {w.epoch}, batch {self.within.batch}", "training")
            return False
        try:
            self._with_average(started)
        except Diverged:
            if not ends_on_nan(self.step):
                raise
            self._end_diverged(f"epoch {w.epoch}, validation", "validation")
            return False
        return True

    def run(self) -> None:
        """Trains until the step ends. Raises `Halted` if the run is stopped."""
        learner = self.learner
        self._tell(
            "TrainBegin",
            batches=self.batches,
            validBatches=learner.source.valid_batches,
            metricNames=self.names,
            **self.place,
        )
        finite = True
        while finite and self.within.epoch < self.phase.end_epoch and not self.within.watched.ended:
            finite = self._epoch()
            if finite:
                self._after_epoch()
        self._end_step()
        if not finite:
            finite_weights(f"the parameters after epoch {self.within.epoch}", self.program.state())
        self._tell("TrainEnd", halted=False)
        learner.optimiser = replace(self.program.optimiser_state(), accumulated=None, weight=0)

    def _after_epoch(self) -> None:
        decision = self.stopping.agreed()
        if decision is Next.STOP:
            self._halt()
        if decision is Next.CHECKPOINT:
            self.write(self.learner, self.program, self.within)

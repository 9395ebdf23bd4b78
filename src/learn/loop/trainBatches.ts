/** The training batches of an epoch. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import type { GraftError } from '../../GraftError.js'
import type { Batch, BatchReader } from '../../io/index.js'
import { addLoss, type Counters, smoothedLoss, type Verdict } from '../../recipe/index.js'
import { diverged } from '../LearnError.js'
import { afterUpdate } from './averaging.js'
import { breathe } from './evaluation.js'
import { batchMistake } from './finite.js'
import { counters, type Running, scheduled, snapshot, tell } from './running.js'
import { viewed } from './training.js'
import { endsOnNaN } from './watched.js'

/** An error names a batch with invalid values before it suggests that the learning rate is too high. */
const notFinite = (r: Running, loss: number, c: Counters, batch: Batch): E.Either<GraftError, 'diverged'> => {
  const mistake = batchMistake(batch)
  if (mistake === null && endsOnNaN(r.step)) return E.right('diverged')
  const kept = r.loop.watched.kept.size === 0 ? 'saved files are unaffected' : 'the best model so far is saved'
  return E.left(
    mistake ??
      diverged(
        `epoch ${c.epoch}, batch ${c.batch}`,
        'a finite training loss',
        String(loss),
        `lower the learning rate, or clip gradients; ${kept}`
      )
  )
}

/** How a part of the loop ended: as handlers say, or with a loss that is not finite, which ends the step. */
export type Ended = Verdict | 'diverged'

/** The hyperparameters of the optimiser's next step. */
const hyperOf = (r: Running) => {
  const { loop, phase, learner } = r
  const { lrs, mom } = phase.at(scheduled(r))
  return {
    lrs: lrs.map((lr) => lr * loop.watched.rateScale),
    mom: mom ?? loop.mom,
    wd: phase.wd ?? learner.settings.wd
  }
}

/** What follows a step of the optimiser. */
const updated = (r: Running): E.Either<GraftError, void> => {
  const { loop, program, step } = r
  loop.updates++
  loop.pending = false
  return E.map((average: typeof loop.average) => {
    loop.average = average
  })(afterUpdate(step.average, loop.average, program.state))
}

/** The last group of an epoch may be smaller than the others. */
export const updatePending = (r: Running): E.Either<GraftError, void> =>
  r.loop.pending
    ? pipe(
        r.program.update(hyperOf(r)),
        E.chain(() => updated(r))
      )
    : E.right(undefined)

/** The loss of a batch, which trains at once or is accumulated. */
const lossOf = (r: Running, batch: Batch, hyper: ReturnType<typeof hyperOf>): E.Either<GraftError, number> => {
  const { loop, program, learner, step } = r
  const own = { step: loop.steps, ifFinite: true }
  const seen = viewed(learner, loop.steps)(batch)
  if (step.accumulate === undefined) return program.step(seen, { ...hyper, ...own })
  return program.accumulate(seen, own)
}

/** The optimiser's step, if the batch is the last of its group. */
const afterBatch = (r: Running): E.Either<GraftError, void> => {
  const { accumulate } = r.step
  if (accumulate === undefined) return updated(r)
  return r.loop.batch % accumulate === 0 || r.loop.batch === r.batches ? updatePending(r) : E.right(undefined)
}

/** Trains one batch; returns the handlers' verdict. */
const trainBatch = async (r: Running, batch: Batch): Promise<E.Either<GraftError, Ended>> => {
  const { loop } = r
  const at = counters(r)
  const began = await tell(r, { _tag: 'BatchBegin', train: true, ...at })
  if (E.isLeft(began) || began.right !== 'continue') return began
  const hyper = hyperOf(r)
  const { lrs, mom } = hyper
  const made = lossOf(r, batch, hyper)
  if (E.isLeft(made)) return made
  if (!Number.isFinite(made.right)) return notFinite(r, made.right, at, batch)
  loop.mom = mom
  loop.smoothed = addLoss(made.right)(loop.smoothed)
  const shown = smoothedLoss()(loop.smoothed)
  loop.losses.push(shown)
  loop.lrs.push(lrs.at(-1)!)
  loop.moms.push(mom)
  loop.steps++
  loop.batch++
  loop.trained++
  loop.pending = true
  const ended = afterBatch(r)
  if (E.isLeft(ended)) return ended
  return tell(r, {
    _tag: 'BatchEnd',
    train: true,
    loss: made.right,
    smoothedLoss: shown,
    lrs,
    mom,
    ...at
  })
}

export const trainEpoch = async (r: Running, reader: BatchReader): Promise<E.Either<GraftError, Ended>> => {
  for (;;) {
    const next = await reader.next()
    if (E.isLeft(next)) return next
    if (O.isNone(next.right)) return E.right('continue')
    const batch = next.right.value
    const verdict = await trainBatch(r, batch)
    reader.recycle(batch)()
    if (E.isLeft(verdict)) return verdict
    if (verdict.right === 'haltEpoch') r.loop.batch = r.batches
    if (verdict.right !== 'continue') return verdict
    const written = await r.hooks.checkpoint(snapshot(r), 'batch')
    if (E.isLeft(written)) return written
    await breathe()
  }
}

/** Laws of engines: what every engine must do with every plan. */
import * as fc from 'fast-check'
import { pipe } from 'fp-ts/lib/function.js'
import { type Engine, freshOptimiser, type Program } from '../src/engine/index.js'
import {
  batchNormUnderFreeze,
  dropout,
  flatten,
  freezeBody,
  identity,
  isCombination,
  type Layer,
  leaves,
  linear,
  mapLeaves,
  named,
  sequential,
  sizeOf
} from '../src/model/index.js'
import type { Plan } from '../src/plan/index.js'
import { mse, sgd } from '../src/recipe/index.js'
import { splitSeed } from '../src/Seed.js'
import { models } from './arbitrary/models.js'
import { networks } from './arbitrary/network.js'
import { branchLaw } from './branches.js'
import { close, equal, holds, succeeded } from './claim.js'
import { gradientLaw } from './gradient.js'
import { type Law, law } from './Law.js'
import { optimisers } from './arbitrary/optimisers.js'
import { planned } from './planning.js'
import { steppedByFormula } from './optimiser.js'
import {
  allClose,
  asPlan,
  batchOf,
  differing,
  freshStart,
  normals,
  now,
  outputs,
  sameBits,
  single,
  type Start,
  told,
  using
} from './running.js'
import { tolerance } from './tolerance.js'

/** Number of values that keeps a test of a compiling engine short. */
const runs = 12

const seeds = fc.nat({ max: 2 ** 31 - 1 })
const sizes = fc.integer({ min: 2, max: 4 })

const withoutDropout = mapLeaves(({ layer }) => (layer._tag === 'Dropout' ? identity : layer))

const hasDropout = (network: Layer): boolean =>
  leaves(network).some(({ layer }) => layer._tag === 'Dropout' && layer.p > 0)

// -------------------------------------------------------------------------------------
// evaluation
// -------------------------------------------------------------------------------------

const evaluationLaws = (engine: Engine): ReadonlyArray<Law> => {
  const run = using(engine)
  return [
    law(
      'returns the inferred shape after every layer',
      fc.property(networks, fc.nat({ max: 9 }), sizes, seeds, ({ network, input }, left, n, seed) => {
        const children = isCombination(network) ? network.children : []
        const part = sequential(...children.slice(0, 1 + (left % children.length)), flatten)
        const plan = asPlan(part, input)
        run(plan, freshStart(plan, seed), {}, (program) =>
          equal(outputs(program, batchOf(plan, n, seed)).length, n * sizeOf(plan.output), 'numbers put out')
        )
      }),
      runs
    ),
    law(
      'computes each image independently of its batch',
      fc.property(networks, sizes, seeds, ({ network, input }, n, seed) => {
        const plan = asPlan(network, input)
        const batch = batchOf(plan, n, seed)
        run(plan, freshStart(plan, seed), {}, (program) => {
          const together = outputs(program, batch)
          const alone = Array.from({ length: n }, (_, i) => [...outputs(program, single(batch, i))]).flat()
          allClose(together, alone, 'the outputs', tolerance.outputs)
        })
      }),
      runs
    ),
    law(
      'omits dropout in evaluation',
      fc.property(networks, seeds, ({ network, input }, seed) => {
        fc.pre(hasDropout(network))
        const [plan, bare] = [asPlan(network, input), asPlan(withoutDropout(network), input)]
        const batch = batchOf(plan, 2, seed)
        const start = freshStart(plan, seed)
        const expected = run(bare, start, {}, (program) => outputs(program, batch))
        allClose(
          run(plan, start, {}, (program) => outputs(program, batch)),
          expected,
          'outputs',
          tolerance.outputs
        )
      }),
      runs
    ),
    law(
      'changes nothing in evaluation',
      fc.property(networks, seeds, ({ network, input }, seed) => {
        const plan = asPlan(network, input)
        const start = freshStart(plan, seed)
        run(plan, start, {}, (program) => {
          const batch = batchOf(plan, 2, seed)
          holds(sameBits(outputs(program, batch), outputs(program, batch)), 'the outputs differ the second time')
          equal(differing(start.state, now(program).state), [], 'what changed')
        })
      }),
      runs
    ),
    branchLaw(engine, runs)
  ]
}

// -------------------------------------------------------------------------------------
// training
// -------------------------------------------------------------------------------------

const trainingLaws = (engine: Engine): ReadonlyArray<Law> => {
  const run = using(engine)
  const steps = (program: Program, plan: Plan, seed: number, from: number, to: number): Start => {
    for (let k = from; k < to; k++)
      succeeded(program.step(batchOf(plan, 3, splitSeed(seed, k)), told(plan, k)), 'a step')
    return now(program)
  }
  return [
    law(
      'trains deterministically, bit for bit',
      fc.property(networks, seeds, ({ network, input }, seed) => {
        const plan = asPlan(network, input)
        const once = () => run(plan, freshStart(plan, seed), {}, (program) => steps(program, plan, seed, 0, 2))
        const [a, b] = [once(), once()]
        equal(differing(a.state, b.state), [], 'parameters that differ')
        equal(differing(a.optimiser.arrays, b.optimiser.arrays), [], 'optimiser arrays that differ')
      }),
      runs
    ),
    law(
      'continues from a saved state as if it had not been interrupted',
      fc.property(networks, seeds, fc.integer({ min: 1, max: 2 }), ({ network, input }, seed, k) => {
        const plan = asPlan(network, input)
        const whole = run(plan, freshStart(plan, seed), {}, (program) => steps(program, plan, seed, 0, 3))
        const half = run(plan, freshStart(plan, seed), {}, (program) => steps(program, plan, seed, 0, k))
        const rest = run(plan, half, {}, (program) => steps(program, plan, seed, k, 3))
        equal(differing(whole.state, rest.state), [], 'parameters that differ')
      }),
      runs
    ),
    law(
      'leaves frozen parameters unchanged bit for bit, and updates the others',
      fc.property(models, seeds, ({ model, how }, seed) => {
        const plan = planned(how, model)
        fc.pre(plan.parameters.some((p) => !p.trainable))
        const start = freshStart(plan, seed)
        const { state } = run(plan, start, {}, (program) => steps(program, plan, seed, 0, 1))
        const moved = new Set(differing(start.state, state))
        equal(
          plan.parameters.filter((p) => !p.trainable && moved.has(p.path)),
          [],
          'frozen parameters that moved'
        )
        holds(
          plan.parameters.some((p) => p.trainable && moved.has(p.path)),
          'no parameter moved'
        )
      }),
      runs
    ),
    law(
      'updates the running statistics of batch norms in training mode only',
      fc.property(models, fc.boolean(), seeds, ({ model, how }, stored, seed) => {
        // seldom enough has a model both kinds of batch norms: here those of the body keep to what was stored
        const inference = pipe(model, freezeBody, batchNormUnderFreeze('inference'))
        const plan = planned(how, stored ? inference : model)
        fc.pre(plan.layers.some((l) => l.batchNorm === (stored ? 'stored' : 'batch')))
        const start = freshStart(plan, seed)
        const { state } = run(plan, start, {}, (program) => steps(program, plan, seed, 0, 1))
        const moved = new Set(differing(start.state, state))
        const uses = new Map(plan.layers.map((l) => [l.path, l.batchNorm]))
        for (const { path } of plan.buffers)
          if (uses.get(path.slice(0, path.lastIndexOf('.'))) === 'stored') holds(!moved.has(path), `${path} moved`)
        for (const [path, use] of uses)
          if (use === 'batch') holds(moved.has(`${path}.running_var`), `${path} did not move`)
      }),
      runs
    )
  ]
}

// -------------------------------------------------------------------------------------
// formulas
// -------------------------------------------------------------------------------------

const row = (features: number, p: number): Plan =>
  asPlan(sequential(flatten, dropout(p), named('fc', linear(features, 1))), [1, 1, features])

const formulaLaws = (engine: Engine): ReadonlyArray<Law> => {
  const run = using(engine)
  return [
    law(
      'preserves the mean with dropout in training',
      fc.property(seeds, fc.integer({ min: 1, max: 5 }), (seed, tenths) => {
        const features = 12_000
        const plan = row(features, tenths / 10)
        const state = new Map([
          ['fc.weight', new Float32Array(features).fill(1 / features)],
          ['fc.bias', new Float32Array(1)]
        ])
        const batch = { x: new Float32Array(features).fill(1), y: new Float32Array(1), n: 1 }
        const how = { loss: mse, seed }
        const loss = run(plan, { state, optimiser: freshOptimiser }, how, (program) =>
          succeeded(program.step(batch, told(plan, 0)), 'a step')
        )
        // the output is the mean of the multipliers, its squared error from 0 the loss
        close(Math.sqrt(loss), 1, tolerance.dropoutMean, 'the mean of the multipliers')
      }),
      runs
    ),
    law(
      "updates parameters by each optimiser's formula",
      fc.property(optimisers, fc.boolean(), seeds, (optimiser, trueWd, seed) => {
        const plan = row(3, 0)
        const start = freshStart(plan, seed)
        const batches = [1, 2, 3].map((i) => ({ x: normals(splitSeed(seed, i), 3), y: normals(i, 1), n: 1 }))
        const found = run(plan, start, { loss: mse, optimiser, trueWd }, (program) => {
          batches.forEach((batch, k) => succeeded(program.step(batch, told(plan, k)), 'a step'))
          return now(program).state
        })
        const expected = steppedByFormula({
          optimiser,
          trueWd,
          start: [...start.state.get('fc.weight')!, ...start.state.get('fc.bias')!],
          batches,
          hyper: { lr: 1e-2, mom: 0.9, wd: 0.01 }
        })
        allClose(found.get('fc.weight')!, expected.slice(0, 3), 'the weight', tolerance.outputs)
        allClose(found.get('fc.bias')!, expected.slice(3), 'the bias', tolerance.outputs)
      }),
      3 * runs
    ),
    gradientLaw(engine)
  ]
}

/**
 * What every engine must do: return the inferred shapes, treat the images of a batch independently, compute sums and
 * concats, repeat itself bit for bit, continue from a saved state, leave frozen parameters unchanged, and follow the
 * optimisers' formulas.
 *
 * @example
 * import { checkLaws, engineLaws } from 'graft-vision/laws'
 * import { acquireEngine } from 'graft-vision/node'
 *
 * const engine = await acquireEngine('cpu')()
 * assert.ok(engine._tag === 'Right')
 * const reports = await checkLaws(engineLaws(engine.right), { seed: 1, numRuns: 1 })()
 * assert.deepStrictEqual(reports.filter((r) => r.failed), [])
 *
 * @category laws
 * @since 0.1.0
 */
export const engineLaws = (engine: Engine): ReadonlyArray<Law> => [
  ...evaluationLaws(engine),
  ...trainingLaws(engine),
  ...formulaLaws(engine)
]

/**
 * Two engines must agree on outputs and on a training step, within `tolerance.outputs` (1e-4, relative above 1).
 *
 * @example
 * import { agreementLaws, checkLaws } from 'graft-vision/laws'
 * import { acquireEngine } from 'graft-vision/node'
 *
 * const [mine, reference] = [await acquireEngine('onnxruntime')(), await acquireEngine('cpu')()]
 * assert.ok(mine._tag === 'Right' && reference._tag === 'Right')
 * const reports = await checkLaws(agreementLaws(mine.right, reference.right), { seed: 1, numRuns: 1 })()
 * assert.deepStrictEqual(reports.filter((r) => r.failed), [])
 *
 * @category laws
 * @since 0.1.0
 */
export const agreementLaws = (engine: Engine, reference: Engine): ReadonlyArray<Law> => [
  law(
    'returns the outputs of the reference engine',
    fc.property(networks, sizes, seeds, ({ network, input }, n, seed) => {
      const plan = asPlan(network, input)
      const on = (e: Engine) =>
        using(e)(plan, freshStart(plan, seed), {}, (program) => outputs(program, batchOf(plan, n, seed)))
      allClose(on(engine), on(reference), 'the outputs', tolerance.outputs)
    }),
    runs
  ),
  law(
    'has the losses of the reference engine and, after an SGD step, its parameters and statistics',
    fc.property(networks, seeds, ({ network, input }, seed) => {
      const plan = asPlan(network, input)
      const on = (e: Engine) =>
        using(e)(plan, freshStart(plan, seed), { optimiser: sgd() }, (program) => ({
          loss: succeeded(program.step(batchOf(plan, 4, seed), { ...told(plan, 0), mom: 0 }), 'a step'),
          state: now(program).state
        }))
      const [mine, theirs] = [on(engine), on(reference)]
      close(mine.loss, theirs.loss, tolerance.outputs, 'the loss')
      for (const [path, values] of mine.state) allClose(values, theirs.state.get(path)!, path, tolerance.outputs)
    }),
    runs
  )
]

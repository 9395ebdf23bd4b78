import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, it } from 'vitest'
import { catalogue } from '../../src/arch/index.js'
import { classification } from '../../src/data/index.js'
import { compile, type EngineBatch, freshOptimiser, initialState } from '../../src/engine/index.js'
import { constant, cut, eqInit, head, withHead } from '../../src/model/index.js'
import { plan, type Plan } from '../../src/plan/index.js'
import { crossEntropy, sgd } from '../../src/recipe/index.js'
import { engineOf, numbers } from '../engine/engines.js'
import { right } from '../io/workplace.js'

const long = process.env['GRAFT_LONG'] !== undefined
/** The smallest of the catalogue, when there is little time. */
const quick = ['squeezenet1_1', 'mobilenet_v2', 'wrn_22']
const [side, images] = [64, 2]

const batch: EngineBatch = { x: numbers(1, images * side * side * 3), y: Int32Array.of(0, 1), n: images }
const engine = await engineOf('onnxruntime')

/** A batch norm that starts at zero keeps the first gradient from the rest of its branch. */
const stepsToReachAll = ({ layers }: Plan): number =>
  layers.some(({ layer }) => layer._tag === 'BatchNorm' && eqInit.equals(layer.weightInit, constant(0))) ? 2 : 1

describe('training on the onnxruntime engine', () => {
  it.for(catalogue)('changes every parameter and statistic of $name', { timeout: 600_000 }, (a, { skip }) => {
    skip(!long && !quick.includes(a.name), 'long: GRAFT_LONG is unset')
    const model = pipe(a, cut, withHead(head()))
    const planned = right(plan({ input: [3, side, side], task: classification(['x', 'y']) })(model))
    const start = initialState(planned, 1)
    const options = { loss: crossEntropy(), optimiser: sgd(), trueWd: true, bnWd: true, clip: null, seed: 1 }
    const program = right(compile(engine)(planned, { state: start, optimiser: freshOptimiser }, options))
    const lrs = Array.from({ length: planned.groups }, () => 1e-2)
    for (let step = 0; step < stepsToReachAll(planned); step++)
      expect(right(program.step(batch, { lrs, mom: 0.9, wd: 0, step }))).toBeGreaterThan(0)
    const state = right(program.state())
    // gradients gathered: a step can be too small to change a weight of 1
    const momenta = [...right(program.optimiserState()).arrays]
    program.dispose()
    engine.dispose()
    for (const values of state.values()) expect(values.every(Number.isFinite)).toBe(true)
    expect(momenta.length).toBe(planned.parameters.length)
    expect(momenta.filter(([, values]) => values.every((v) => v === 0)).map(([path]) => path)).toEqual([])
    const still = planned.buffers.filter(({ path }) => state.get(path)!.every((v, i) => v === start.get(path)![i]))
    expect(still).toEqual([])
  })
})

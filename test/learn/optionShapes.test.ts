/** What plain JavaScript passes to learners and plans in place of values: errors that name it, never a throw. */
import { pipe } from 'fp-ts/lib/function.js'
import * as g from 'graft-vision'
import { cnnLearner, learner, nodeIo, openData, unetLearner } from 'graft-vision/node'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { mistakesOf } from '../../src/GraftError.js'
import { left, right, workplace } from '../io/workplace.js'

const env = nodeIo({ cache: { home: workplace(), assets: [] } })
const model = pipe(g.squeezenet1_1, g.cut, g.withHead(g.head()))
const untyped = (f: unknown): ((...args: ReadonlyArray<unknown>) => never) => f as never

describe('a learner', () => {
  it('names the options that have other types', async () => {
    const data = right(await openData(g.digits({ n: 8, path: join(workplace(), 'digits') }))(env)())
    const cases: ReadonlyArray<readonly [unknown, ReadonlyArray<string>]> = [
      [undefined, ['data', 'model']],
      [{}, ['data', 'model']],
      [{ data: g.digits(), model }, ['data']],
      [{ data, model: 'resnet18' }, ['model']],
      [{ data, model: g.squeezenet1_1 }, ['model']],
      [{ data, model, loss: 'mse', opt: g.adam }, ['loss', 'opt']],
      [{ data, model, metrics: 'accuracy' }, ['metrics']],
      [{ data, model, metrics: ['accuracy'] }, ['metrics']],
      [{ data, model, metrics: [g.fbeta] }, ['metrics']],
      [{ data, model, batchViews: [g.mixup], callbacks: () => undefined }, ['batchViews', 'callbacks']]
    ]
    for (const [options, paths] of cases) {
      const error = left(await learner(options as never)(env)())
      expect(mistakesOf(error).map(({ _tag, path }) => [_tag, path])).toEqual(paths.map((p) => ['SettingError', p]))
    }
    for (const make of [cnnLearner, unetLearner])
      expect(left(await make(data, 'resnet18' as never)(env)())).toMatchObject({ _tag: 'SettingError', path: 'arch' })
  })
})

describe('a plan', () => {
  const to = { input: [3, 64, 64], task: g.classification(['a', 'b']) } as const
  it.each<readonly [string, unknown, unknown, string]>([
    ['a name', to, 'resnet18', 'model'],
    ['nothing', to, undefined, 'model'],
    ['a function as head', to, g.withHead(g.head as never)(g.cut(g.resnet18)), 'head'],
    ['a number as head', to, g.withHead(512 as never)(g.cut(g.resnet18)), 'head'],
    ['a number as widths', to, g.withHead(untyped(g.head)({ linFtrs: 512 }))(g.cut(g.resnet18)), 'head.linFtrs'],
    ['text as dropout', to, g.withHead(untyped(g.head)({ ps: '0.5' }))(g.cut(g.resnet18)), 'head.ps'],
    ['an architecture of a number', to, untyped(g.arch)({ name: 'x', network: 3 }), 'model'],
    ['no input', undefined, model, 'input'],
    ['text as input', { input: '224' }, model, 'input'],
    ['text as task', { ...to, task: 'classification' }, model, 'task'],
    ['a number of classes', { ...to, task: untyped(g.classification)(2) }, model, 'task.classes'],
    ['text as classes', { ...to, task: untyped(g.classification)('ab') }, model, 'task.classes']
  ])('of %s is an error', (_, how, what, path) => {
    expect(left(g.plan(how as never)(what as never)).map((error) => error.path)).toEqual([path])
  })
})

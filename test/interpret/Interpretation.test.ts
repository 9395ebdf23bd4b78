import { describe, expect, it } from 'vitest'
import { classification, multiLabel, regression, segmentation } from '../../src/data/index.js'
import {
  classScores,
  confusionMatrix,
  interpretation,
  type InterpretationOf,
  labelledLosses,
  labelScores,
  misclassified,
  mostConfused,
  topLosses
} from '../../src/interpret/index.js'
import { left, right } from '../io/workplace.js'

const pets: InterpretationOf = {
  task: classification(['__proto__', '<b>', 'fish']),
  preds: [
    [0.7, 0.2, 0.1],
    [0.6, 0.3, 0.1],
    [0.1, 0.8, 0.1]
  ],
  targets: [0, 1, 1],
  losses: [0.3, 1.2, 0.2]
}

describe('an interpretation', () => {
  it('reports all mistakes in its arrays at once', () => {
    const errors = left(interpretation({ ...pets, targets: [0, 3], losses: [1, 2], files: ['a'] }))
    expect(errors.map(({ path }) => path)).toEqual(['targets', 'targets[1]', 'losses', 'files'])
    expect(left(interpretation({ ...pets, preds: [[1], [1], [1]] }))[0].path).toBe('preds[0]')
    expect(left(interpretation({ ...pets, targets: [0, 0.5, 1] }))[0].path).toBe('targets[1]')
    expect(left(interpretation({ ...pets, task: classification([]) }))[0].path).toBe('task')
  })

  it('is plain JSON', () => {
    const i = right(interpretation({ ...pets, preds: pets.preds.map((row) => Float64Array.from(row)) }))
    expect(JSON.parse(JSON.stringify(i))).toEqual(i)
  })

  it('may be empty', () => {
    const i = right(interpretation({ task: classification(['a']), preds: [], targets: [], losses: [] }))
    expect(right(confusionMatrix(i))).toEqual([[0]])
    expect(right(topLosses()(i))).toEqual([])
    expect(left(topLosses(1)(i)).path).toBe('k')
    expect(right(classScores(i))).toEqual([{ class: 'a', precision: 0, recall: 0, f1: 0, support: 0 }])
  })

  it('has classes of any name', () => {
    const i = right(interpretation(pets))
    expect(right(mostConfused()(i))).toEqual([{ actual: '<b>', predicted: '__proto__', count: 1 }])
    expect(right(classScores(i)).map((s) => [s.class, s.support])).toEqual([
      ['__proto__', 1],
      ['<b>', 2],
      ['fish', 0]
    ])
  })

  it('averages unreduced losses, one for each pixel', () => {
    const task = segmentation(['sky', 'road'])
    const i = right(interpretation({ task, preds: [[1, 0, 1, 0]], targets: [[0, 1]], losses: [1, 3] }))
    expect(i.losses).toEqual([2])
  })

  it('supports only functions for its own kind of task', () => {
    const numbers = right(interpretation({ task: regression(), preds: [[1]], targets: [2], losses: [1] }))
    for (const asked of [confusionMatrix, classScores, labelScores(), labelledLosses(), misclassified])
      expect(left<{ readonly _tag: string }, unknown>(asked(numbers))._tag).toBe('OtherTask')
    expect(right(topLosses()(numbers))).toHaveLength(1)
  })
})

describe('scores of labels', () => {
  const i = right(
    interpretation({
      task: multiLabel(['a', 'b', 'never']),
      preds: [
        [0.9, 0.5, 0.1],
        [0.8, 0.2, 0.2],
        [0.3, 0.6, 0.4]
      ],
      targets: [
        [1, 1, 0],
        [0, 1, 0],
        [1, 0, 0]
      ],
      losses: [1, 2, 3]
    })
  )

  it('count each label by itself, from the threshold on', () => {
    expect(right(labelScores()(i))).toEqual([
      { class: 'a', precision: 1 / 2, recall: 1 / 2, f1: 1 / 2, support: 2 },
      { class: 'b', precision: 1 / 2, recall: 1 / 2, f1: 1 / 2, support: 2 },
      { class: 'never', precision: 0, recall: 0, f1: 0, support: 0 }
    ])
    expect(right(labelScores({ thresh: 0.85 })(i)).map(({ precision, recall }) => [precision, recall])).toEqual([
      [1, 1 / 2],
      [0, 0],
      [0, 0]
    ])
  })

  it('of one class an image are classScores', () => {
    expect(left(labelScores()(right(interpretation(pets))))).toMatchObject({
      _tag: 'OtherTask',
      hint: 'use classScores'
    })
  })
})

describe('where fastai 1 has a bug', () => {
  const labels = {
    task: multiLabel(['a', 'b']),
    preds: [
      [0.9, 0.1],
      [0.8, 0.2],
      [0.6, 0.4]
    ],
    targets: [
      [0, 1],
      [1, 0],
      [0, 0]
    ],
    // an unreduced binary cross entropy has one for each class
    losses: [2, 4, 0.1, 0.1, 5, 3]
  }

  it('has the top losses of labels by the loss of each image', () => {
    const i = right(interpretation(labels))
    expect(right(misclassified(i)).map(({ index, loss }) => [index, loss])).toEqual([
      [2, 4],
      [0, 3]
    ])
  })

  it('has a precision of 0, not NaN, for a class that is never predicted, and a support that shows why', () => {
    const never = right(classScores(right(interpretation(pets))))[2]!
    expect(never).toEqual({ class: 'fish', precision: 0, recall: 0, f1: 0, support: 0 })
  })
})

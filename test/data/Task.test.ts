import { describe, expect, it } from 'vitest'
import {
  classesOf,
  classification,
  eqTask,
  imageRegression,
  multiLabel,
  outputsOf,
  regression,
  segmentation,
  showTask
} from '../../src/data/index.js'

const tasks = [
  classification(['a', 'b']),
  multiLabel(['a', 'b']),
  regression(3),
  segmentation(['Void', 'Road']),
  imageRegression(3)
]

describe('a task', () => {
  it('has a number of outputs', () => {
    expect(tasks.map(outputsOf)).toEqual([2, 2, 3, 2, 3])
  })

  it('has the names of its outputs', () => {
    expect(tasks.map(classesOf)).toEqual([['a', 'b'], ['a', 'b'], [], ['Void', 'Road'], []])
  })

  it('equals only itself', () => {
    for (const a of tasks) for (const b of tasks) expect(eqTask.equals(a, b)).toBe(a === b)
    expect(eqTask.equals(classification(['a', 'b']), classification(['b', 'a']))).toBe(false)
  })

  it('is shown on one line', () => {
    expect(tasks.map(showTask.show)).toEqual([
      'classification of 2: a, b',
      'multi-label classification of 2: a, b',
      'regression of 3',
      'segmentation of 2: Void, Road',
      'image regression of 3 channels'
    ])
  })
})

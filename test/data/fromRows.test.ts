import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, it } from 'vitest'
import {
  checkSpec,
  type DataRow,
  dataLayout,
  type DataSpec,
  fromLists,
  fromRows,
  holdoutByPct,
  type RowsOptions
} from '../../src/data/index.js'
import { left, right } from '../io/workplace.js'

const settled = ({ source }: DataSpec) =>
  pipe(
    dataLayout(source).arrange('', [])({ files: [], folders: [] }),
    E.bindTo('arranged'),
    E.bind('settled', ({ arranged }) => arranged.settle(() => true))
  )

const pets: ReadonlyArray<DataRow> = Array.from({ length: 8 }, (_, i) => ({
  image: `${i}.png`,
  species: i % 2 === 0 ? 'cat' : 'dog',
  split: ['train', 'train', 'valid', 'valid'][i % 4]!
}))

const opened = (rows: ReadonlyArray<DataRow>, options: RowsOptions = {}) => settled(fromRows(rows, options))

describe('rows of images', () => {
  it('have the columns that are named, or those that are inferred', () => {
    const named = right(opened(pets, { fnCol: 'image', labelCol: 'species', validCol: 'split' }))
    expect(named.settled.task).toEqual({ _tag: 'Classification', classes: ['cat', 'dog'] })
    expect(named.settled.train.map(({ file, target }) => [file, target])).toEqual([
      ['0.png', 0],
      ['1.png', 1],
      ['4.png', 0],
      ['5.png', 1]
    ])
    expect(right(opened(pets)).settled.valid).toEqual(named.settled.valid)
  })

  it('have several labels where a column holds lists, also none', () => {
    const rows = pets.map(({ image, species }, i) => ({ image, label: i === 0 ? [] : [species as string, 'pet'] }))
    const { task, train } = right(opened(rows, { holdout: holdoutByPct(0) })).settled
    expect(task).toEqual({ _tag: 'MultiLabel', classes: ['cat', 'dog', 'pet'] })
    expect(train.slice(0, 2)).toMatchObject([
      { label: '', target: [0, 0, 0] },
      { label: 'dog, pet', target: [0, 1, 1] }
    ])
  })

  it('have numbers to predict where a column holds fractions, or lists of as many', () => {
    const rows = pets.map(({ image }, i) => ({ image, centre: [i / 10, 1], size: i + 0.5 }))
    const numbers = (labelCol: string) => right(opened(rows, { labelCol, holdout: holdoutByPct(0) })).settled
    expect(numbers('size').task).toEqual({ _tag: 'Regression', outputs: 1 })
    expect(numbers('centre').task).toEqual({ _tag: 'Regression', outputs: 2 })
    expect(numbers('centre').train[3]!.target).toEqual([0.3, 1])
  })

  it('need no label to be tested on', () => {
    const rows = [...pets, { image: 'x.png', species: null, split: 'test' }, { image: 'y.png', split: 'test' }]
    const { arranged, settled: its } = right(opened(rows))
    expect(arranged.test).toEqual(['x.png', 'y.png'])
    expect(its.task).toEqual({ _tag: 'Classification', classes: ['cat', 'dog'] })
  })

  it.each([
    ['a label that is missing', { image: 'x.png', species: null, split: 'train' }, 'a label', 'nothing'],
    ['a file that is missing', { species: 'cat', split: 'train' }, 'the name of a file', 'nothing'],
    ['NaN', { image: 'x.png', species: NaN, split: 'train' }, 'a label', '"NaN"']
  ])('are an error for %s, with the index of the row', (_, row, expected, found) => {
    expect(left(opened([...pets, row]))).toMatchObject({ _tag: 'BadTable', path: 'row 8', expected, found })
  })

  it('are an error for rows that disagree, and for a column that does not exist, in the words of fromRows', () => {
    expect(left(opened([...pets, { ...pets[1], species: 'cat' }]))).toMatchObject({
      _tag: 'Contradiction',
      path: 'row 8',
      found: 'dog (train) in row 1, cat (train) in row 8',
      hint: expect.stringContaining('fromRows(rows, { labelDelim })')
    })
    expect(left(opened(pets, { labelCol: 'breed' }))).toMatchObject({ _tag: 'BadTable', path: 'rows' })
  })

  it('must be records of words, numbers and lists', () => {
    expect(checkSpec(fromRows([{ a: 1 }, [1] as unknown as DataRow]))).toMatchObject([{ path: 'data.source.rows[1]' }])
    expect(checkSpec(fromRows([{ a: { b: 1 } } as unknown as DataRow]))).toMatchObject([
      { path: 'data.source.rows[0]' }
    ])
  })
})

describe('lists of paths and labels', () => {
  const paths = pets.map(({ image }) => image as string)

  it('are labelled in order', () => {
    const { task, train } = right(
      settled(
        fromLists(
          paths,
          pets.map(({ species }) => species),
          { holdout: holdoutByPct(0) }
        )
      )
    ).settled
    expect([task._tag, train.map(({ target }) => target)]).toEqual(['Classification', [0, 1, 0, 1, 0, 1, 0, 1]])
  })

  it('are an error where a path has no label, or a label no path', () => {
    expect(left(settled(fromLists(paths, ['cat', 'dog'])))).toMatchObject({ path: 'row 2', expected: 'a label' })
    expect(left(settled(fromLists(['a.png'], ['cat', 'dog'])))).toMatchObject({
      path: 'row 1',
      expected: 'the name of a file'
    })
  })
})

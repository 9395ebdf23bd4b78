import type * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { type Arranged, checkSpec, type DataError, dataLayout, fromNameRe, holdoutByPct } from '../../src/data/index.js'
import { hintInFlags } from '../../src/cli/output/inFlags.js'
import { left, right } from '../io/workplace.js'

const breed = '([^/]+)_\\d+[.]jpg$'

const opened = (
  files: ReadonlyArray<string>,
  options: Parameters<typeof fromNameRe>[2] = {},
  pattern = breed
): E.Either<DataError, Arranged> =>
  dataLayout(fromNameRe('pets', pattern, options).source).arrange('pets', [])({ files, folders: [] })

const pets = (...folders: ReadonlyArray<string>): ReadonlyArray<string> =>
  folders.flatMap((folder) =>
    [1, 2, 3, 4, 5].flatMap((i) => [`${folder}great_pyrenees_${i}.jpg`, `${folder}pug_${i}.jpg`])
  )

describe('images labelled by their names', () => {
  it('have the first group of the pattern as their label', () => {
    const arranged = right(opened(pets('images/'), { holdout: holdoutByPct(0.2, 1) }))
    expect(arranged.train).toHaveLength(8)
    expect(arranged.valid).toHaveLength(2)
    for (const { file, label } of arranged.train) expect(file.startsWith(`images/${label}_`)).toBe(true)
    const settled = right(arranged.settle(() => true))
    expect(settled.task).toEqual({ _tag: 'Classification', classes: ['great_pyrenees', 'pug'] })
  })

  it('are separated by folders named as sets, and those to test on need no label', () => {
    const arranged = right(opened([...pets('Train/', 'val/'), 'test/1.jpg']))
    expect(arranged.train.every(({ file }) => file.startsWith('Train/'))).toBe(true)
    expect(arranged.valid).toHaveLength(10)
    expect(arranged.test).toEqual(['test/1.jpg'])
  })

  it('without sets are drawn from, and the hint says how to choose the part', () => {
    const { warnings } = right(opened(pets('')))
    expect(warnings).toMatchObject([{ _tag: 'HoldoutDrawn', hint: expect.stringContaining('holdoutByPct(0.2)') }])
    expect(hintInFlags(warnings[0]!.hint)).toContain('--valid-pct 0.2')
  })

  it('of one class, or of none in the training set, get hints about the pattern', () => {
    const one = right(opened(pets(''), {}, '^(.)')).settle(() => true)
    expect(right(opened(['a_1.jpg', 'a_2.jpg'], {}, '^(.)')).settle(() => true)).toMatchObject({
      left: { _tag: 'OneClass', hint: expect.stringContaining('fromNameRe(') }
    })
    expect(right(one).task).toEqual({ _tag: 'Classification', classes: ['g', 'p'] })
    const other = left(right(opened([...pets('train/'), 'valid/cat_1.jpg'])).settle(() => true))
    expect([other._tag, hintInFlags(other.hint)]).toEqual([
      'UnknownLabel',
      'correct the name, add images of the class to train on, or name the classes, --classes A,B, which leaves out images of others'
    ])
  })

  it('are an error that counts and names those without a match', () => {
    expect(left(opened([...pets(''), 'scan.jpg', 'img2.jpg']))).toMatchObject({
      _tag: 'NoMatch',
      found: '2 of 12 that do not: scan.jpg, img2.jpg'
    })
  })

  it.each(['(', '[a-z]+', ''])('are refused for the pattern %j, which has no group', (pattern) => {
    expect(checkSpec(fromNameRe('pets', pattern))).toMatchObject([
      { path: 'data.source.pattern', expected: 'a regular expression with a group' }
    ])
    expect(checkSpec(fromNameRe('pets', breed))).toEqual([])
  })
})

/** Holdouts of folders and tables: what each holds out, and what it refuses. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, it } from 'vitest'
import {
  checkSpec,
  type CsvOptions,
  dataLayout,
  type DataSpec,
  digits,
  fromNameFunc,
  type Holdout,
  holdoutByColumn,
  holdoutByFold,
  holdoutByFunction,
  holdoutByGroup,
  holdoutByList,
  holdoutByPct,
  holdoutStratified,
  imageCsv,
  imageFolder,
  imageMasks,
  kFold,
  masksIn,
  showHoldout
} from '../../src/data/index.js'

const files = ['ant', 'bee'].flatMap((label) =>
  Array.from({ length: label === 'ant' ? 12 : 4 }, (_, i) => `${label}/v${i % 4}_${i}.png`)
)

const arranged = (spec: DataSpec, table?: string, listing = files) =>
  dataLayout(spec.source).arrange(
    'photos',
    table === undefined ? [] : [new TextEncoder().encode(table)]
  )({
    files: listing,
    folders: []
  })

const validIn = (spec: DataSpec, table?: string): ReadonlyArray<string> => {
  const found = arranged(spec, table)
  if (E.isLeft(found)) throw new Error(`${found.left.expected}: ${found.left.found}`)
  const { train, valid } = found.right
  expect([...train, ...valid].map(({ file }) => file).sort()).toEqual([...files].sort())
  return valid.map(({ file }) => file)
}

const folder = (holdout: Holdout): DataSpec => imageFolder('photos', { holdout })

const rows = files.map((file, i) => `${file},${file.slice(0, 3)},p${i % 5},${i % 4 === 0 ? 1 : 0},${i % 3}`)
const table = ['file,label,patient,held,odd', ...rows].join('\n')
const listed = (holdout: Holdout, options: CsvOptions = {}): DataSpec =>
  imageCsv('photos', { holdout, fnCol: 'file', labelCol: 'label', ...options })

describe('a folder', () => {
  it('is divided within classes', () => {
    const valid = validIn(folder(holdoutStratified(0.25)))
    expect([valid.filter((f) => f.startsWith('ant')).length, valid.length]).toEqual([3, 4])
  })
  it('is divided by groups in file names', () => {
    const valid = validIn(folder(holdoutByGroup({ pattern: '(v[0-9])_' }, 0.25)))
    expect(new Set(valid.map((f) => f.slice(4, 6))).size).toBe(1)
    expect(valid).toHaveLength(4)
  })
  it('is divided by a list, of paths or of names', () => {
    expect(validIn(folder(holdoutByList(['./ant/v0_0.png', 'bee\\v1_1.png', '', 'v3_11.png'])))).toEqual([
      'ant/v0_0.png',
      'ant/v3_11.png',
      'bee/v1_1.png'
    ])
  })
  it('refuses a list with a file that is not there', () => {
    expect(arranged(folder(holdoutByList(['ant/v0_0.png', 'x.png'])))).toMatchObject({
      left: { _tag: 'MissingFolder', path: 'x.png', found: '1 of 2 that are not: x.png' }
    })
  })
  it('is divided by a function, which may throw', () => {
    expect(validIn(folder(holdoutByFunction('v0', (file) => file.includes('v0_'))))).toHaveLength(4)
    const broken = holdoutByFunction('broken', () => {
      throw new Error('oh')
    })
    expect(arranged(folder(broken))).toMatchObject({ left: { _tag: 'BadSpec', found: expect.stringContaining('oh') } })
  })
  it('refuses files without a group, and a single group', () => {
    expect(arranged(folder(holdoutByGroup({ pattern: '(w[0-9])_' })))).toMatchObject({ left: { _tag: 'NoMatch' } })
    expect(arranged(folder(holdoutByGroup({ pattern: '(v)' })))).toMatchObject({ left: { _tag: 'TooFewItems' } })
  })
  it('keeps images to test on out of every holdout', () => {
    const more = [...files.map((file) => `train/${file}`), 'test/x.png']
    const found = arranged(folder(holdoutStratified(0.25)), undefined, more)
    expect(found).toMatchObject({ right: { test: ['test/x.png'] } })
    expect(E.isRight(found) && found.right.valid.length).toBe(4)
  })
  it('labelled by a function of names is divided too', () => {
    const spec = fromNameFunc('photos', 'first', (file) => file.slice(0, 3), { holdout: holdoutStratified(0.25) })
    expect(validIn(spec)).toHaveLength(4)
  })
})

describe('a table', () => {
  it('is divided by a column of groups', () => {
    const valid = validIn(listed(holdoutByGroup('patient', 0.2)), table)
    expect(new Set(valid.map((f) => files.indexOf(f) % 5)).size).toBe(1)
    expect(validIn(listed(holdoutByGroup(2, 0.2)), table)).toEqual(valid)
  })
  it('is divided by a column of sets', () => {
    const valid = validIn(listed(holdoutByColumn('held')), table)
    expect(valid).toEqual(files.filter((_, i) => i % 4 === 0))
    expect(validIn(listed(holdoutByPct(0), { validCol: 'held' }), table)).toEqual(valid)
  })
  it.each([holdoutByGroup('doctor'), holdoutByColumn('doctor'), holdoutByFold(0, 3, { group: 'doctor' })])(
    'without the column of %j is an error that lists its columns',
    (holdout) => {
      expect(arranged(listed(holdout), table)).toMatchObject({
        left: { _tag: 'BadTable', expected: 'a column "doctor"', found: expect.stringContaining('patient') }
      })
    }
  )
  it('with an empty group is an error that names the line', () => {
    expect(arranged(listed(holdoutByGroup('patient')), table.replace(',p1,', ',,'))).toMatchObject({
      left: { _tag: 'BadTable', path: 'photos/labels.csv: line 3', found: 'nothing' }
    })
  })
  it('whose rows put an image into two groups is an error', () => {
    expect(arranged(listed(holdoutByGroup('patient')), `${table}\n${files[0]!},ant,p3,1,0`)).toMatchObject({
      left: { _tag: 'Contradiction', found: expect.stringContaining('group p0') }
    })
  })
  it('of numbers cannot be stratified', () => {
    const spec = listed(holdoutStratified(0.2), { labels: 'numbers', labelCol: 'odd' })
    expect(arranged(spec, table)).toMatchObject({ left: { _tag: 'BadTable', found: 'numbers' } })
  })
  it('has weights for its images', () => {
    const weighed = listed(holdoutByPct(0), { weightCol: 'odd' })
    const found = arranged(weighed, table)
    expect(E.isRight(found) && found.right.train.slice(0, 4).map(({ weight }) => weight)).toEqual([0, 1, 2, 0])
    expect(arranged(weighed, table.replace(/,2$/m, ',-2'))).toMatchObject({
      left: { _tag: 'BadTable', path: 'photos/labels.csv: line 4', found: '"-2"' }
    })
  })
})

describe('kFold', () => {
  const heldBy = (spec: DataSpec, k: number, options: Parameters<typeof kFold>[1], text?: string) =>
    pipe(
      kFold(k, options)(spec),
      E.map((folds) => folds.map((fold) => validIn(fold, text)))
    )
  it('holds out each image once', () => {
    const held = heldBy(imageFolder('photos'), 4, { stratified: true })
    expect(E.isRight(held) && held.right.flat().sort()).toEqual([...files].sort())
    expect(E.isRight(held) && held.right.map((fold) => fold.filter((f) => f.startsWith('bee')).length)).toEqual([
      1, 1, 1, 1
    ])
  })
  it('divides the images of a table that has a column of sets anew', () => {
    const held = heldBy(listed(holdoutByPct(0), { validCol: 'held' }), 4, {}, table)
    expect(E.isRight(held) && held.right.flat().sort()).toEqual([...files].sort())
  })
  it('keeps groups in one fold', () => {
    const held = heldBy(listed(holdoutByPct(0)), 3, { group: 'patient', stratified: true }, table)
    if (E.isLeft(held)) throw new Error(held.left.found)
    expect(held.right.flat().sort()).toEqual([...files].sort())
    const groupsOf = (fold: ReadonlyArray<string>) => [...new Set(fold.map((f) => files.indexOf(f) % 5))]
    expect(held.right.flatMap(groupsOf).sort()).toEqual([0, 1, 2, 3, 4])
  })
  it('refuses more folds than images of a class, groups, or images', () => {
    const opened = (k: number, options: object) =>
      pipe(
        kFold(k, options)(imageFolder('photos')),
        E.chainW(([first]) => arranged(first))
      )
    expect(opened(5, { stratified: true })).toMatchObject({ left: { _tag: 'EmptyClass', found: '4 of bee' } })
    expect(opened(5, { group: { pattern: '(v[0-9])_' } })).toMatchObject({ left: { _tag: 'TooFewItems', found: '4' } })
    expect(opened(17, {})).toMatchObject({ left: { _tag: 'TooFewItems', found: '16' } })
  })
  it('refuses less than two folds, and data with sets of their own', () => {
    expect(kFold(1)(imageFolder('photos'))).toMatchObject({ left: { _tag: 'BadSpec', path: 'kFold' } })
    expect(kFold(5)(digits())).toMatchObject({ left: { _tag: 'BadSpec', path: 'kFold' } })
  })
})

describe('checkSpec', () => {
  it.each([
    [folder(holdoutByGroup('patient')), 'data.source.holdout.by'],
    [folder(holdoutByGroup({ pattern: 'no group' })), 'data.source.holdout.by'],
    [folder(holdoutByGroup({ pattern: '(' })), 'data.source.holdout.by'],
    [folder(holdoutByGroup({ pattern: '(a)' }, 0)), 'data.source.holdout.pct'],
    [folder(holdoutByColumn('held')), 'data.source.holdout.column'],
    [folder(holdoutStratified(1)), 'data.source.holdout.pct'],
    [folder(holdoutByFold(5, 5)), 'data.source.holdout.fold'],
    [imageMasks('photos', { masks: masksIn('labels'), holdout: holdoutStratified(0.2) }), 'data.source.holdout']
  ])('refuses %j', (spec, path) => {
    expect(checkSpec(spec).map((error) => error.path)).toEqual([path])
  })
})

describe('showHoldout', () => {
  it('shows the call that makes it', () => {
    expect([holdoutByGroup({ pattern: '(a)' }, 0.1), holdoutByColumn(2)].map(showHoldout.show)).toEqual([
      'holdoutByGroup({ pattern: "(a)" }, 0.1, 42)',
      'holdoutByColumn(2)'
    ])
  })
})

import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import { describe, expect, it } from 'vitest'
import {
  arrange,
  folderLayout,
  holdoutAuto,
  holdoutByFolder,
  holdoutByFunction,
  holdoutByGroup,
  holdoutByList,
  holdoutByPct,
  holdoutStratified,
  isImageName,
  settle
} from '../../src/data/index.js'

const listing = (...files: ReadonlyArray<string>) => ({
  files,
  folders: [...new Set(files.map((file) => file.slice(0, file.lastIndexOf('/'))))]
})
const both = listing('test/x.png', 'train/3/a.png', 'train/3/b.png', 'train/7/c.png', 'valid/3/d.png', 'valid/7/e.png')

const labels = (items: ReadonlyArray<{ label: string }>) => items.map((item) => item.label)

describe('arrange', () => {
  it('uses the train and valid folders if both exist, and sets the test folder apart, without a warning', () => {
    const arranged = arrange(folderLayout({}), 'root')(both)
    expect(arranged).toMatchObject({
      right: { test: ['test/x.png'], warnings: [] }
    })
    expect(
      pipe(
        arranged,
        E.map(({ train, valid }) => [labels(train), labels(valid)])
      )
    ).toEqual(
      E.right([
        ['3', '3', '7'],
        ['3', '7']
      ])
    )
  })

  it('draws from both sets when a percentage is asked for, and not from the test folder', () => {
    const arranged = arrange(folderLayout({ holdout: holdoutByPct(0.5, 1) }), 'root')(both)
    expect(
      pipe(
        arranged,
        E.map(({ train, valid }) => [train.length, valid.length])
      )
    ).toEqual(E.right([3, 2]))
    expect(
      pipe(
        arranged,
        E.map(({ train, valid }) => labels([...train, ...valid]).sort())
      )
    ).toEqual(E.right(['3', '3', '3', '7', '7']))
  })

  it('excludes exactly the named test folder, not paths that contain its name', () => {
    const files = listing('t/x.png', 'cat/a.png', 'tt/b.png', 'at/t.png')
    const arranged = arrange(folderLayout({ test: 't', holdout: holdoutByPct(0) }), 'root')(files)
    expect(
      pipe(
        arranged,
        E.map(({ train, test }) => [labels(train), test])
      )
    ).toEqual(E.right([['cat', 'tt', 'at'], ['t/x.png']]))
  })

  it('draws a holdout, and says so, without a valid folder', () => {
    const arranged = arrange(folderLayout({}), 'root')(listing('a/1.png', 'a/2.png', 'b/1.png', 'b/2.png', 'b/3.png'))
    expect(arranged).toMatchObject({ right: { valid: [expect.anything()], warnings: [{ _tag: 'HoldoutDrawn' }] } })
  })

  it('reports a missing folder', () => {
    const arranged = arrange(folderLayout({ holdout: holdoutByFolder }), 'root')(listing('train/a/1.png'))
    expect(arranged).toMatchObject({ left: { _tag: 'MissingFolder', path: 'root/valid' } })
  })

  it('refuses a folder without images', () => {
    expect(arrange(folderLayout({}), 'root')(listing('train/labels.csv'))).toMatchObject({ left: { _tag: 'NoImages' } })
  })

  it('refuses an empty class folder by name', () => {
    const arranged = arrange(folderLayout({}), 'root')({ ...both, folders: [...both.folders, 'train/9'] })
    expect(arranged).toMatchObject({ left: { _tag: 'EmptyClass', path: 'root/train/9' } })
  })

  it('accepts an empty folder that is not one of the given classes', () => {
    const layout = folderLayout({ classes: ['3', '7'] })
    expect(arrange(layout, 'root')({ ...both, folders: [...both.folders, 'train/9'] })._tag).toBe('Right')
  })

  it('reports a folder with files but no image', () => {
    const arranged = arrange(folderLayout({}), 'root')(listing(...both.files, 'train/notes/a.txt'))
    expect(arranged).toMatchObject({ right: { warnings: [{ _tag: 'NotImages', path: 'root/train/notes' }] } })
  })
})

describe('settle', () => {
  const items = (...names: ReadonlyArray<string>) => names.map((label, i) => ({ file: `${label}/${i}.png`, label }))
  const arranged = (train: ReadonlyArray<string>, valid: ReadonlyArray<string>) => ({
    train: items(...train),
    valid: items(...valid),
    test: [],
    warnings: []
  })
  const all = () => true

  it('infers the classes from the training labels, and leaves out drawn validation images of others with a warning', () => {
    const settled = settle(O.none, 'root', all)({ ...arranged(['b', 'a'], ['a', 'new']), drawn: true })
    expect(settled).toMatchObject({
      right: {
        task: { classes: ['a', 'b'] },
        train: [{ target: 1 }, { target: 0 }],
        valid: [{ label: 'a', target: 0 }],
        warnings: [{ _tag: 'DroppedLabels', found: expect.stringContaining('new') }]
      }
    })
  })

  it('refuses validation images of other classes where their set was assigned, unless classes are given', () => {
    const sets = arranged(['b', 'a'], ['a', 'new', 'new'])
    expect(settle(O.none, 'root', all)(sets)).toMatchObject({
      left: { _tag: 'UnknownLabel', path: 'root: new', found: '2 of new, such as new/1.png' }
    })
    // what cannot be read counts nowhere
    expect(settle(O.none, 'root', (file) => !file.startsWith('new'))(sets)).toMatchObject({ right: { warnings: [] } })
    expect(settle(O.some(['a', 'b']), 'root', all)(sets)).toMatchObject({
      right: { valid: [{ label: 'a' }], warnings: [{ _tag: 'DroppedLabels' }] }
    })
  })

  it.each([
    ['folders', holdoutAuto, false],
    ['a list', holdoutByList(['train/7/c.png']), false],
    ['a function', holdoutByFunction('c', (file) => file.endsWith('c.png')), false],
    ['a seed', holdoutByPct(0.4), true],
    ['strata', holdoutStratified(0.4), true],
    ['groups', holdoutByGroup({ pattern: '(.)[.]png$' }), true]
  ])('tells validation images that %s determine', (_, holdout, drawn) => {
    expect(arrange(folderLayout({ holdout }), 'root')(both)).toMatchObject({ right: { drawn } })
  })

  it('refuses a single class', () => {
    expect(settle(O.none, 'root', all)(arranged(['a', 'a'], []))).toMatchObject({ left: { _tag: 'OneClass' } })
  })

  it('refuses a class all of whose training images are unreadable', () => {
    expect(settle(O.none, 'root', (file) => !file.startsWith('b'))(arranged(['a', 'b'], []))).toMatchObject({
      left: { _tag: 'EmptyClass', path: 'root: b' }
    })
  })

  it('refuses a given class that has no image', () => {
    expect(settle(O.some(['a', 'b', 'c']), 'root', all)(arranged(['a', 'b'], []))).toMatchObject({
      left: { _tag: 'EmptyClass', path: 'root: c' }
    })
  })

  it('refuses training data that cannot be read at all', () => {
    expect(settle(O.none, 'root', () => false)(arranged(['a', 'b'], []))).toMatchObject({ left: { _tag: 'NoImages' } })
  })
})

describe('isImageName', () => {
  it('tests the extension, in any case', () => {
    expect(['a.png', 'b.JPEG', 'c.bmp', 'labels.csv', 'png'].map(isImageName)).toEqual([true, true, true, false, false])
  })
})

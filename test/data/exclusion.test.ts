import * as E from 'fp-ts/lib/Either.js'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dataLayout, imageFolder, readExclusion, withoutExcluded, writeExclusion } from '../../src/data/index.js'

const names = fc.string({ minLength: 1, unit: fc.constantFrom('a', '#', '"', ' ', '\n', '\r', '/', '\\', 'é', '.') })

describe('the list of excluded images', () => {
  it('reads what it writes, whatever the names', () => {
    fc.assert(
      fc.property(fc.array(names), (paths) => {
        expect(readExclusion('fix.txt')(writeExclusion(paths))).toEqual(E.right(paths))
      }),
      { seed: 7, numRuns: 200 }
    )
  })

  it('ignores comments, empty lines, a byte order mark and line ends of Windows', () => {
    expect(readExclusion('fix.txt')('\uFEFF# copies\r\n\r\na.png\r\n  b c.png \r\n')).toEqual(
      E.right(['a.png', 'b c.png'])
    )
  })

  it('names the line of a damaged JSON string', () => {
    expect(readExclusion('fix.txt')('a.png\n"b.png\n')).toMatchObject(
      E.left({ _tag: 'BadTable', path: 'fix.txt, line 2', found: '"b.png' })
    )
  })
})

describe('withoutExcluded', () => {
  const files = ['train/a/1.png', 'train/a/2.png', 'train/b/1.png', 'valid/a/3.png', 'valid/b/2.png', 'test/9.png']
  const { source } = imageFolder('photos')
  const found = dataLayout(source).arrange('photos', [])({ files, folders: [] })
  if (E.isLeft(found)) throw new Error(found.left.found)

  it('leaves images out of every set and out of the targets, and the others in their sets', () => {
    const kept = withoutExcluded('photos', ['./train/a/1.png', 'photos/valid/b/2.png', 'test/9.png'])(found.right)
    const settled = kept.settle(() => true)
    expect(kept.train.map(({ file }) => file)).toEqual(['train/a/2.png', 'train/b/1.png'])
    expect(
      E.map((s: { readonly valid: ReadonlyArray<{ readonly file: string }> }) => s.valid.map(({ file }) => file))(
        settled
      )
    ).toEqual(E.right(['valid/a/3.png']))
    expect(kept.test).toEqual([])
    expect(kept.warnings).toEqual(found.right.warnings)
  })

  it('warns of paths that name no image', () => {
    const kept = withoutExcluded('photos', ['train/a/1.png', 'train/a/one.png'])(found.right)
    expect(kept.warnings.map((w) => w.found)).toEqual(['1 of 2 excluded paths name no image: train/a/one.png'])
  })
})

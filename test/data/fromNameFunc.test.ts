import { describe, expect, it } from 'vitest'
import { dataLayout, fromNameFunc } from '../../src/data/index.js'
import { encodeData } from '../../src/format/index.js'
import { left, right } from '../io/workplace.js'

const files = ['Train/Pug_1.jpg', 'Train/tabby_1.jpg', 'val/Pug_2.jpg', 'val/tabby_2.jpg', 'test/1.jpg']

const arranged = (f: (file: string) => string) =>
  dataLayout(fromNameFunc('pets', 'case', f).source).arrange('pets', [])({ files, folders: [] })

const byCase = (file: string): string => (/[A-Z]\w+_\d/.test(file.split('/').at(-1)!) ? 'dog' : 'cat')

describe('images labelled by a function', () => {
  it('have the label that it returns, in the sets of their folders', () => {
    const { train, valid, test } = right(arranged(byCase))
    expect(train).toEqual([
      { file: 'Train/Pug_1.jpg', label: 'dog' },
      { file: 'Train/tabby_1.jpg', label: 'cat' }
    ])
    expect([valid.length, test]).toEqual([2, ['test/1.jpg']])
  })

  it.each([
    ['throws', () => (undefined as unknown as string).slice(1), /^"case" threw: TypeError/],
    ['returns nothing', () => '', /^"case" returned ""/],
    ['returns a number', () => 7 as unknown as string, /^"case" returned 7/]
  ])('are an error with the file and the label of a function that %s', (_, f, found) => {
    expect(left(arranged(f))).toMatchObject({
      _tag: 'NoMatch',
      path: 'pets/Train/Pug_1.jpg',
      found: expect.stringMatching(found)
    })
  })

  it('have no JSON form', () => {
    expect(left(encodeData(fromNameFunc('pets', 'case', byCase)))[0]).toMatchObject({ path: 'source.f' })
  })
})

import { describe, expect, it } from 'vitest'
import { left, names, pets, right } from './petTable.js'

const lines = (row: (i: number) => object, more = ''): string =>
  `${names.map((_, i) => `${JSON.stringify(row(i))}\n`).join('')}${more}`

const plain = (i: number) => ({ file: names[i], label: i % 2 === 0 ? 'cat' : 'dog', width: 3 })

const csv = 'pets.jsonl'

describe('a table in JSON Lines', () => {
  it('is read as one in CSV, whatever the order of its keys', () => {
    const { task, all } = right(
      lines((i) => (i % 3 === 0 ? { label: plain(i).label, file: names[i] } : plain(i))),
      {
        csv
      }
    )
    expect(task).toEqual(pets)
    expect(all).toHaveLength(12)
  })

  it('has several labels in a list', () => {
    const text = lines((i) => ({ file: names[i], tags: i % 2 === 0 ? ['cat', 'big'] : ['dog'] }))
    expect(right(text, { csv }).task).toEqual({ _tag: 'MultiLabel', classes: ['big', 'cat', 'dog'] })
  })

  it.each([
    ['{"file": "img/1.png",', 'SyntaxError'],
    ['["img/1.png", "cat"]', 'a list'],
    ['"img/1.png"', '"img/1.png"']
  ])('is an error for the line %j, by its number', (line, found) => {
    expect(left(lines(plain, `\n${line}\n`), { csv })).toMatchObject({
      _tag: 'BadTable',
      path: '/data/pets/pets.jsonl: line 14',
      expected: 'a JSON object',
      found: expect.stringContaining(found)
    })
  })

  it('names the line of a missing label', () => {
    expect(left(lines(plain, `\n{"file": "x.png"}\n`), { csv })).toMatchObject({
      path: '/data/pets/pets.jsonl: line 14',
      expected: 'a label',
      found: 'nothing'
    })
  })

  it('needs no label for images to test on', () => {
    const rows = lines((i) => ({ ...plain(i), split: i > 7 ? 'test' : 'train', ...(i > 7 ? { label: null } : {}) }))
    expect(right(rows, { csv }).test).toEqual(names.slice(8))
  })
})

describe('a table in CSV', () => {
  it('needs no label for images to test on, by its column of sets or by their folders', () => {
    const rows = names.map((name, i) => `${name},${i > 9 ? '' : plain(i).label},${i > 9 ? 'test' : 'train'}\n`).join('')
    expect(right(`file,label,set\n${rows}`).test).toEqual(names.slice(10))
    const files = names.map((name, i) => name.replace('img', i > 9 ? 'test' : 'train'))
    const byFolder = files.map((name, i) => `${name},${i > 9 ? '' : plain(i).label}\n`).join('')
    expect(right(`file,label\n${byFolder}`, {}, files).test).toEqual(files.slice(10))
  })
})

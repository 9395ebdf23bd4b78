/** What the labels of a table are taken for, and what is neither a class nor a number. */
import { describe, expect, it } from 'vitest'
import { label, left, right, table } from './petTable.js'

const column = (cells: (i: number) => string, header = 'value'): string =>
  table(`name,${header}`, (name, i) => `${name},"${cells(i)}"`)

const guesses = (...args: Parameters<typeof right>) =>
  right(...args).warnings.filter(({ _tag }) => _tag === 'TableGuessed')

describe('a number with a unit or separators', () => {
  it.each([
    ['a unit', (i: number) => `${i + 0.5} kg`],
    ['a unit without a space', (i: number) => `${i}cm`],
    ['thousands', (i: number) => `1,${500 + i}.5`],
    ['thousands, by a point', (i: number) => `1.${500 + i},5`],
    ['thousands, by a space', (i: number) => `1 ${500 + i}`],
    ['millions', (i: number) => `1,${500 + i},000`],
    ['hexadecimal digits', (i: number) => `0x${(16 + i).toString(16)}`],
    ['a currency', (i: number) => `$${i}.99`],
    ['a percent sign', (i: number) => `${i} %`]
  ])('with %s is not a class of a single image', (_, cell) => {
    expect(left(column(cell))).toMatchObject({
      _tag: 'BadTable',
      path: '/data/pets/labels.csv: line 2',
      found: JSON.stringify(cell(0)),
      hint: expect.stringContaining('plain numbers')
    })
    expect(right(column(cell), { labels: 'classes' }).task._tag).toBe('Classification')
  })

  it('is a class if several images have it', () => {
    expect(right(column((i) => `${i % 2} kg`)).task).toMatchObject({ classes: ['0 kg', '1 kg'] })
  })

  it('with a comma before three digits is ambiguous, unless columns are separated by semicolons or another cell decides', () => {
    const cell = (i: number): string => `1,${500 + i}`
    expect(left(column(cell))).toMatchObject({
      _tag: 'BadTable',
      expected: 'an unambiguous number',
      found: '"1,500"'
    })
    expect(right(table('name;value', (name, i) => `${name};${cell(i)}`)).train[0]!.target).toEqual([
      expect.closeTo(1.5, 1)
    ])
    expect(right(column((i) => (i === 0 ? '0,5' : cell(i)))).task._tag).toBe('Regression')
  })
})

describe('a missing label', () => {
  it.each(['undefined', '(null)', '[null]', '<none>', '\\N', '?', '--', '#REF!', '#DIV/0!', 'NaT', 'n.a.', '...'])(
    '%s is not a class',
    (hole) => {
      expect(left(column((i) => (i === 3 ? hole : label(i)), 'label'))).toMatchObject({
        _tag: 'BadTable',
        path: '/data/pets/labels.csv: line 5',
        expected: 'a label',
        found: JSON.stringify(hole)
      })
    }
  )

  it('in columns of 0 and 1 is reported with its column', () => {
    const text = table('name,cat,dog', (name, i) => `${name},${i % 2},${i === 3 ? '' : 1 - (i % 2)}`)
    expect(left(text, { labelCol: ['cat', 'dog'] })).toMatchObject({
      path: '/data/pets/labels.csv: line 5',
      expected: '0 or 1 in the column dog',
      found: 'nothing',
      hint: 'complete the row or remove it'
    })
  })

  it('in columns of numbers is reported with its column', () => {
    const text = table('name,x,y', (name, i) => `${name},${i}.5,${i === 3 ? 'NA' : i}`)
    expect(left(text, { labelCol: ['x', 'y'] })).toMatchObject({
      path: '/data/pets/labels.csv: line 5',
      expected: 'a finite number in the column y',
      found: '"NA"'
    })
  })
})

describe('columns named as labels', () => {
  it.each([
    ['1', '0'],
    ['1.0', '0.0'],
    ['1', '-1'],
    ['True', 'False'],
    ['yes', 'no']
  ])('hold %s and %s', (yes, no) => {
    const text = table('name,cat,dog', (name, i) => `${name},${i % 2 === 0 ? yes : no},${i % 2 === 1 ? yes : no}`)
    const { task, train } = right(text, { labelCol: ['cat', 'dog'] })
    expect(task).toEqual({ _tag: 'MultiLabel', classes: ['cat', 'dog'] })
    expect(train.map(({ target }) => target)).toEqual(
      train.map(({ file }) => (Number(/\d+/.exec(file)![0]) % 2 === 0 ? [1, 0] : [0, 1]))
    )
  })

  const cats = (i: number): number => Number(i % 3 === 0)
  const dogs = (i: number): number => Number(i % 3 === 1)
  const eels = (i: number): number => Number(i % 3 === 2)

  it.each([
    ['alone', 'name,cat,dog,eel', (name: string, i: number) => [name, cats(i), dogs(i), eels(i)]],
    ['before the files', 'cat,dog,eel,name', (name: string, i: number) => [cats(i), dogs(i), eels(i), name]],
    ['beside a number', 'name,age,cat,dog,eel', (name: string, i: number) => [name, 20 + i, cats(i), dogs(i), eels(i)]],
    ['beside a word', 'name,room,cat,dog,eel', (name: string, i: number) => [name, `r${i}`, cats(i), dogs(i), eels(i)]],
    [
      'with decimals',
      'name,cat,dog,eel',
      (name: string, i: number) => [name, `${cats(i)}.0`, `${dogs(i)}.0`, `${eels(i)}.0`]
    ],
    ['as words', 'name,cat,dog,eel', (name: string, i: number) => [name, cats(i) === 1, dogs(i) === 1, eels(i) === 1]]
  ])('one of which holds yes are all read: %s', (_, header, row) => {
    const text = table(header, (name, i) => row(name, i).join(','))
    const { task, train, valid } = right(text)
    expect(task).toEqual({ _tag: 'MultiLabel', classes: ['cat', 'dog', 'eel'] })
    for (const { file, target } of [...train, ...valid]) {
      const i = Number(/\d+/.exec(file)![0])
      expect(target).toEqual([cats(i), dogs(i), eels(i)])
    }
    expect(guesses(text).map(({ hint }) => hint)).toContain(
      "to read them as classes, one per image: imageCsv(path, { labels: 'classes' })"
    )
    const classes = right(text, { labels: 'classes' })
    expect(classes.task).toEqual({ _tag: 'Classification', classes: ['cat', 'dog', 'eel'] })
    expect(classes.all.slice(0, 3).map(([, its]) => its)).toEqual(['cat', 'dog', 'dog'])
  })

  it('are all read if images have several, and set columns are not among them', () => {
    const text = table('name,cat,big,old,is_valid', (name, i) => `${name},${cats(i)},${i % 2},1,${Number(i > 9)}`)
    const { task, valid } = right(text)
    expect(task).toEqual({ _tag: 'MultiLabel', classes: ['cat', 'big', 'old'] })
    expect(valid.length).toBe(2)
    expect(guesses(text).map(({ found }) => found)).toEqual([
      'files in column "name"; labels in column "cat", "big", "old"; sets in column "is_valid"'
    ])
  })

  it('are not read beside a column of labels, or alone beside others', () => {
    expect(
      right(table('name,cat,dog,label', (name, i) => `${name},${cats(i)},${1 - cats(i)},${label(i)}`)).task
    ).toEqual({
      _tag: 'Classification',
      classes: ['cat', 'dog']
    })
    expect(right(table('name,kind,indoor', (name, i) => `${name},${label(i)},${i % 2}`)).task).toMatchObject({
      classes: ['cat', 'dog']
    })
  })

  it('with -1, 0 and 1 are numbers', () => {
    const text = table('name,cat,dog', (name, i) => `${name},${(i % 3) - 1},${i % 2}`)
    expect(right(text, { labelCol: ['cat', 'dog'] }).task).toEqual({ _tag: 'Regression', outputs: 2 })
  })
})

describe('several labels in a cell', () => {
  it.each(['|', ';', ','])('separated by %s without labelDelim are reported, with the option', (delim) => {
    const [guess] = guesses(column((i) => (i % 3 === 0 ? `${label(i)}${delim}big` : label(i)), 'tags'))
    expect(guess).toMatchObject({
      found: `each cell read as one class, such as "cat${delim}big"`,
      hint: expect.stringContaining(`imageCsv(path, { labelDelim: '${delim}' })`)
    })
  })

  it('separated by spaces are distinguished from names of several words', () => {
    const tags = ['clear primary', 'clear primary water', 'haze primary', 'haze water', 'clear water', 'haze', 'clear']
    expect(guesses(column((i) => tags[i % 7]!, 'tags'))[0]?.hint).toContain("labelDelim: ' '")
    const breeds = ['golden retriever', 'labrador retriever', 'german shepherd']
    expect(guesses(column((i) => breeds[i % 3]!, 'breed'))).toEqual([])
  })

  it('written as Python lists are an error that says how to write them', () => {
    expect(left(column((i) => `['${label(i)}', 'big']`, 'tags')).hint).toContain("labelDelim: '|'")
  })

  it('are distinguished from names with a comma', () => {
    expect(guesses(column((i) => ['cat, wild', 'dog'][i % 2]!, 'label'))).toEqual([])
  })
})

describe('one class in all rows', () => {
  it('gets a hint about the table, not about folders', () => {
    expect(left(column(() => 'cat', 'label'))).toMatchObject({
      _tag: 'OneClass',
      hint: expect.stringContaining('imageCsv(path, { labelCol })')
    })
  })
})

describe('classes of one image each', () => {
  it('are an error, unless declared as classes', () => {
    for (const cell of [
      (i: number) => `animal-${i}`,
      (i: number) => String(20 + i),
      (i: number) => `2024-01-${10 + i}`
    ]) {
      expect(left(column(cell, 'kind'))).toMatchObject({ _tag: 'BadTable', hint: expect.stringContaining('labelCol') })
      expect(right(column(cell, 'kind'), { labels: 'classes' }).task._tag).toBe('Classification')
    }
  })

  it('give a warning if most classes have one image', () => {
    expect(guesses(column((i) => `animal-${Math.max(3, i)}`, 'label'))[0]?.found).toBe('9 classes for 12 images')
  })

  it('are not reported for columns of other values', () => {
    for (const header of ['name,fold,kind', 'name,width,kind', 'name,photo_id,kind'])
      expect(right(table(header, (name, i) => `${name},${i % 3},${label(i)}`)).task).toMatchObject({
        classes: ['cat', 'dog']
      })
  })
})

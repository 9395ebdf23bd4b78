/** Tables as people have them: headers, holes, sets, encodings, duplicates, separators, paths. */
import { describe, expect, it } from 'vitest'
import { expected, label, left, names, pets, plain, right, table } from './petTable.js'

const utf16 = (text: string, big: boolean, mark = true): Uint8Array => {
  const bytes = Buffer.from(`${mark ? '\uFEFF' : ''}${text}`, 'utf16le')
  return big ? bytes.swap16() : bytes
}

describe('the form of a table', () => {
  it.each([
    ['a byte order mark', `\uFEFF${plain}`],
    ['CRLF', plain.replaceAll('\n', '\r\n')],
    ['CR', plain.replaceAll('\n', '\r')],
    ['semicolons', plain.replaceAll(',', ';')],
    ['tabs', plain.replaceAll(',', '\t')],
    ['bars', plain.replaceAll(',', '|')],
    ['no header', plain.replace('name,label\n', '')],
    ['no header, semicolons', plain.replace('name,label\n', '').replaceAll(',', ';')],
    ['blank lines', `${plain}\n   \n,\n`],
    ['quotes', plain.replaceAll(/(img[^,\n]*),(\w+)/g, '"$1","$2"')],
    ['spaces and quotes', plain.replaceAll(/(img[^,\n]*),(\w+)/g, ' "$1" , "$2" ')],
    ['columns in the other order', table('label,name', (name, i) => `${label(i)},${name}`)],
    ['other names for them', table('filename,breed', (name, i) => `${name},${label(i)}`)],
    ['an index', table(',name,label', (name, i) => `${i},${name},${label(i)}`)],
    ['another column before the label', table('name,width,label', (name, i) => `${name},32,${label(i)}`)],
    ['empty columns', table('name,label,,', (name, i) => `${name},${label(i)},,`)],
    ['backslashes', table('name,label', (name, i) => `${name.replace('/', '\\')},${label(i)}`)],
    ['./', table('name,label', (name, i) => `./${name},${label(i)}`)],
    ['../', table('name,label', (name, i) => `../pets/${name},${label(i)}`)],
    ['paths from the root', table('name,label', (name, i) => `/data/pets/${name},${label(i)}`)],
    [
      'paths of another machine',
      table('name,label', (name, i) => `${['C:', 'mine', 'pets', name].join('\\')},${label(i)}`)
    ],
    ['paths from the folder above', table('name,label', (name, i) => `pets/${name},${label(i)}`)],
    ['UTF-16, little-endian', utf16(plain, false)],
    ['UTF-16, big-endian', utf16(plain, true)]
  ])('may have %s', (_, text) => {
    const { all, task } = right(text)
    expect(all).toEqual(expected)
    expect(task).toEqual(pets)
  })

  it.each([
    [plain.replaceAll(',', ';'), 'columns separated by ";"'],
    [plain.replace('name,label\n', ''), 'no header'],
    [table('label,name', (name, i) => `${label(i)},${name}`), 'files in column "name"; labels in column "label"'],
    [table('name,label,split', (name, i) => `${name},${label(i)},${i < 6 ? 'train' : 'val'}`), 'sets in column "split"']
  ])('is reported if it is unusual: %#', (text, found) => {
    expect(right(text).warnings.find(({ _tag }) => _tag === 'TableGuessed')?.found).toContain(found)
  })

  it('is reported with the columns that are not read', () => {
    const text = table('name,kind,colour', (name, i) => `${name},${label(i)},${i % 3 === 0 ? 'red' : 'blue'}`)
    expect(right(text).warnings.find(({ _tag }) => _tag === 'TableGuessed')?.found).toBe(
      'labels in column "kind" (not in "colour")'
    )
  })

  it('has labels in all columns of yes and no, also beside words', () => {
    const text = table('name,big,wet,note', (name, i) => `${name},${i % 2},${i % 3 === 0 ? 1 : 0},seen ${i}`)
    const { task, warnings } = right(text)
    expect(task).toEqual({ _tag: 'MultiLabel', classes: ['big', 'wet'] })
    expect(warnings.find(({ _tag }) => _tag === 'TableGuessed')?.found).toContain(
      'labels in column "big", "wet" (not in "note")'
    )
  })

  it('gives no warning if it is the standard form', () => {
    expect(right(plain).warnings.map(({ _tag }) => _tag)).toEqual(['HoldoutDrawn'])
  })

  it('is used unchanged if it is given', () => {
    const text = table('a;b;c', (name, i) => `${label(i)};x;${name}`)
    expect(right(text, { delimiter: ';', fnCol: 'c', labelCol: 'a', header: true }).all).toEqual(expected)
    expect(left(text, { delimiter: ',' })).toMatchObject({ _tag: 'BadTable' })
  })

  it('keeps newlines and delimiters in quotes', () => {
    const text = table('name,label', (name, i) => `"${name}","${label(i)}\n, x"`)
    expect(right(text).task).toEqual({ _tag: 'Classification', classes: ['cat\n, x', 'dog\n, x'] })
  })

  it('does not treat its first image as a header', () => {
    const bare = plain.replace('name,label\n', '')
    expect(right(bare).files.length).toBe(12)
    expect(left(bare, { header: true })).toMatchObject({ _tag: 'BadTable', found: 'an image, img/0.png' })
    expect(left(bare, { labelCol: 'label' })).toMatchObject({
      _tag: 'BadTable',
      path: expect.stringContaining('line 1')
    })
    // nor where the image itself is not there
    expect(left(bare, {}, names.slice(1))).toMatchObject({ _tag: 'MissingFolder', path: '/data/pets/img/0.png' })
  })

  it('with rows of other lengths is an error with the line', () => {
    expect(left(`${plain}img/1.png\n`)).toMatchObject({ _tag: 'BadTable', path: expect.stringContaining('line 14') })
    expect(left(`${plain}img/1.png,dog,big\n`)).toMatchObject({ path: expect.stringContaining('line 14') })
  })
})

describe('missing values', () => {
  const holes = ['', 'NaN', 'nan', 'NA', 'N/A', '#N/A', 'None', 'null', 'NULL', '<NA>', '  ']

  it.each(holes)('%j is not a class', (hole) => {
    const text = table('name,label', (name, i) => `${name},${i === 3 ? hole : label(i)}`)
    expect(left(text)).toMatchObject({ _tag: 'BadTable', path: '/data/pets/labels.csv: line 5' })
  })

  it.each(holes)('%j is not a number', (hole) => {
    const text = table('name,age', (name, i) => `${name},${i === 3 ? hole : 20.5 + i}`)
    expect(left(text)).toMatchObject({ _tag: 'BadTable', path: '/data/pets/labels.csv: line 5' })
  })

  it('among integers are errors too', () => {
    const text = table('name,class', (name, i) => `${name},${i === 3 ? '' : i % 2}`)
    expect(left(text)).toMatchObject({ _tag: 'BadTable', path: expect.stringContaining('line 5') })
  })

  it('may be declared as classes', () => {
    const text = table('name,label', (name, i) => `${name},${i % 2 === 0 ? 'None' : 'dog'}`)
    expect(right(text, { classes: ['None', 'dog'] }).task).toEqual({ _tag: 'Classification', classes: ['None', 'dog'] })
  })

  it('of a multi-label image mean no labels if the cell is empty, and are an error if it holds a placeholder', () => {
    const text = (hole: string) => table('name,tags', (name, i) => `${name},${i === 3 ? hole : 'big cat'}`)
    expect(right(text(''), { labelDelim: ' ' }).task).toEqual({ _tag: 'MultiLabel', classes: ['big', 'cat'] })
    expect(left(text('nan'), { labelDelim: ' ' })).toMatchObject({ path: expect.stringContaining('line 5') })
  })

  it('and words among numbers, and infinite numbers, are errors', () => {
    for (const odd of ['old', '1e999', '-Infinity', '20.5 years']) {
      const text = table('name,age', (name, i) => `${name},${i === 3 ? odd : 20.5 + i}`)
      expect(left(text)).toMatchObject({ _tag: 'BadTable', path: expect.stringContaining('line 5') })
      expect(left(text, { labels: 'numbers' })).toMatchObject({ path: expect.stringContaining('line 5') })
      expect(right(text, { labels: 'classes' }).task._tag).toBe('Classification')
    }
  })

  it('in the column of files are errors', () => {
    expect(left(`${plain},cat\n`)).toMatchObject({ _tag: 'BadTable', path: expect.stringContaining('line 14') })
  })

  it('decimal commas are numbers', () => {
    const { task, train } = right(table('name;age', (name, i) => `${name};${20 + i},5`))
    expect(task).toEqual({ _tag: 'Regression', outputs: 1 })
    expect(train.find(({ file }) => file === 'img/0.png')?.target).toEqual([20.5])
  })
})

describe('a column of sets', () => {
  const held = (yes: string, no: string, header = 'is_valid') =>
    table(`name,label,${header}`, (name, i) => `${name},${label(i)},${i % 4 < 2 ? yes : no}`)

  it.each([
    ['True', 'False'],
    ['TRUE', 'FALSE'],
    ['1', '0'],
    ['1.0', '0.0'],
    ['y', 'n'],
    ['Yes', 'No'],
    ['T', 'F'],
    ['val', 'train'],
    ['VALID', 'Train'],
    ['validation', 'training'],
    ['dev', 'train'],
    ['eval', 'trn'],
    ['1', '']
  ])('holds out %s and trains on %j, named or not', (yes, no) => {
    for (const options of [{}, { validCol: 'is_valid' }, { validCol: 2 }]) {
      const { train, valid } = right(held(yes, no), options)
      expect(valid.map(({ file }) => file)).toEqual(names.filter((_, i) => i % 4 < 2))
      expect(train.length).toBe(6)
    }
  })

  it.each(['split', 'Set', 'SUBSET', 'partition', 'is_val', 'valid', 'data_set', 'usage'])(
    'may be called %s',
    (header) => {
      expect(right(held('valid', 'train', header)).valid.length).toBe(6)
    }
  )

  it('called is_train marks training images', () => {
    expect(right(held('False', 'True', 'is_train')).valid.map(({ file }) => file)).toEqual(
      names.filter((_, i) => i % 4 < 2)
    )
  })

  const split = table('name,label,split', (name, i) => {
    return `${name},${label(i)},${['train', 'Train', 'Valid', 'valid', 'TEST', 'testing'][i % 6]!}`
  })

  it.each([[{}], [{ validCol: 'split' }]])('keeps test rows from training and validation: %o', (options) => {
    const { train, valid, test } = right(split, options)
    expect([train.length, valid.length, test.length]).toEqual([4, 4, 4])
    expect(test).toEqual(['img/4.png', 'img/5.png', 'img/10.png', 'img/11.png'])
  })

  it('excludes test rows from a random holdout', () => {
    const { train, valid, test } = right(split, { holdout: { _tag: 'ByPct', pct: 0.5, seed: 1 } })
    expect([train.length, valid.length, test.length]).toEqual([4, 4, 4])
    const two = table('name,label,split', (name, i) => `${name},${label(i)},${i < 10 ? 'train' : 'test'}`)
    expect(right(two).valid.length).toBe(2)
    expect(right(two).test).toEqual(['img/10.png', 'img/11.png'])
    const marked = table('name,label,is_test', (name, i) => `${name},${label(i)},${i < 2 ? 'True' : 'False'}`)
    expect(right(marked).test).toEqual(['img/0.png', 'img/1.png'])
  })

  it('without a header is recognised by its words', () => {
    expect(right(split.replace('name,label,split\n', '')).test.length).toBe(4)
  })

  it('is recognised by its words under any other name', () => {
    const text = split.replace('name,label,split', 'name,label,purpose')
    expect(right(text).test).toEqual(['img/4.png', 'img/5.png', 'img/10.png', 'img/11.png'])
  })

  it.each([
    ['tr', 'va'],
    ['train', 'valid'],
    ['Train', 'VAL'],
    ['training', 'holdout'],
    ['TRAIN', 'Eval', 'Testing'],
    ['trn', 'vl', 'te'],
    ['val', 'test', 'train'],
    ['train2017', 'val2017'],
    ['set_train', 'set_valid', 'set_test']
  ])('is known by its words under a name that says nothing: %s, %s, %s', (...words) => {
    const setOf = (i: number): string => words[(i >> 1) % words.length]!
    for (const text of [
      table('name,label,teil', (name, i) => `${name},${label(i)},${setOf(i)}`),
      table('name,teil,label', (name, i) => `${name},${setOf(i)},${label(i)}`),
      table('teil;name;breed', (name, i) => `${setOf(i)};${name};${label(i)}`),
      table('name,class,breed', (name, i) => `${name},${setOf(i)},${label(i)}`),
      table('', (name, i) => `${name},${label(i)},${setOf(i)}`)
    ]) {
      const { train, valid, test, task, warnings } = right(text)
      expect(task).toEqual({ _tag: 'Classification', classes: ['cat', 'dog'] })
      expect(warnings.find(({ _tag }) => _tag === 'HoldoutDrawn')).toBeUndefined()
      const of = (n: number): number => names.filter((_, i) => (i >> 1) % words.length === n).length
      const [t, v, rest] = words[0] === 'val' ? [2, 0, 1] : [0, 1, 2]
      expect([train.length, valid.length, test.length]).toEqual([of(t), of(v), words.length === 3 ? of(rest) : 0])
    }
  })

  it('under a name that says nothing may not hold a misspelt word or nothing', () => {
    for (const odd of ['vaild', 'unused', '']) {
      const text = table('name,label,teil', (name, i) =>
        [name, label(i), ['train', 'val', odd][i % 3 === 2 && i > 6 ? 2 : i % 2]!].join(',')
      )
      expect(left(text)).toMatchObject({ _tag: 'BadTable', path: '/data/pets/labels.csv: line 10' })
    }
  })

  it('is told from labels that are words for sets by chance', () => {
    for (const words of [
      ['train', 'bus', 'car'],
      ['test', 'control'],
      ['train', 'tram']
    ]) {
      const text = table('name,vehicle,width', (name, i) => `${name},${words[i % words.length]!},32`)
      expect(right(text).task).toEqual({ _tag: 'Classification', classes: [...words].sort() })
    }
  })

  it('alone is no column of labels', () => {
    const text = table('name,teil', (name, i) => `${name},${i < 8 ? 'train' : 'val'}`)
    expect(left(text)).toMatchObject({
      _tag: 'BadTable',
      expected: 'a column of labels in addition to that of file names'
    })
  })

  it.each([
    ['valid', 'train', 'val', 'holdout'],
    ['valid', 'train', 'dev', 'eval'],
    ['valid', 'tr', 'va', 'valid'],
    ['train', 'train', 'training', 'val']
  ])('with two words for the %s set is an error, as two folders are: %s, %s, %s', (set, ...words) => {
    for (const header of ['split', 'teil'])
      for (const options of [{}, { validCol: header }])
        expect(
          left(
            table(`name,label,${header}`, (name, i) => `${name},${label(i)},${words[i % 3]!}`),
            options
          )
        ).toMatchObject({
          _tag: 'BadTable',
          expected: expect.stringContaining(set === 'valid' ? 'validation set' : 'training set'),
          hint: expect.stringContaining('test for the rows to keep apart')
        })
  })

  it('may write one word in several ways', () => {
    const text = table(
      'name,label,split',
      (name, i) => `${name},${label(i)},${['train', 'TRAIN', 'Val ', 'val'][i % 4]!}`
    )
    expect(right(text).valid.length).toBe(6)
  })

  it('is an error if there are two, so that no test row is trained on', () => {
    const text = table(
      'name,label,is_valid,is_test',
      (name, i) => `${name},${label(i)},${Number(i < 2)},${Number(i > 9)}`
    )
    expect(left(text)).toMatchObject({ _tag: 'BadTable', found: 'several: "is_valid", "is_test"' })
    expect(right(text, { validCol: 'is_test' }).test).toEqual(['img/10.png', 'img/11.png'])
  })

  it('with an unknown word, or an empty cell among words, is an error', () => {
    for (const odd of ['holdback', '2', '']) {
      const text = split.replace('img/1.png,dog,Train', `img/1.png,dog,${odd}`)
      for (const options of [{}, { validCol: 'split' }])
        expect(left(text, options)).toMatchObject({ _tag: 'BadTable', path: '/data/pets/labels.csv: line 3' })
    }
  })

  it('is ignored if only its name suggests one', () => {
    const text = table('name,label,set', (name, i) => `${name},${label(i)},lego${i}`)
    expect(right(text).valid.length).toBe(2)
    expect(left(text, { validCol: 'set' })._tag).toBe('BadTable')
  })

  it('may be replaced by folders in the paths', () => {
    const files = [...names.map((_, i) => `train/${i}.png`), 'val/a.png', 'val/b.png', 'test/c.png']
    const text = `name,label\n${files.map((file, i) => `${file},${label(i)}\n`).join('')}`
    const { valid, test, train } = right(text, {}, files)
    expect([train.length, valid.length, test]).toEqual([12, 2, ['test/c.png']])
  })

  it('in the paths is an error if two folders are for one set', () => {
    const files = [...names.map((_, i) => `train/${i}.png`), 'val/a.png', 'holdout/b.png']
    const text = `name,label\n${files.map((file, i) => `${file},${label(i)}\n`).join('')}`
    expect(left(text, {}, files)).toMatchObject({ _tag: 'AmbiguousFolders', found: 'val, holdout' })
  })
})

describe('the encoding', () => {
  const french = table('name,label', (name, i) => `${name},${i % 2 === 0 ? 'café' : 'dog'}`)
  const latin1 = Buffer.from(french, 'latin1')

  it('is strict UTF-8, with a suggestion for Latin-1', () => {
    expect(right(french).task).toEqual({ _tag: 'Classification', classes: ['café', 'dog'] })
    expect(left(latin1)).toMatchObject({
      _tag: 'BadTable',
      path: '/data/pets/labels.csv: line 2',
      found: expect.stringContaining('img/0.png,café'),
      hint: expect.stringContaining("encoding: 'latin1'")
    })
  })

  it('may be given', () => {
    for (const encoding of ['latin1', 'windows-1252', 'iso-8859-1'])
      expect(right(latin1, { encoding }).all).toEqual(right(french).all)
    expect(right(utf16(french, true, false), { encoding: 'utf-16be' }).all).toEqual(right(french).all)
  })

  it.each([
    [false, 'utf-16le'],
    [true, 'utf-16be']
  ])('UTF-16 without a byte order mark is named', (big, encoding) => {
    expect(left(utf16(french, big, false)).hint).toContain(`encoding: '${encoding}'`)
  })

  it('makes a zero byte an error', () => {
    expect(left(`${plain}img/0.png,c\0t\n`)).toMatchObject({ path: expect.stringContaining('line 14') })
  })

  it('of one name may differ in Unicode form: both forms are one class, and name the same file', () => {
    const text = `name,label\n${['cafe\u0301', 'caf\u00e9'].map((name, i) => `${name}.png,${name}\nimg/${i}.png,dog\n`).join('')}`
    const files = [...names, 'caf\u00e9.png']
    expect(
      left(text.replace('caf\u00e9,', 'x,').replace('caf\u00e9.png,caf\u00e9', 'caf\u00e9.png,x'), {}, files)._tag
    ).toBe('Contradiction')
    const { task, warnings } = right(text, {}, files)
    expect(task).toEqual({ _tag: 'Classification', classes: ['caf\u00e9', 'dog'] })
    expect(warnings.map(({ _tag }) => _tag)).toContain('SimilarNames')
  })
})

describe('rows of one image', () => {
  it('that are identical are left out, with a warning', () => {
    const { all, warnings } = right(`${plain}img/0.png,cat\n./img/1.png, dog\n`)
    expect(all).toEqual(expected)
    expect(warnings.find(({ _tag }) => _tag === 'RepeatedImages')?.found).toBe(
      '2 rows that repeat others, left out: lines 14, 15'
    )
  })

  it('never put a training image into validation', () => {
    for (const seed of [1, 2, 3]) {
      const { train, valid } = right(plain + plain.replace('name,label\n', ''), {
        holdout: { _tag: 'ByPct', pct: 0.5, seed }
      })
      const held = new Set(valid.map(({ file }) => file))
      expect(train.filter(({ file }) => held.has(file))).toEqual([])
    }
  })

  it('that contradict are an error with both lines', () => {
    expect(left(`${plain}img/0.png,dog\n`)).toMatchObject({
      _tag: 'Contradiction',
      path: '/data/pets/labels.csv: line 14',
      found: 'cat in line 2, dog in line 14'
    })
    const numbers = table('name,age', (name, i) => `${name},${i}.5`, 'img/0.png,7.5\n')
    expect(left(numbers)._tag).toBe('Contradiction')
    const sets = table('name,label,split', (name, i) => `${name},${label(i)},train`, 'img/0.png,cat,valid\n')
    expect(left(sets)._tag).toBe('Contradiction')
    const tags = table('name,tags', (name) => `${name},big cat`, 'img/0.png,cat big\n')
    expect(right(tags, { labelDelim: ' ' }).files.length).toBe(12)
  })
})

describe('missing files', () => {
  it.each([
    [table('name,label', (name, i) => `${name.replace('.png', '')},${label(i)}`), "suffix: '.png'"],
    [table('name,label', (name, i) => `${name.replace('img/', '')},${label(i)}`), "folder: 'img'"],
    [table('name,label', (name, i) => `${name.replace('png', 'PNG')},${label(i)}`), 'differs only in case'],
    [table('name,label', (name, i) => `other/${name},${label(i)}`), 'folder, suffix']
  ])('are an error that says what may be meant: %#', (text, hint) => {
    expect(left(text)).toMatchObject({ _tag: 'MissingFolder', hint: expect.stringContaining(hint) })
  })

  it('are found with the suffix or the folder', () => {
    const text = table('name,label', (name, i) => `${name.slice(4, -4)},${label(i)}`)
    expect(right(text, { folder: 'img', suffix: '.png' }).all).toEqual(expected)
  })
})

/** What stands around and between the cells of a table: comments, Excel's first line, spaces, encodings, urls. */
import { describe, expect, it } from 'vitest'
import { expected, label, left, names, pets, plain, right, table } from './petTable.js'

describe('a table', () => {
  it.each([
    ["Excel's first line", `sep=;\n${plain.replaceAll(',', ';')}`],
    ["Excel's first line for a tab", `sep=\t\r\n${plain.replaceAll(',', '\t').replaceAll('\n', '\r\n')}`],
    ["Excel's first line in quotes, after a mark", `\uFEFF"sep=,"\n${plain}`],
    ['comments above', `# made by hand\n# on a Sunday, in May\n${plain}`],
    ['comments below', `${plain}# img/99.png,cat\n`],
    ['a header that is a comment', `#${plain}`],
    ['a comment and a header that is one', `# version 2\n# ${plain}`],
    ['spaces between columns', plain.replaceAll(',', ' ')],
    ['several spaces, and no header', plain.replace('name,label\n', '').replaceAll(',', '   ')],
    ['file urls', table('name,label', (name, i) => `file:///data/pets/${name},${label(i)}`)],
    ['file urls of this machine', table('name,label', (name, i) => `file://localhost/data/pets/${name},${label(i)}`)],
    ['escaped names', table('name,label', (name, i) => `${name.replace('/', '%2F')},${label(i)}`)]
  ])('may have %s', (_, text) => {
    const { all, task } = right(text)
    expect([all, task]).toEqual([expected, pets])
  })

  it('reports comment lines, and keeps the line numbers of the others', () => {
    expect(right(`# one\n# two\n${plain}`).warnings.find(({ _tag }) => _tag === 'TableGuessed')?.found).toBe(
      '2 lines that begin with #, left out'
    )
    expect(left(`sep=,\n# one\n${plain}img/1.png\n`)).toMatchObject({ path: expect.stringContaining('line 16') })
  })

  it('may name files that begin with #', () => {
    const files = names.map((name) => name.replace('img/', '#'))
    const text = `name,label\n${files.map((file, i) => `${file},${label(i)}\n`).join('')}`
    expect(right(text, {}, files).files.length).toBe(12)
  })

  it('with a title above its header, or that is not text, is an error with a hint', () => {
    expect(left(`My pets\n${plain}`).hint).toBe('remove the lines above the names of the columns')
    expect(left(Buffer.from('PK\u0003\u0004\u0014\u0000\u0006')).hint).toBe('save the table as CSV')
  })

  it('of names without folder and suffix suggests both options', () => {
    const text = table('name,label', (name, i) => `${name.slice(4, -4)},${label(i)}`)
    expect(left(text).hint).toContain("{ folder: 'img', suffix: '.png' }")
  })

  it('of URLs is an error with a hint', () => {
    const text = table('name,label', (name, i) => `https://example.org/${name},${label(i)}`)
    expect(left(text)).toMatchObject({ _tag: 'MissingFolder', hint: expect.stringContaining('download the files') })
  })
})

describe('words for sets', () => {
  it.each([
    ['tr', 'va', 'te'],
    ['TRN', 'VLD', 'TST'],
    ['Train', 'Dev', 'Ts']
  ])('may be short: %s, %s, %s', (...words) => {
    const text = table('name,label,split', (name, i) => `${name},${label(i)},${words[Math.floor(i / 4)]!}`)
    const { train, valid, test } = right(text)
    expect([train.length, valid.length, test.length]).toEqual([4, 4, 4])
  })

  it.each(['split', 'Subset', 'is_valid', 'data_split'])('that are unknown are an error in a column %s', (header) => {
    const text = table(`name,label,${header}`, (name, i) => `${name},${label(i)},${['alpha', 'beta'][i % 2]!}`)
    expect(left(text)).toMatchObject({ _tag: 'BadTable', path: '/data/pets/labels.csv: line 2', found: '"alpha"' })
  })
})

describe('an encoding', () => {
  /** `image,` and a label in bytes, for each image. */
  const encoded = (cat: ReadonlyArray<number>): Uint8Array =>
    Buffer.concat([
      Buffer.from('name,label\n'),
      ...names.map((name, i) =>
        Buffer.concat([Buffer.from(`${name},`), i % 2 === 0 ? Buffer.from(cat) : Buffer.from('dog'), Buffer.from('\n')])
      )
    ])

  it.each([
    ['shift_jis', [0x94, 0x4c], '猫'],
    ['latin1', [0x47, 0x72, 0xf6, 0xdf, 0x65], 'Größe'],
    ['shift_jis', [0x94, 0x4c, 0x82, 0xcc, 0x8e, 0x71], '猫の子'],
    ['gb18030', [0xc3, 0xa8, 0xb5, 0xc4], '猫的'],
    ['euc-kr', [0xb0, 0xed, 0xbe, 0xe7, 0xc0, 0xcc], '고양이'],
    ['big5', [0xbf, 0xdf, 0xa4, 0xa3], '貓不'],
    ['windows-1251', [0xea, 0xee, 0xf2], 'кот']
  ])('other than UTF-8, such as %s, is among the suggested ones', (encoding, bytes, word) => {
    const error = left(encoded(bytes))
    expect(error).toMatchObject({ _tag: 'BadTable', path: '/data/pets/labels.csv: line 2' })
    expect(error.found).toContain(`${encoding}: "img/0.png,${word}"`)
    if (['latin1', 'shift_jis', 'windows-1251'].includes(encoding)) expect(error.hint).toContain(`'${encoding}'`)
    expect(right(encoded(bytes), { encoding }).task).toMatchObject({ classes: expect.arrayContaining([word]) })
  })

  it.each([
    ['little-endian, marked', false, true],
    ['little-endian', false, false],
    ['big-endian, marked', true, true],
    ['big-endian', true, false]
  ])('UTF-32, %s, is named', (_, big, mark) => {
    const points = [...(mark ? '\uFEFF' : ''), ...plain].map((c) => c.codePointAt(0)!)
    const bytes = Buffer.alloc(4 * points.length)
    points.forEach((c, i) => (big ? bytes.writeUInt32BE(c, 4 * i) : bytes.writeUInt32LE(c, 4 * i)))
    expect(left(bytes)).toMatchObject({ _tag: 'BadTable', found: 'text in UTF-32', hint: 'save the table as UTF-8' })
  })
})

/** Arrays in NumPy's format (`.npy`): a header, then the values. */

/** The bytes before an array's values: version 1.0, row-major, padded to a multiple of 64. */
export const npyStart = (type: string, shape: ReadonlyArray<number>): Uint8Array => {
  const dims = shape.length === 1 ? `${shape[0]},` : shape.join(', ')
  const text = `{'descr': '${type}', 'fortran_order': False, 'shape': (${dims}), }`
  const padded = text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11)
  const body = Buffer.from(`${padded}\n`, 'latin1')
  const size = Buffer.alloc(2)
  size.writeUInt16LE(body.length)
  return Buffer.concat([Buffer.from([0x93]), Buffer.from('NUMPY', 'latin1'), Buffer.from([1, 0]), size, body])
}

/** Characters of the longest text, by which NumPy stores all of them; at least one. */
const longest = (texts: ReadonlyArray<string>): number =>
  texts.reduce((most, text) => Math.max(most, [...text].length), 1)

/** An array of texts, of type `<U`, in parts. */
export function* npyTexts(texts: ReadonlyArray<string>): Generator<Uint8Array> {
  const width = longest(texts)
  yield npyStart(`<U${width}`, [texts.length])
  const perPart = 4096
  for (let from = 0; from < texts.length; from += perPart) {
    const some = texts.slice(from, from + perPart)
    const codes = new Uint32Array(some.length * width)
    some.forEach((text, i) => {
      ;[...text].forEach((character, k) => (codes[i * width + k] = character.codePointAt(0)!))
    })
    yield new Uint8Array(codes.buffer)
  }
}

/** An array of numbers. */
export const npyNumbers = (shape: ReadonlyArray<number>, values: Float32Array | Uint8Array): Uint8Array =>
  Buffer.concat([
    npyStart(values instanceof Float32Array ? '<f4' : '|u1', shape),
    new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  ])

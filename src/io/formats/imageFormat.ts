/** Recognises files that cannot be decoded by their first bytes, with a name and what to do. */

/** A file that is not an image, or an image format that is not supported. */
export interface Foreign {
  readonly name: string
  readonly hint: string
}

const latin = (bytes: Uint8Array, from: number, to: number): string => String.fromCharCode(...bytes.subarray(from, to))

const convert = 'convert it to PNG or JPEG first, for example with ImageMagick: magick IN OUT.png'

/** Unsupported image formats, by their first bytes. */
const pictures: ReadonlyArray<readonly [name: string, starts: ReadonlyArray<string>]> = [
  ['JPEG 2000', ['\x00\x00\x00\x0cjP  ', '\xff\x4f\xff\x51']],
  ['JPEG XL', ['\xff\x0a', '\x00\x00\x00\x0cJXL ']],
  ['Photoshop (PSD)', ['8BPS']],
  ['GIMP (XCF)', ['gimp xcf']],
  ['OpenEXR', ['\x76\x2f\x31\x01']],
  ['Radiance HDR', ['#?RADIANCE', '#?RGBE']],
  ['PFM', ['PF\n', 'Pf\n']],
  ['DirectDraw (DDS)', ['DDS ']],
  ['icon (ICO)', ['\x00\x00\x01\x00']],
  ['FITS', ['SIMPLE  =']],
  ['Fujifilm raw', ['FUJIFILMCCD-RAW']],
  ['PDF', ['%PDF']],
  ['NumPy array', ['\x93NUMPY']],
  ['HDF5', ['\x89HDF\r\n']],
  ['MATLAB data', ['MATLAB 5.0']],
  ['PostScript', ['%!PS', '\xc5\xd0\xd3\xc6']],
  ['Canon raw', ['II*\0\x10\0\0\0CR']]
]

const others: ReadonlyArray<readonly [name: string, starts: ReadonlyArray<string>, hint: string]> = [
  ['a Git LFS pointer, not the image', ['version https://git-lfs'], 'fetch the content: git lfs pull'],
  ['a gzip archive', ['\x1f\x8b'], 'unpack it'],
  ['a ZIP archive', ['PK\x03\x04'], 'unpack it'],
  ['a RAR archive', ['Rar!'], 'unpack it'],
  ['a 7z archive', ['7z\xbc\xaf'], 'unpack it'],
  [
    'attributes that macOS stores in a separate file, not the image',
    ['\0\x05\x16\x07'],
    'remove it, and get the image itself'
  ],
  ['an image as a data URL', ['data:image/'], 'decode its base64 and save the bytes']
]

/** The brands of an ISO media file: HEIC, AVIF and Canon's raw format share the container. */
const brandsOf = (bytes: Uint8Array): string => (latin(bytes, 4, 8) === 'ftyp' ? latin(bytes, 8, 64) : '')

const again = 'download the image again; the URL may no longer exist'

/** Text formats, by their beginning, in this order. */
const texts: ReadonlyArray<readonly [pattern: RegExp, name: string]> = [
  [/^\s*<(!doctype html|html|head)/i, 'a web page (HTML), not an image'],
  [/^\s*</, 'an XML document, not an image'],
  [/^\s*[{[]/, 'JSON text, not an image'],
  [/^[\t\n\r\x20-\x7e]/, 'text, not an image'],
  [/^\0/, 'only zeros, as after an interrupted download']
]

const isText = /^\s*<|^[\t\n\r\x20-\x7e]+$|^\0+$/

/** The number of bytes in which libvips searches for an SVG element, which comments may precede. */
const beforeSvg = 1000

const textIn = (bytes: Uint8Array, start: string): Foreign | undefined => {
  if (!isText.test(start) || latin(bytes, 0, beforeSvg).includes('<svg')) return undefined
  const found = texts.find(([pattern]) => pattern.test(start))
  return found && { name: found[1], hint: again }
}

/** A file that is not an image, or in an unsupported format; undefined if a decoder may try. */
export const foreign = (bytes: Uint8Array): Foreign | undefined => {
  if (bytes.length === 0) return { name: 'an empty file', hint: 'download the file again or remove it' }
  const start = latin(bytes, 0, 64)
  const brands = brandsOf(bytes)
  if (/hei[cxms]|hev[cxms]/.test(brands) && !brands.includes('avif'))
    return { name: 'HEIC, which is not supported', hint: convert }
  if (brands.startsWith('crx')) return { name: 'Canon raw, which is not supported', hint: convert }
  if (brands !== '' && !/avi[fs]|mif1|msf1/.test(brands))
    return {
      name: 'a video (MP4, QuickTime), not an image',
      hint: 'save its frames as images first, for example with ffmpeg'
    }
  const picture = pictures.find(([, starts]) => starts.some((s) => start.startsWith(s)))
  if (picture !== undefined) return { name: `${picture[0]}, which is not supported`, hint: convert }
  if (latin(bytes, 128, 132) === 'DICM') return { name: 'DICOM, which is not supported', hint: convert }
  const other = others.find(([, starts]) => starts.some((s) => start.startsWith(s)))
  return other === undefined ? textIn(bytes, start) : { name: other[0], hint: other[2] }
}

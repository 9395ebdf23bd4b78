// The sources of `npm run bench -- open`: what each has on the disk, which names are only simulated, and its description.
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { parquetWriteFile } from 'hyparquet-writer'
import * as G from '../../dist/src/index.js'

/** As many classes as in ImageNet, and labels as in COCO. */
const [classes, labels] = [1000, 80]

/** Drawn from the number of an image, so that every run has the same data. */
const drawn = (i, salt) => (Math.imul(Math.imul(i + 1, 2654435761) ^ (salt * 40503), 2246822519) >>> 8) % 65536

const padded = (i, digits) => String(i).padStart(digits, '0')
const name = (i) => `${padded(i, 12)}.jpg`
const classOf = (i) => `class_${padded(drawn(i, 0) % classes, 4)}`
const labelsOf = (i) => [
  ...new Set(Array.from({ length: 1 + (drawn(i, 1) % 4) }, (_, k) => `label_${drawn(i, 2 + k) % labels}`))
]
/** Corners of an outline within 640 x 480 pixels. */
const outline = (i) => Array.from({ length: 20 }, (_, k) => (drawn(i, 10 + k) % 4800) / 10)

/** A grey image. */
const grey = (height, width) =>
  Buffer.concat([Buffer.from(`P5\n${width} ${height}\n255\n`), Buffer.alloc(height * width, 128)])

export const picture = grey(8, 8)
/** As large as annotations say. */
const annotated = grey(480, 640)

// -------------------------------------------------------------------------------------------------------------------
// on the disk
// -------------------------------------------------------------------------------------------------------------------

const written = (file, parts) => {
  const handle = openSync(file, 'w')
  for (const part of parts) writeSync(handle, part)
  closeSync(handle)
}

/** Texts, of a thousand images each. */
function* lines(n, of, head = '', tail = '') {
  yield head
  for (let i = 0; i < n; i += 1000) {
    let text = ''
    for (let k = i; k < Math.min(n, i + 1000); k++) text += of(k)
    yield text
  }
  yield tail
}

/** Elements of a JSON list. */
const elements = (of) => (i) => `${i === 0 ? '' : ','}${JSON.stringify(of(i))}`

const table = (file, head, row) => (at, n) => written(join(at, file), lines(n, row, head))

const member = (called, content) => {
  const block = Buffer.alloc(512 + 512 * Math.ceil(content.length / 512))
  const octal = (number, digits) => `${number.toString(8).padStart(digits, '0')}\0`
  const fields = [called.padEnd(100, '\0'), octal(0o644, 7), octal(0, 7), octal(0, 7), octal(content.length, 11)]
  block.write(`${fields.join('')}${octal(0, 11)}        0${'\0'.repeat(100)}ustar\x0000`, 'latin1')
  const sum = block.subarray(0, 512).reduce((a, b) => a + b, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  block.set(content, 512)
  return block
}

const shards = 20

const tars = (at, n) => {
  const each = Math.ceil(n / shards)
  for (let s = 0; s < shards; s++) {
    const samples = function* () {
      for (let i = s * each; i < Math.min(n, (s + 1) * each); i++) {
        yield member(name(i), picture)
        yield member(`${padded(i, 12)}.cls`, Buffer.from(classOf(i)))
      }
      yield Buffer.alloc(1024)
    }
    written(join(at, `${padded(s, 6)}.tar`), samples())
  }
}

const parquets = (at, n) => {
  const each = Math.ceil(n / shards)
  for (let s = 0; s < shards; s++) {
    const of = Array.from({ length: Math.min(each, n - s * each) }, (_, k) => s * each + k)
    parquetWriteFile({
      filename: join(at, `${padded(s, 6)}.parquet`),
      columnData: [
        { name: 'image', data: of.map(() => picture), type: 'BYTE_ARRAY' },
        { name: 'label', data: of.map(classOf), type: 'STRING' }
      ],
      rowGroupSize: 1000
    })
  }
}

const idx = (at, n) => {
  const header = (...values) => Buffer.from(values.flatMap((v) => [v >>> 24, (v >> 16) & 255, (v >> 8) & 255, v & 255]))
  const images = function* () {
    yield header(0x803, n, 28, 28)
    for (let i = 0; i < n; i += 1000) yield Buffer.alloc(784 * Math.min(1000, n - i), i % 256)
  }
  written(join(at, 'train-images-idx3-ubyte'), images())
  const its = Buffer.from(Array.from({ length: n }, (_, i) => drawn(i, 0) % 10))
  written(join(at, 'train-labels-idx1-ubyte'), [header(0x801, n), its])
}

const metadataParquet = (at, n) =>
  parquetWriteFile({
    filename: join(at, 'metadata.parquet'),
    columnData: [
      { name: 'file_name', data: Array.from({ length: n }, (_, i) => name(i)), type: 'STRING' },
      { name: 'label', data: Array.from({ length: n }, (_, i) => classOf(i)), type: 'STRING' }
    ]
  })

const metadataLine = (i) => `${JSON.stringify({ file_name: name(i), label: classOf(i) })}\n`

/** An annotation of every image, and a second of every fourth. */
const coco = (at, n) => {
  const image = (i) => ({ license: 1, file_name: name(i), height: 480, width: 640, id: i })
  const annotation = (i) => {
    const of = i < n ? i : 4 * (i - n)
    const category = 1 + (drawn(i, 2) % labels)
    return { id: i, image_id: of, category_id: category, iscrowd: 0, area: 1.5, segmentation: [outline(i)] }
  }
  const category = (i) => ({ id: i + 1, name: `label_${i}` })
  const document = function* () {
    yield* lines(n, elements(image), '{"info":{"year":2017},"images":[')
    yield* lines(Math.ceil(1.25 * n), elements(annotation), '],"annotations":[')
    yield* lines(labels, elements(category), '],"categories":[', ']}')
  }
  written(join(at, 'all.json'), document())
}

const task = (result) => (i) => ({
  id: i,
  data: { image: `/data/upload/1/${padded(drawn(i, 3), 8)}-${name(i)}` },
  annotations: [{ id: i, completed_by: 1, was_cancelled: false, lead_time: 3.5, result: [result(i)] }],
  created_at: '2024-05-01T10:00:00.000000Z'
})

const sides = { original_width: 640, original_height: 480, image_rotation: 0 }

const choice = task((i) => ({
  ...{ id: `r${i}`, type: 'choices', from_name: 'choice', to_name: 'image', origin: 'manual' },
  value: { choices: [classOf(i)] }
}))

const polygon = task((i) => ({
  ...{ id: `r${i}`, type: 'polygonlabels', from_name: 'label', to_name: 'image', ...sides },
  value: {
    points: Array.from({ length: 10 }, (_, k) => [drawn(i, 10 + k) / 656, drawn(i, 20 + k) / 656]),
    polygonlabels: [`label_${drawn(i, 2) % labels}`]
  }
}))

const labelStudio = (of) => (at, n) => written(join(at, 'export.json'), lines(n, elements(of), '[', ']'))

const pointsLine = (i) => `${name(i)},${Array.from({ length: 10 }, (_, k) => drawn(i, k) % 640).join(',')}\n`
const pointsHead = `file,${Array.from({ length: 5 }, (_, k) => `p${k}_x,p${k}_y`).join(',')}\n`

// -------------------------------------------------------------------------------------------------------------------
// sources
// -------------------------------------------------------------------------------------------------------------------

/** Names of folders, as the file system lists them. */
const classFolders = Array.from({ length: classes }, (_, c) => `class_${padded(c, 4)}`)

/**
 * The names below the root: those of `at` that are on the disk, and `simulated` ones of n images, in order. Only names
 * are simulated: files that tell about images are always read from the disk.
 */
const flat = (n) => ({ files: Array.from({ length: n }, (_, i) => name(i)), folders: [] })

const inFolders = (n) => {
  const each = Math.ceil(n / classes)
  return {
    files: Array.from({ length: n }, (_, i) => `${classFolders[Math.floor(i / each)]}/${name(i)}`),
    folders: classFolders
  }
}

const besideEachOther = (a, b, endings) => (n) => ({
  files: [a, b].flatMap((folder, k) => Array.from({ length: n }, (_, i) => `${folder}/${padded(i, 12)}.${endings[k]}`)),
  folders: [a, b]
})

const nothing = () => {}

/** By name: what it is, `write` (n images at a path), `listing` (simulated; absent: that of the disk) and `spec`. */
export const sources = {
  folder: { what: '`imageFolder`', write: nothing, listing: inFolders, spec: (at, o) => G.imageFolder(at, o) },
  'name-re': {
    what: '`fromNameRe`',
    write: nothing,
    listing: inFolders,
    spec: (at, o) => G.fromNameRe(at, '^([^/]+)/', o)
  },
  rows: {
    what: '`fromRows`',
    write: nothing,
    listing: flat,
    spec: (at, o, n) => {
      const rows = Array.from({ length: n }, (_, i) => ({ file: name(i), label: classOf(i) }))
      return G.fromRows(rows, { path: at, ...o })
    }
  },
  csv: {
    what: '`imageCsv`, CSV',
    write: table('labels.csv', 'file,label\n', (i) => `${name(i)},${classOf(i)}\n`),
    listing: flat,
    spec: (at, o) => G.imageCsv(at, o)
  },
  'csv-labels': {
    what: '`imageCsv`, CSV, several labels',
    write: table('labels.csv', 'file,tags\n', (i) => `${name(i)},${labelsOf(i).join(' ')}\n`),
    listing: flat,
    spec: (at, o) => G.imageCsv(at, { labelDelim: ' ', ...o })
  },
  jsonl: {
    what: '`imageCsv`, JSON Lines',
    write: table('labels.jsonl', '', (i) => `${JSON.stringify({ file: name(i), label: classOf(i) })}\n`),
    listing: flat,
    spec: (at, o) => G.imageCsv(at, { csv: 'labels.jsonl', ...o })
  },
  points: {
    what: '`pointsFrom`, CSV, 5 points',
    write: table('labels.csv', pointsHead, pointsLine),
    listing: flat,
    spec: (at, o) => G.pointsFrom(at, o),
    unstratified: true
  },
  'metadata-jsonl': {
    what: '`fromMetadata`, JSON Lines',
    write: table('metadata.jsonl', '', metadataLine),
    listing: flat,
    spec: (at, o) => G.fromMetadata(at, o)
  },
  'metadata-csv': {
    what: '`fromMetadata`, CSV',
    write: table('metadata.csv', 'file_name,label\n', (i) => `${name(i)},${classOf(i)}\n`),
    listing: flat,
    spec: (at, o) => G.fromMetadata(at, o)
  },
  'metadata-parquet': {
    what: '`fromMetadata`, Parquet',
    write: metadataParquet,
    listing: flat,
    spec: (at, o) => G.fromMetadata(at, o)
  },
  idx: { what: '`fromShards`, idx, 28 × 28', write: idx, spec: (at, o) => G.fromShards(at, o) },
  parquet: { what: `\`fromShards\`, ${shards} Parquet files`, write: parquets, spec: (at, o) => G.fromShards(at, o) },
  tar: { what: `\`fromShards\`, ${shards} tar archives`, write: tars, spec: (at, o) => G.fromShards(at, o) },
  'label-studio': {
    what: '`fromLabelStudio`',
    write: labelStudio(choice),
    listing: flat,
    spec: (at, o) => G.fromLabelStudio(at, o)
  },
  'label-studio-masks': {
    what: '`fromLabelStudio`, masks',
    write: labelStudio(polygon),
    listing: flat,
    spec: (at, o) => G.fromLabelStudio(at, { labels: 'masks', ...o }),
    image: annotated,
    unstratified: true
  },
  coco: { what: '`fromCoco`', write: coco, listing: flat, spec: (at, o) => G.fromCoco(at, o) },
  'coco-masks': {
    what: '`fromCoco`, masks',
    write: coco,
    listing: flat,
    spec: (at, o) => G.fromCoco(at, { labels: 'masks', ...o }),
    image: annotated,
    unstratified: true
  },
  masks: {
    what: '`imageMasks`',
    write: nothing,
    listing: besideEachOther('images', 'labels', ['jpg', 'png']),
    spec: (at, o) =>
      G.imageMasks(at, { codes: ['background', 'cell'], values: { 0: 'background', 128: 'cell' }, ...o }),
    unstratified: true
  },
  targets: {
    what: '`imageImages`',
    write: nothing,
    listing: besideEachOther('images', 'targets', ['jpg', 'jpg']),
    spec: (at, o) => G.imageImages(at, o),
    unstratified: true
  }
}

/** Sets of pictures in pretrained_*.json: what real weights make of them. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { extract } from 'tar'
import { imagenetStats, normaliseInto, type Pixels } from '../../../src/data/index.js'
import type { StateDict } from '../../../src/engine/index.js'
import { nodeIo, parallel } from '../../../src/io/index.js'
import { withWeights } from '../../../src/model/index.js'
import { type Plan, plan } from '../../../src/plan/index.js'
import { close, type Compared, failed, type Outcome, outcome, pending, same } from '../Comparison.js'
import { decoding } from '../tolerances.js'
import { engine as defaultEngine } from './engine.js'
import {
  absent,
  assetFile,
  largest,
  predictRows,
  pretrainedArch,
  type PretrainedFile,
  usableEngines,
  weighed
} from './pretrained.js'

type Row = ReadonlyArray<number>

interface Counts {
  readonly n: number
  readonly top1_is_class: number
  readonly top5_has_class: number
  readonly logit_of_class_beats_other: number
}

/** A set's own words come first: its archive, and a folder within it where that is not all. */
export interface PretrainedImages {
  readonly set: string
  readonly n?: number
  readonly top1_correct?: number
  readonly cross_entropy_mean?: number
  readonly smallest_top1_top2_margin?: number
  readonly misclassified?: ReadonlyArray<{ readonly file: string; readonly label: number; readonly pred: number }>
  readonly sample?: ReadonlyArray<{ readonly file: string; readonly logits: Row }>
  readonly imagenet_class?: Readonly<Record<string, number>>
  readonly result?: Readonly<Record<string, Counts>>
}

/** More pictures than this are for GRAFT_LONG. */
const many = 2000
const bs = 50

/** The pixels from (H - size) // 2 and (W - size) // 2 on. */
const centre = ({ height, width, channels, data }: Pixels, size: number): Uint8Array => {
  const [top, left] = [Math.floor((height - size) / 2), Math.floor((width - size) / 2)]
  const rows = Array.from({ length: size }, (_, y) => {
    const from = ((y + top) * width + left) * channels
    return data.subarray(from, from + size * channels)
  })
  return Buffer.concat(rows)
}

const { images } = nodeIo()

/** Pictures as the record says that they were prepared: the centre, normalised by ImageNet's statistics. */
const prepared = async (files: ReadonlyArray<string>, size: number): Promise<Float32Array> => {
  const decode = parallel(images.workers, (file: string) =>
    images.decode(file, readFileSync(file), { size: O.none, resize: 'crop' })
  )
  const pixels = E.sequenceArray(await decode(files)())
  if (E.isLeft(pixels)) throw new Error(JSON.stringify(pixels.left))
  const x = new Float32Array(files.length * size * size * 3)
  const into = normaliseInto(imagenetStats)
  pixels.right.forEach((image, i) => into(x, i * size * size * 3, centre(image, size)))
  return x
}

interface Network {
  readonly plan: Plan
  readonly state: StateDict
  readonly size: number
}

const logitsOn = async (
  engine: Parameters<typeof predictRows>[0],
  { plan: p, state, size }: Network,
  folder: string,
  files: ReadonlyArray<string>
): Promise<ReadonlyArray<Row>> => {
  const rows: Array<Row> = []
  for (let at = 0; at < files.length; at += bs) {
    const part = files.slice(at, at + bs)
    const x = await prepared(
      part.map((file) => join(folder, file)),
      size
    )
    rows.push(...predictRows(engine, p, state, x, part.length))
  }
  return rows
}

const crossEntropyOf = (row: Row, label: number): number => {
  const top = Math.max(...row)
  return top + Math.log(row.reduce((sum, v) => sum + Math.exp(v - top), 0)) - row[label]!
}

interface Classified {
  readonly file: string
  readonly label: number
  readonly row: Row
}

const partOf = (file: string): string => file.split('/').at(-2)!

const margin = (row: Row): number => {
  const [first, second] = largest(row, 2)
  return row[first!]! - row[second!]!
}

/** PNGs give the same pixels anywhere; a JPEG decoder of another make may move a few predictions. */
const ofAll = (all: ReadonlyArray<Classified>, recorded: PretrainedImages): ReadonlyArray<Compared> => {
  const lossless = all.every(({ file }) => file.endsWith('.png'))
  const wrong = all.filter(({ row, label }) => largest(row, 1)[0] !== label)
  const entropy = all.reduce((sum, { row, label }) => sum + crossEntropyOf(row, label), 0) / all.length
  const { top1_correct: correct, cross_entropy_mean: loss, smallest_top1_top2_margin: least } = recorded
  return [
    same('n', all.length, recorded.n),
    ...(correct === undefined
      ? []
      : lossless
        ? [same('top1_correct', all.length - wrong.length, correct)]
        : [within('top1_correct', all.length - wrong.length, correct, all.length * decoding.predictions)]),
    ...(loss === undefined ? [] : [close('cross_entropy_mean', entropy, loss, lossless ? 'logits' : 'decoded')]),
    ...(least === undefined ? [] : [close('margin', Math.min(...all.map(({ row }) => margin(row))), least, 'logits')]),
    ...(recorded.misclassified === undefined
      ? []
      : [
          same(
            'misclassified',
            wrong.map(({ file, label, row }) => ({ file, label, pred: largest(row, 1)[0]! })),
            recorded.misclassified
          )
        ])
  ]
}

const within = (what: string, ours: number, recorded: number, by: number): Compared => ({
  what,
  difference:
    Math.abs(ours - recorded) <= Math.ceil(by) ? null : `ours ${ours}, recorded ${recorded}, more than ${by} apart`
})

/** Counts by folder, where two of many classes are pictured. */
const ofFolders = (
  all: ReadonlyArray<Classified>,
  result: Readonly<Record<string, Counts>>,
  classes: Readonly<Record<string, number>>
): ReadonlyArray<Compared> =>
  Object.entries(result).flatMap(([folder, counts]) => {
    const here = all.filter(({ file }) => file.split('/').slice(-3, -1).join('/') === folder)
    const others = Object.values(classes).filter((c) => c !== here[0]?.label)
    const count = (holds: (c: Classified) => boolean): number => here.filter(holds).length
    const by = here.length * decoding.predictions
    return [
      same(`${folder}: n`, here.length, counts.n),
      within(
        `${folder}: top1`,
        count(({ row, label }) => largest(row, 1)[0] === label),
        counts.top1_is_class,
        by
      ),
      within(
        `${folder}: top5`,
        count(({ row, label }) => largest(row, 5).includes(label)),
        counts.top5_has_class,
        by
      ),
      within(
        `${folder}: beats the other`,
        count(({ row, label }) => others.every((c) => row[label]! > row[c]!)),
        counts.logit_of_class_beats_other,
        by
      )
    ]
  })

const inFolder = async (
  folder: string,
  network: Network,
  recorded: PretrainedFile & { readonly classes?: ReadonlyArray<string> },
  set: PretrainedImages
): Promise<Outcome> => {
  const sub = /^\S+ (\w+)\/ /.exec(set.set)?.[1]
  const classes = set.imagenet_class ?? Object.fromEntries((recorded.classes ?? []).map((name, i) => [name, i]))
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(png|jpg)$/.test(file) && (sub === undefined || file.split('/').includes(sub)))
    .sort()
  const compared: Array<Compared> = []
  for (const engine of await usableEngines()) {
    const sample = set.sample ?? []
    const rows = await logitsOn(
      engine,
      network,
      folder,
      sample.map(({ file }) => file)
    )
    if (sample.length > 0)
      compared.push(
        close(
          `sample on ${engine.name}`,
          rows,
          sample.map((s) => s.logits),
          'logits'
        )
      )
  }
  const rows = await logitsOn(await defaultEngine(), network, folder, files)
  const all = files.map((file, i) => ({ file, label: classes[partOf(file)] ?? -1, row: rows[i]! }))
  const ofSet = set.result === undefined ? ofAll(all, set) : ofFolders(all, set.result, classes)
  return outcome(compared, ofSet)
}

/** One set, with the first file of the weights that is here; its samples on every engine, the rest on the default one. */
export const pretrainedImages = async (recorded: PretrainedFile, set: PretrainedImages): Promise<Outcome> => {
  const arch = pretrainedArch(recorded.arch)
  if (arch === null) return pending(`the architecture ${recorded.arch}`)
  if ((set.n ?? 0) > many && process.env['GRAFT_LONG'] === undefined) return pending('GRAFT_LONG: it takes long')
  const name = /^\S+\.tgz/.exec(set.set)?.[0]
  if (name === undefined) return failed(`no archive in: ${set.set}`)
  const [archive, weights] = [
    assetFile(name),
    Object.keys(recorded.weights)
      .map(assetFile)
      .find((f) => f !== null)
  ]
  if (archive === null) return absent(name)
  if (weights === undefined || weights === null) return absent(Object.keys(recorded.weights).join(', '))
  const { size } = arch.input
  const p = plan({ input: [3, size, size] })(withWeights(weights)(arch))
  if (E.isLeft(p)) return failed(JSON.stringify(p.left))
  const folder = mkdtempSync(join(tmpdir(), 'graft-oracle-'))
  try {
    await extract({ file: archive, cwd: folder })
    return await inFolder(folder, { plan: p.right, state: await weighed(p.right, arch), size }, recorded, set)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Cases of transforms.json that list what fastai's `get_transforms` returns. */
import * as O from 'fp-ts/lib/Option.js'
import { getTransforms, type Pixels, Transform } from '../../../src/data/index.js'
import { applyTransforms } from '../../../src/data/pixel/index.js'
import { noWork, type Work, worked } from '../../../src/data/pixel/Work.js'
import { close, type Compared, type Outcome, outcome, same } from '../Comparison.js'

interface RecordedTransform {
  readonly name: string
  readonly wrapper: string
  /** Transforms of a lower order are applied first. */
  readonly order: number
  readonly p: number
  readonly params: Readonly<Record<string, unknown>>
}

export interface GetTransformsCase {
  readonly kind: 'get_transforms'
  readonly args: Readonly<Record<string, unknown>>
  readonly train: ReadonlyArray<RecordedTransform>
  readonly valid: ReadonlyArray<RecordedTransform>
}

const camel = (name: string): string => name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase())

/** Ours by the reference's names; sides of a parameter that are drawn alike stand for one. */
const recordOf = (t: Transform.Transform): Pick<RecordedTransform, 'name' | 'p' | 'params'> => {
  const { _tag, p, ...params } = t
  const name = _tag.replace(/[A-Z]/g, (letter, i: number) => `${i === 0 ? '' : '_'}${letter.toLowerCase()}`)
  const renamed = Object.entries(params as Readonly<Record<string, unknown>>).map(([key, value]) => {
    const one = _tag === 'SymmetricWarp' ? (value as ReadonlyArray<unknown>)[0] : value
    return [key === 'row' || key === 'col' ? `${key}_pct` : key, one] as const
  })
  return { name, p, params: Object.fromEntries(renamed) }
}

/** The parts of our work in the order in which they are done, and the reference's wrapper of their transforms. */
const stages: ReadonlyArray<readonly [keyof Work, string]> = [
  ['perspective', 'TfmCoord'],
  ['affine', 'TfmAffine'],
  ['lighting', 'TfmLighting'],
  ['moved', 'TfmPixel'],
  ['crop', 'TfmCrop']
]

const drawn = (transforms: ReadonlyArray<Transform.Transform>): ReadonlyArray<Transform.DrawnTransform> =>
  Transform.drawAll(1)(transforms.map((t) => ({ ...t, p: 1 })))

/** Which part of the work a transform belongs to: the one that it changes. */
const stageOf = (t: Transform.Transform): number => {
  const work = worked(drawn([t]))
  return stages.findIndex(([part]) => work[part] !== noWork[part])
}

const sameTransform = (ours: Transform.Transform, recorded: RecordedTransform): ReadonlyArray<Compared> => {
  const { name, p, params } = recordOf(ours)
  // padding belongs to applying; a symmetry is drawn from all eight
  const { padding_mode: _, ...bounds } = recorded.params
  return [
    same('name', name, recorded.name),
    same(`wrapper of ${name}`, stages[stageOf(ours)]?.[1], recorded.wrapper),
    same(`p of ${name}`, p, recorded.p),
    ...Object.entries(bounds).map(([key, value]) =>
      close(`${key} of ${name}`, params[key] as number, value as number, 'schedule')
    )
  ]
}

const picture: Pixels = {
  height: 9,
  width: 11,
  channels: 3,
  data: Uint8Array.from({ length: 297 }, (_, i) => (i * 89) % 253)
}

/** Ours are applied in the recorded order, wherever they are in the list. */
const sameOrder = (
  ours: ReadonlyArray<Transform.Transform>,
  recorded: ReadonlyArray<RecordedTransform>
): ReadonlyArray<Compared> => {
  const sorted = ours.map((t, i) => [t, recorded[i]?.order ?? NaN] as const).sort(([, a], [, b]) => a - b)
  const places = sorted.map(([t]) => stageOf(t))
  const pixels = (list: ReadonlyArray<Transform.DrawnTransform>) =>
    Array.from(applyTransforms(list, { size: O.some(6), resize: 'crop' })(picture).data)
  const list = drawn(ours)
  // transforms of one part keep their order
  const reversed = [...list.keys()].sort((a, b) => stageOf(ours[b]!) - stageOf(ours[a]!)).map((i) => list[i]!)
  return [
    same(
      'order',
      places,
      [...places].sort((a, b) => a - b)
    ),
    same('pixels in any order', pixels(reversed), pixels(list))
  ]
}

export const usual = ({ args, train, valid }: GetTransformsCase): Outcome => {
  const options = Object.fromEntries(Object.entries(args).map(([key, value]) => [camel(key), value ?? 0]))
  const ours = getTransforms(options)
  // every image but the training images is cropped at the centre
  const others = [Transform.cropPad()]
  return outcome(
    same('how many', [ours.length, others.length], [train.length, valid.length]),
    ours.flatMap((t, i) => sameTransform(t, train[i]!)),
    others.flatMap((t, i) => sameTransform(t, valid[i]!)),
    sameOrder(ours, train),
    sameOrder(others, valid)
  )
}

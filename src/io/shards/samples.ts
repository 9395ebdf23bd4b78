/** Arrays of images and of their labels, in files without pictures: NumPy's `.npz` and MNIST's `ubyte` files. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { HasCache } from '../../Cache.js'
import { dataError, setNamed, type DataError, type ImageIndex, type ImagePlace } from '../../data/index.js'
import type { HasFiles } from '../Files.js'
import type { IoError } from '../IoError.js'
import { inflated } from './inflated.js'
import { bytesOfType, npyHeader, npyValues } from './npy.js'
import { zipMembers, type ZipMember } from './zip.js'

type Env = HasFiles & HasCache
/** A number for each image, or several. */
type Values = ReadonlyArray<number | ReadonlyArray<number>>

type Reading<A> = TE.TaskEither<DataError | IoError, A>

/** An array of a file: where its data are. */
interface StoredArray {
  readonly name: string
  readonly path: string
  readonly from: number
  readonly type: string
  readonly shape: ReadonlyArray<number>
}

const bad = (path: string, expected: string, found: string, hint: string): E.Either<DataError | IoError, never> =>
  E.left(dataError.badTable(path, expected, found, hint))

const shown = ({ name, type, shape }: StoredArray): string => `${name} ${type} (${shape.join(', ')})`

/** Sides and channels of the images of an array, if it has images. */
const sidesOf = ({ shape: [, ...sides], type }: StoredArray) => {
  if (!/^.u1$/.test(type)) return undefined
  if (sides.length === 2) return { height: sides[0]!, width: sides[1]!, channels: 1, planar: false }
  if (sides.length !== 3) return undefined
  const [a, b, c] = sides as [number, number, number]
  if (c <= 4) return { height: a, width: b, channels: c, planar: false }
  return a <= 4 ? { height: b, width: c, channels: a, planar: true } : undefined
}

const valuesOf =
  (array: StoredArray) =>
  ({ files }: Env): Reading<Values> => {
    const [n = 0, ...rest] = array.shape
    const each = rest.reduce((a, b) => a * b, 1)
    return pipe(
      files.readRange(array.path, array.from, n * each * (bytesOfType(array.type) ?? 0)),
      TE.map((bytes) => npyValues(array.type, bytes)),
      TE.map((flat) => (each === 1 ? flat : Array.from({ length: n }, (_, i) => flat.slice(i * each, (i + 1) * each))))
    )
  }

/** What pairs images with labels: the name without the words for either. */
const stem = (name: string): string =>
  name
    .replace(/\.npy$/, '')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => !/^(x|y|images?|imgs?|labels?|targets?|data|idx\d|ubyte|arr|\d)$/.test(word))
    .join(' ')

const setOf = (name: string): string | null => {
  const sets = stem(name)
    .split(' ')
    .flatMap((word) =>
      /^t\d+k$/.test(word) ? ['test'] : pipe(setNamed(word), (set) => (set._tag === 'Some' ? [set.value] : []))
    )
  return sets[0] ?? null
}

const indexOf = (
  file: string,
  images: ReadonlyArray<readonly [StoredArray, Values | undefined]>
): E.Either<DataError | IoError, ImageIndex> => {
  for (const [array, labels] of images)
    if (labels !== undefined && labels.length !== array.shape[0])
      return bad(
        file,
        `a label for each of ${array.shape[0]} images of ${array.name}`,
        `${labels.length}`,
        'check the arrays'
      )
  const arrays = new Map(images.map(([array]) => [array.name, array]))
  const sets = images.map(([array]) => setOf(array.name) ?? setOf(file.split(/[\\/]/).at(-1)!))
  return E.right({
    length: images.reduce((sum, [{ shape }]) => sum + shape[0]!, 0),
    at: (position) => {
      let [k, i] = [0, position]
      while (i >= images[k]![0].shape[0]!) i -= images[k++]![0].shape[0]!
      const [array, labels] = images[k]!
      const set = sets[k]!
      return { name: `${array.name}/${i}`, columns: { label: labels?.[i] ?? null, ...(set === null ? {} : { set }) } }
    },
    placeOf: (name): ImagePlace => {
      const [, at = '', i = '0'] = /^(.*)\/(\d+)$/s.exec(name) ?? []
      const array = arrays.get(at)!
      const { height, width, channels, planar } = sidesOf(array)!
      const length = height * width * channels
      return {
        _tag: 'Samples',
        path: array.path,
        from: array.from + Number(i) * length,
        height,
        width,
        channels,
        planar
      }
    }
  })
}

// -------------------------------------------------------------------------------------------------------------------
// npz
// -------------------------------------------------------------------------------------------------------------------

const arrayOf =
  (file: string, member: ZipMember) =>
  (env: Env): Reading<StoredArray | undefined> =>
    pipe(
      member.deflated
        ? pipe(
            inflated(file, () => ({ from: member.from, length: member.length, by: 'deflate', name: member.name }))(env),
            TE.map((path) => ({ path, from: 0 }))
          )
        : TE.right({ path: file, from: member.from }),
      TE.bindTo('at'),
      TE.bindW('start', ({ at }) => env.files.readRange(at.path, at.from, 4096)),
      TE.map(({ at, start }) => {
        const header = npyHeader(start)
        return header === undefined || header.fortran
          ? undefined
          : { name: member.name.replace(/\.npy$/, ''), path: at.path, from: at.from + header.length, ...header }
      })
    )

/** The images of an `.npz` file, each array with the labels of the same name (`x_train` with `y_train`). */
export const npzIndex =
  (file: string) =>
  (env: Env): Reading<ImageIndex> =>
    pipe(
      zipMembers(file)(env),
      TE.chain(TE.traverseSeqArray((member) => arrayOf(file, member)(env))),
      TE.map((arrays) => arrays.flatMap((array) => array ?? [])),
      TE.chain((arrays) => {
        const images = arrays.filter((array) => sidesOf(array) !== undefined)
        const labels = arrays.filter((array) => !images.includes(array) && bytesOfType(array.type) !== undefined)
        if (images.length === 0)
          return TE.fromEither(
            bad(
              file,
              'an array of 8-bit images (n, height, width) or with channels',
              arrays.map(shown).join(', ') || 'no arrays',
              'save images as uint8 in C order'
            )
          )
        return pipe(
          images,
          TE.traverseSeqArray((array) => {
            const its = labels.find(({ name }) => stem(name) === stem(array.name))
            const values: Reading<Values | undefined> = its === undefined ? TE.right(undefined) : valuesOf(its)(env)
            return TE.map((known: Values | undefined) => [array, known] as const)(values)
          }),
          TE.chainEitherK((pairs) => indexOf(file, pairs))
        )
      })
    )

// -------------------------------------------------------------------------------------------------------------------
// idx
// -------------------------------------------------------------------------------------------------------------------

const idxArray =
  (file: string) =>
  (env: Env): Reading<StoredArray> =>
    pipe(
      /\.gz$/i.test(file)
        ? inflated(file, (bytes) => ({ from: 0, length: bytes, by: 'gzip', name: file.replace(/\.gz$/i, '') }))(env)
        : TE.right(file),
      TE.bindTo('path'),
      TE.bindW('start', ({ path }) => env.files.readRange(path, 0, 16)),
      TE.chainEitherK(({ path, start }) => {
        const view = new DataView(start.buffer, start.byteOffset, start.byteLength)
        const sides = start[3] ?? 0
        if (
          start.length < 8 ||
          start[0] !== 0 ||
          start[1] !== 0 ||
          start[2] !== 8 ||
          sides > 3 ||
          start.length < 4 + 4 * sides
        )
          return bad(file, 'an idx file of unsigned bytes', 'other bytes', 'check the path')
        const name = file.split(/[\\/]/).at(-1)!.replace(/\.gz$/i, '')
        const shape = Array.from({ length: sides }, (_, i) => view.getUint32(4 + 4 * i))
        return E.right({ name, path, from: 4 + 4 * sides, type: '|u1', shape })
      })
    )

/** The file of labels beside a file of images: `train-labels-idx1-ubyte` beside `train-images-idx3-ubyte`. */
export const idxLabels = (images: string): string => images.replace(/images?([-_.])idx3/i, 'labels$1idx1')

/** The images of an idx file, with the labels of the file beside it, if there is one. */
export const idxIndex =
  (file: string) =>
  (env: Env): Reading<ImageIndex> =>
    pipe(
      idxArray(file)(env),
      TE.bindTo('images'),
      TE.bindW('there', () => (idxLabels(file) === file ? TE.right(false) : env.files.exists(idxLabels(file)))),
      TE.bindW('labels', ({ there }): Reading<Values | undefined> =>
        there
          ? pipe(
              idxArray(idxLabels(file))(env),
              TE.chain((array) => valuesOf(array)(env))
            )
          : TE.right(undefined)
      ),
      TE.chainEitherK(({ images, labels }) =>
        sidesOf(images) === undefined
          ? bad(file, 'images (n, height, width)', shown(images), 'name the file of images')
          : indexOf(file, [[images, labels]])
      )
    )

/** The images below a root, decoded as a description says and cached within its budget. */
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import type { ReaderTask } from 'fp-ts/lib/ReaderTask.js'
import type { ReaderTaskEither } from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import {
  bilinearPixels,
  classified,
  cropPad,
  decodingOf,
  greyed,
  legendOf,
  dataError,
  maskTargets,
  movesPixels,
  nearestPixels,
  resizeOf,
  scalingOf,
  unknownValues,
  wholeFiles,
  type Classified,
  type DataError,
  type DataItem,
  type DataSpec,
  type FileFacts,
  type Labelled,
  type Legend,
  type Pixels,
  type PlaceOf,
  type Resize,
  type Size,
  type Task,
  type Transform
} from '../../data/index.js'
import { applyTransforms, framedPoints, pointFrame } from '../../data/pixel/index.js'
import type { Dataset, Item, View } from './Data.js'
import type { HasFiles } from '../Files.js'
import type { DecodedImage, HasImages, ImageHeader } from '../Images.js'
import type { IoError } from '../IoError.js'
import { factsOf } from '../checking/factsOf.js'
import { legendFrom } from './maskLegend.js'
import { pairedSides, sidesSeen } from './pairing.js'
import { drawnIgnored, readPlace } from './readPlace.js'
import { verifyPair, type Verified } from './verifyPair.js'

type Env = HasFiles & HasImages
type Read<A> = ReaderTaskEither<Env, DataError | IoError, A>

/** A mask's classes, scaled but not cropped, with its header and the values without a class. */
export interface OpenedMask extends Classified {
  readonly header: ImageHeader
  readonly lossy: boolean
}

export interface Pictures {
  readonly root: string
  /** Decodes an image and its mask or target, and caches them within the budget. */
  readonly verify: (item: Labelled) => Read<Verified>
  readonly header: (file: string) => Read<ImageHeader>
  /** What files tell a check, in their order; none is cached. */
  readonly facts: (files: ReadonlyArray<string>) => ReaderTask<Env, ReadonlyArray<FileFacts>>
  /** The classes of the source's masks. */
  readonly legend: Read<Legend>
  readonly dataset: (items: ReadonlyArray<DataItem>, sides: readonly [number, number], task: Task) => Dataset
}

/** What the images of opened data are read by; threads are told it. */
export interface PictureSource {
  readonly spec: DataSpec
  readonly root: string
  readonly codes?: ReadonlyArray<string>
}

const legendOfSource =
  ({ source }: DataSpec, codes: PictureSource['codes']): Read<Legend> =>
  (env) => {
    if (source._tag === 'ImageMasks') return legendFrom(source)(env)
    return codes === undefined
      ? TE.left(dataError.badSpec('data.source', 'images with masks', source._tag, 'use imageMasks(path)'))
      : TE.fromEither(legendOf({ values: O.none, colours: O.none, ignore: [drawnIgnored] }, codes))
  }

/** What an image is scaled to when it is decoded: the data's size, a larger square, or its own. */
type DecodedSize = { readonly size: O.Option<Size>; readonly resize: Resize }

/**
 * The size that drawn transforms need: presized images cover a square; random resized crops take a part of the whole
 * image otherwise.
 */
const decodedFor = (plain: DecodedSize, transforms: ReadonlyArray<View[number] | Transform.Transform>): DecodedSize => {
  const presize = transforms.find((t) => t._tag === 'Presize')
  if (presize !== undefined && typeof presize.pixels === 'number')
    return { size: O.some(presize.pixels), resize: 'crop' }
  return transforms.some(({ _tag }) => _tag === 'RandomResizedCrop') ? { size: O.none, resize: 'crop' } : plain
}

/** Scales a mask or target that is decoded at its own size to its image's. */
const ofOneScale = (
  { size }: DecodedSize,
  { height, width }: Pixels,
  scaled: (sides: readonly [number, number]) => (pixels: Pixels) => Pixels
): ((pixels: Pixels) => Pixels) => (O.isNone(size) ? scaled([height, width]) : (pixels) => pixels)

/** Whether a transform applies to the target image too. */
const isOfPlace = ({ _tag }: View[number]): boolean => movesPixels(_tag)

export const itemAt = (items: ReadonlyArray<DataItem>, i: number): E.Either<DataError, DataItem> => {
  const item = items[i]
  return item === undefined
    ? E.left(dataError.noSuchItem(`item ${i}`, `an index from 0 to ${items.length - 1}`, `${i}`, 'ask for another'))
    : E.right(item)
}

/** Memory of a cache entry besides its samples. */
const overhead = 256

/** A cache of at most this many bytes. */
const memory = (bytes: number) => {
  let left = bytes
  return <A>(sizeOf: (a: A) => number) => {
    const remembered = new Map<string, A>()
    return (file: string, otherwise: Read<A>): Read<A> =>
      (env) => {
        const found = remembered.get(file)
        if (found !== undefined) return TE.right(found)
        return TE.map((a: A) => {
          const cost = sizeOf(a) + overhead
          if (cost <= left && !remembered.has(file)) {
            remembered.set(file, a)
            left -= cost
          }
          return a
        })(otherwise(env))
      }
  }
}

/** The images below a root, wherever they are; `codes` are the classes of drawn masks. All places share one cache. */
export const pictures = ({ spec, root, codes }: PictureSource): ((placeOf?: PlaceOf) => Pictures) => {
  const remembering = memory(spec.cacheBytes)
  const knownImage = remembering<DecodedImage>(({ data }) => data.length)
  const knownMask = remembering<OpenedMask>(({ classes }) => classes.data.length)
  const resize = resizeOf(spec)
  const decoding = decodingOf(spec)
  const { orientation } = decoding
  const plain: DecodedSize = { size: spec.size, resize }
  /** What most images will be decoded to. */
  const trained = decodedFor(plain, spec.transforms)
  const keyOf = (file: string, { size, resize: how }: DecodedSize): string =>
    JSON.stringify([O.toNullable(size), how, file])
  const legend = remembering<Legend>(() => 0)('', legendOfSource(spec, codes))
  const read = readPlace(root)
  return (placeOf = wholeFiles) => {
    const bytesOf = (file: string): Read<Uint8Array> => read(placeOf(file))
    /** Scaled but not cropped: the crop may differ in every epoch. */
    const decode = (file: string, to: DecodedSize): Read<DecodedImage> =>
      knownImage(keyOf(file, to), (env) =>
        pipe(
          bytesOf(file)(env),
          TE.chainW((bytes) => env.images.decode(file, bytes, { ...to, cut: false, decoding }))
        )
      )
    const scaledMask = ({ size, resize: how }: DecodedSize, mask: Pixels): Pixels => {
      if (O.isNone(size)) return mask
      const { region, sides } = scalingOf(how, size.value)([mask.height, mask.width])
      return nearestPixels(sides)(cropPad(region)(mask))
    }
    const openMask = (file: string, of: Legend, to: DecodedSize): Read<OpenedMask> =>
      knownMask(keyOf(file, to), (env) =>
        pipe(
          bytesOf(file)(env),
          TE.chainW((bytes) => env.images.mask(file, bytes, { as: of.by, orientation })),
          TE.map(({ header, lossy, ...samples }) => {
            const known = classified(of, { lossy, ...samples })
            return { ...known, classes: scaledMask(to, known.classes), header, lossy }
          })
        )
      )
    const mask = (file: string): Read<OpenedMask> =>
      pipe(
        legend,
        RTE.chain((of) => openMask(file, of, trained))
      )
    const classesOf = (file: string, to: DecodedSize): Read<OpenedMask> =>
      pipe(
        legend,
        RTE.chain((of) =>
          pipe(
            openMask(file, of, to),
            RTE.filterOrElseW(
              ({ unknown }) => unknown.size === 0,
              (opened) => unknownValues(of, [[file, opened]])
            )
          )
        )
      )
    const paired = (kind: 'mask' | 'target', file: string, label: string) => {
      const check = pairedSides(orientation, O.isSome(spec.size))
      return <A extends { readonly header: ImageHeader }>(image: DecodedImage, its: A): E.Either<DataError, A> =>
        E.map(() => its)(check({ file, header: image.header }, { file: label, header: its.header }, kind))
    }
    /** Scaled pixels, cropped to the data's sides. */
    const fitted = (sides: readonly [number, number], view: View | undefined, kind: 'image' | 'mask' | 'target') => {
      const fits =
        view === undefined
          ? cropPad(sides)
          : applyTransforms(kind === 'target' ? view.filter(isOfPlace) : view, {
              size: O.some(sides),
              resize,
              mask: kind === 'mask'
            })
      return (pixels: Pixels): Pixels => {
        const { height, width, channels, data } = fits(pixels)
        // a copy, because the cached image is used in later epochs
        return { height, width, channels, data: data === pixels.data ? data.slice() : data }
      }
    }
    /** Without a size, images must already have the data's sides. */
    const ofOneSize =
      (file: string, sides: readonly [number, number]) =>
      (image: DecodedImage): E.Either<DataError, DecodedImage> =>
        O.isNone(spec.size) && (image.height !== sides[0] || image.width !== sides[1])
          ? E.left(
              dataError.mixedSizes(
                file,
                `${sides[0]} x ${sides[1]}, like the others`,
                `${image.height} x ${image.width}`,
                'set a size: withSize(224)'
              )
            )
          : E.right(image)
    return {
      root,
      verify: verifyPair(spec, {
        image: (file) =>
          RTE.map(({ header, samples }: DecodedImage) => ({ header, ...(samples && { samples }) }))(
            decode(file, trained)
          ),
        mask: (file) => RTE.map(({ header, classes: _, ...its }: OpenedMask) => ({ header, mask: its }))(mask(file))
      }),
      header: (file) => (env) =>
        pipe(
          bytesOf(file)(env),
          TE.chainW((bytes) => env.images.header(file, bytes))
        ),
      facts: (files) => (env) => async () => {
        const all: Array<FileFacts> = []
        for (const file of files) all.push(await factsOf(decoding, file, bytesOf(file))(env)())
        return all
      },
      legend,
      dataset: (items, sides, task) => ({
        length: items.length,
        items,
        item: (i, view) => (env) => {
          const found = itemAt(items, i)
          if (E.isLeft(found)) return TE.left(found.left)
          const item = found.right
          const { file, label } = item
          const to = view === undefined ? plain : decodedFor(plain, view)
          return pipe(
            decode(file, to)(env),
            TE.chainEitherKW(ofOneSize(file, sides)),
            TE.chain((image) => {
              const one: Item = { ...item, pixels: fitted(sides, view, 'image')(image) }
              // the mask or the target is the image's label
              if (task._tag === 'Segmentation')
                return pipe(
                  classesOf(label, to)(env),
                  TE.chainEitherKW((its) => paired('mask', file, label)(image, its)),
                  TE.map(({ classes }): Item => {
                    const fits = fitted(sides, view, 'mask')(ofOneScale(to, image, nearestPixels)(classes))
                    return { ...one, mask: maskTargets(task.codes.length)(fits) }
                  })
                )
              if (task._tag === 'ImageRegression')
                return pipe(
                  decode(label, to)(env),
                  TE.chainEitherKW((its) => paired('target', file, label)(image, its)),
                  TE.map((its): Item => {
                    const goal = fitted(sides, view, 'target')(ofOneScale(to, image, bilinearPixels)(its))
                    return { ...one, goal: task.channels === 1 ? greyed(goal) : goal }
                  })
                )
              if (task._tag !== 'Points') return TE.right(one)
              const frame = pointFrame({
                own: sidesSeen(orientation, image.header),
                decoded: to,
                transforms: view ?? [],
                sides,
                resize
              })
              const xy = framedPoints(task, frame)([item.target].flat())
              return TE.right({ ...one, points: { xy, frame } })
            })
          )
        }
      })
    }
  }
}

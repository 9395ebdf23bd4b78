/**
 * Warnings about readable images: orientation, samples that need a `range`, extreme aspect ratios, masks that were
 * scaled or compressed with loss.
 */
import * as O from 'fp-ts/lib/Option.js'
import {
  dataWarning,
  isMisread,
  maxStretch,
  someOf,
  stretchOf,
  type DataSpec,
  type DataWarning,
  type Legend
} from '../../data/index.js'
import { sidesSeen } from './pairing.js'
import type { Verified, VerifiedFile } from './verifyPair.js'

/** A warning about these files, if there are any. */
const ofFiles = (
  files: ReadonlyArray<string>,
  warning: (named: string, count: number) => DataWarning
): ReadonlyArray<DataWarning> => (files.length === 0 ? [] : [warning(someOf(files), files.length)])

const isTurned = ({ header }: VerifiedFile): boolean => header.orientation !== 1

/**
 * A mask without an orientation of its own does not show whether it was drawn on the rotated image, unless its sides
 * do.
 */
const untold = (pairs: ReadonlyArray<Verified>): string => {
  const count = pairs.filter(({ image, label }) => label !== undefined && isTurned(image) !== isTurned(label)).length
  return count === 0
    ? ''
    : `; ${count} masks or targets have a different orientation tag: check that they match their images`
}

const orientation = (spec: DataSpec, root: string, pairs: ReadonlyArray<Verified>): ReadonlyArray<DataWarning> => {
  const turned = pairs.filter(({ image, label }) => isTurned(image) || (label !== undefined && isTurned(label)))
  const applies = spec.orientation === 'apply'
  return ofFiles(
    turned.map(({ file, image, label }) => (isTurned(image) ? file : label!.file)),
    (named, count) =>
      dataWarning.oriented(
        root,
        'images stored upright',
        `${count} of ${pairs.length} with an EXIF orientation, ${applies ? 'turned upright' : 'not turned'}: ${named}${untold(turned)}`,
        applies
          ? "or use them as stored, as fastai and torchvision do: withOrientation('ignore')"
          : "or turn them upright: withOrientation('apply')"
      )
  )
}

/** Samples that end far below white, or exceed black or white. */
const misread = ({ samples }: VerifiedFile): boolean => samples !== undefined && isMisread(samples)

const ranges = (
  root: string,
  images: ReadonlyArray<VerifiedFile & { readonly file: string }>
): ReadonlyArray<DataWarning> => {
  const odd = images.filter(misread)
  const least = odd.reduce((so, { samples }) => Math.min(so, samples!.extremes[0]), Infinity)
  const greatest = odd.reduce((so, { samples }) => Math.max(so, samples!.extremes[1]), -Infinity)
  const bits = Math.ceil(Math.log2(greatest + 1))
  const proposed =
    least >= 0 && greatest <= 1 ? '[0, 1]' : `[${Math.min(0, least)}, ${least >= 0 ? 2 ** bits - 1 : greatest}]`
  return ofFiles(
    odd.map(({ file }) => file),
    (named, count) =>
      dataWarning.sampleRange(
        root,
        `samples from ${odd[0]!.samples!.range.join(' to ')}, black to white`,
        `${count === 1 ? '1 image' : `${count} images`} with samples from ${least} to ${greatest}: ${named}`,
        `set the sample values of black and white: withRange(${proposed})`
      )
  )
}

const slivers = (spec: DataSpec, root: string, pairs: ReadonlyArray<Verified>): ReadonlyArray<DataWarning> => {
  if (O.isNone(spec.size)) return []
  const stretch = stretchOf(spec.size.value)
  const sides = (image: VerifiedFile) => sidesSeen(spec.orientation, image.header)
  return ofFiles(
    pairs
      .filter(({ image }) => stretch(sides(image)) > maxStretch)
      .map(({ file, image }) => `${file} (${sides(image).join(' x ')})`),
    (named, count) =>
      dataWarning.slivers(
        root,
        `images with at most ${maxStretch} times the aspect ratio of the size`,
        `${count} with a larger aspect ratio, of which only the middle is used: ${named}`,
        'crop or remove them'
      )
  )
}

type LookedMask = NonNullable<Verified['label']> & { readonly mask: NonNullable<VerifiedFile['mask']> }

/** The classes that occur in masks and are not ignored. */
export const countingCodes = (
  { codes, classes }: Pick<Legend, 'codes' | 'classes'>,
  masks: ReadonlyArray<{ readonly mask: Pick<LookedMask['mask'], 'found'> }>
): ReadonlyArray<string> => {
  const seen = new Set(masks.flatMap(({ mask }) => [...mask.found].map((value) => classes.get(value))))
  return [...seen].flatMap((index) => (index === undefined ? [] : (codes[index] ?? [])))
}

/** Masks of a single class teach nothing, and suggest that their values were misread. */
const oneClass = (
  root: string,
  { codes, classes }: Legend,
  masks: ReadonlyArray<LookedMask>
): ReadonlyArray<DataWarning> => {
  if (masks.some(({ mask }) => mask.lossy)) return []
  const counting = countingCodes({ codes, classes }, masks)
  return counting.length > 1
    ? []
    : [
        dataWarning.oneClassMasks(
          root,
          `masks of ${codes.length} classes`,
          `${counting[0]!} only, in all pixels that are not ignored`,
          'check codes, ignore, values and colours against the masks'
        )
      ]
}

/** Warnings about readable masks. */
export const maskWarnings = (
  root: string,
  legend: Legend,
  masks: ReadonlyArray<LookedMask>
): ReadonlyArray<DataWarning> => {
  const files = (such: (label: LookedMask) => boolean) => masks.filter(such).map(({ file }) => file)
  return [
    ...ofFiles(
      files(({ sides }) => sides === 'scaled'),
      (named, count) =>
        dataWarning.scaledMasks(
          root,
          'masks with the size of their images',
          `${count} with another size and the same aspect ratio, scaled: ${named}`,
          'nothing, if the size differs on purpose'
        )
    ),
    ...ofFiles(
      files(({ mask }) => mask.lossy),
      (named, count) =>
        dataWarning.lossyMasks(
          root,
          'masks compressed without loss',
          `${count} with lossy compression such as JPEG, whose values are only approximate: ${named}`,
          'save masks as PNG'
        )
    ),
    ...oneClass(root, legend, masks)
  ]
}

/** Warnings about readable images, and about the orientation of their masks or targets. */
export const lookWarnings = (
  spec: DataSpec,
  root: string,
  pairs: ReadonlyArray<Verified>
): ReadonlyArray<DataWarning> => [
  ...orientation(spec, root, pairs),
  ...ranges(root, [
    ...pairs.map(({ file, image }) => ({ file, ...image })),
    ...pairs.flatMap(({ label }) => (label === undefined ? [] : [label]))
  ]),
  ...slivers(spec, root, pairs)
]

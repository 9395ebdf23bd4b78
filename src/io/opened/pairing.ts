/** Whether the size of a mask or target image matches its image. */
import * as E from 'fp-ts/lib/Either.js'
import { dataError, uprightSides, type DataError, type Decoding } from '../../data/index.js'
import type { ImageHeader } from '../Images.js'

export type Sides = readonly [height: number, width: number]

/** A file with its header. */
export interface Headed {
  readonly file: string
  readonly header: ImageHeader
}

/** The sides of an image after orientation, if it is applied. */
export const sidesSeen = (
  orientation: Decoding['orientation'],
  { height, width, orientation: tag }: ImageHeader
): Sides => uprightSides(orientation === 'apply' ? tag : 1, [height, width])

export const same = (a: Sides, b: Sides): boolean => a[0] === b[0] && a[1] === b[1]

/** Whether one size is the other scaled, up to rounding. */
const alike = ([h, w]: Sides, [oh, ow]: Sides): boolean =>
  h !== oh && w !== ow && Math.abs(h * ow - oh * w) < Math.max(h, w, oh, ow)

const shown = ([h, w]: Sides): string => `${h} x ${w}`

const tagged = ({ header }: Headed): string =>
  header.orientation === 1
    ? ''
    : ` (stored as ${header.height} x ${header.width}, EXIF orientation ${header.orientation})`

/**
 * How a mask or target matches its image: the same sides, or the same aspect ratio, which resizing makes equal. Error:
 * `BadMask` that names both.
 */
export const pairedSides =
  (orientation: Decoding['orientation'], sized: boolean) =>
  (image: Headed, label: Headed, kind: 'mask' | 'target'): E.Either<DataError, 'same' | 'scaled'> => {
    const [its, own] = [sidesSeen(orientation, image.header), sidesSeen(orientation, label.header)]
    if (same(its, own)) return E.right('same')
    if (sized && alike(its, own)) return E.right('scaled')
    const other = orientation === 'apply' ? 'ignore' : 'apply'
    const turns = same(sidesSeen(other, image.header), sidesSeen(other, label.header))
    const hint = turns
      ? other === 'ignore'
        ? `the ${kind} seems to match the image as stored: withOrientation('ignore')`
        : `the ${kind} seems to match the rotated image: withOrientation('apply')`
      : alike(its, own)
        ? `make the image and its ${kind} the same size, or set one: withSize(224)`
        : `scale and crop the image and its ${kind} alike, or pair the image with the right ${kind}`
    return E.left(
      dataError.badMask(
        label.file,
        `the sides of its image ${image.file}, ${shown(its)}${tagged(image)}`,
        `${shown(own)}${tagged(label)}`,
        hint
      )
    )
  }

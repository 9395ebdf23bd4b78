/** Groups of images with the same bytes, and of images that are most likely copies of one another. */
import { areThumbnailsAlike, mostBits, thumbnailLength } from '../likeness/Likeness.js'
import { nearHashes } from '../likeness/nearHashes.js'
import { digestLength } from './FileFacts.js'
import { groupedBy, unions } from './unions.js'
import type { Survey } from './Survey.js'

/** Positions of files that belong together, in order. */
export type Copies = ReadonlyArray<number>

/** Images with the same bytes, those without a copy included. */
export const byBytes = ({ digests }: Survey, images: ReadonlyArray<number>): ReadonlyArray<Copies> => {
  const decoder = new TextDecoder('latin1')
  return groupedBy(images, (i) => decoder.decode(digests.subarray(digestLength * i, digestLength * (i + 1))))
}

/** How many different images of one hash are compared with all others; most have a hash of their own. */
const mostLeaders = 64

/**
 * Groups of images that look like copies: hashes within 6 bits and thumbnails that agree. `each` has one image of each
 * content. Images of equal hash are compared with the first ones of it only, because blank images, of which there may be
 * many, share one hash.
 */
export const nearCopies = (survey: Survey, each: ReadonlyArray<number>): ReadonlyArray<Copies> => {
  const { hashes, thumbnails } = survey
  const thumbnail = (i: number) => thumbnails.subarray(thumbnailLength * i, thumbnailLength * (i + 1))
  const alike = (i: number, j: number): boolean => areThumbnailsAlike(thumbnail(i), thumbnail(j))
  const places = new Map(each.map((i, at) => [i, at]))
  const { rootOf, unite } = unions(each.length)
  const leaders: Array<number> = []
  for (const same of groupedBy(each, (i) => `${hashes[2 * i]!} ${hashes[2 * i + 1]!}`)) {
    const first: Array<number> = []
    for (const i of same) {
      const leader = first.find((one) => alike(one, i))
      if (leader !== undefined) unite(places.get(leader)!, places.get(i)!)
      else if (first.length < mostLeaders) first.push(i)
    }
    leaders.push(...first)
  }
  const own = Uint32Array.from({ length: 2 * leaders.length }, (_, k) => hashes[2 * leaders[k >> 1]! + (k & 1)]!)
  nearHashes(
    own,
    mostBits
  )((a, b) => {
    const [i, j] = [leaders[a]!, leaders[b]!]
    const [from, to] = [places.get(i)!, places.get(j)!]
    if (rootOf(from) !== rootOf(to) && alike(i, j)) unite(from, to)
  })
  return groupedBy(each, (i) => rootOf(places.get(i)!)).filter((group) => group.length > 1)
}

/**
 * `Survey`: what is known of all files of some data, in typed arrays, so that a million files need about 250 bytes each
 * besides their names.
 */
import { thumbnailLength } from '../likeness/Likeness.js'
import type { SetName } from '../holdouts/SetName.js'
import { digestLength, type FileFacts, type ImageTrait } from './FileFacts.js'

/** A file to check. */
export interface CheckedFile {
  readonly file: string
  /** `mask`: a mask or target image, of which only the file is checked. */
  readonly role: SetName | 'mask'
  /** For images with values as labels. */
  readonly label?: string
}

/** The facts of all files, by their position. Files that could not be decoded have sides of 0. */
export interface Survey {
  readonly files: ReadonlyArray<CheckedFile>
  readonly heights: Uint32Array
  readonly widths: Uint32Array
  readonly digests: Uint8Array
  readonly hashes: Uint32Array
  readonly thumbnails: Uint8Array
  /** The few files with something to say of. */
  readonly remarks: ReadonlyMap<number, Remark>
}

/** What is unusual about a file. */
export interface Remark {
  readonly fault?: Exclude<FileFacts, { readonly _tag: 'Decoded' }>
  readonly traits: ReadonlyArray<ImageTrait>
  readonly orientation: number
  /** The format of the content, if the extension is that of another. */
  readonly misnamed?: string
  readonly samples?: Extract<FileFacts, { readonly _tag: 'Decoded' }>['samples']
}

const extensions: Readonly<Record<string, string>> = {
  ...{ png: 'png', gif: 'gif', webp: 'webp', bmp: 'bmp', avif: 'heif', heic: 'heif', heif: 'heif' },
  ...{ jpg: 'jpeg', jpeg: 'jpeg', jpe: 'jpeg', jfif: 'jpeg', tif: 'tiff', tiff: 'tiff' },
  ...{ ppm: 'netpbm', pgm: 'netpbm', pbm: 'netpbm', pnm: 'netpbm', pam: 'netpbm' }
}

/** Whether an extension is that of another format; an unknown one contradicts nothing. */
const contradicts = (file: string, format: string): boolean => {
  const expected = extensions[/\.(\w+)$/.exec(file)?.[1]?.toLowerCase() ?? '']
  return expected !== undefined && expected !== format
}

const remarkOf = ({ file }: CheckedFile, isFile: boolean, facts: FileFacts): Remark | undefined => {
  if (facts._tag !== 'Decoded') return { fault: facts, traits: [], orientation: 1 }
  const { traits, orientation, format, samples } = facts
  const misnamed = isFile && contradicts(file, format)
  return traits.length > 0 || orientation !== 1 || misnamed || samples !== undefined
    ? { traits, orientation, ...(misnamed ? { misnamed: format } : {}), ...(samples === undefined ? {} : { samples }) }
    : undefined
}

/** A survey to fill, file by file, in any order; `isFile`: whether an image is a file of its own, with an extension. */
export const surveyOf = (files: ReadonlyArray<CheckedFile>, isFile: (file: string) => boolean) => {
  const n = files.length
  const remarks = new Map<number, Remark>()
  const survey: Survey = {
    files,
    heights: new Uint32Array(n),
    widths: new Uint32Array(n),
    digests: new Uint8Array(digestLength * n),
    hashes: new Uint32Array(2 * n),
    thumbnails: new Uint8Array(thumbnailLength * n),
    remarks
  }
  const add = (i: number, facts: FileFacts): void => {
    const remark = remarkOf(files[i]!, isFile(files[i]!.file), facts)
    if (remark !== undefined) remarks.set(i, remark)
    if (facts._tag !== 'Decoded') return
    survey.heights[i] = facts.height
    survey.widths[i] = facts.width
    survey.digests.set(facts.digest, digestLength * i)
    survey.hashes.set(facts.likeness.hash, 2 * i)
    survey.thumbnails.set(facts.likeness.thumbnail, thumbnailLength * i)
  }
  return { survey, add }
}

/** Whether a file was decoded. */
export const isDecoded = ({ heights }: Survey, i: number): boolean => heights[i]! > 0

/** The positions of the decoded images, without masks. */
export const imagesIn = (survey: Survey): ReadonlyArray<number> =>
  survey.files.flatMap(({ role }, i) => (role !== 'mask' && isDecoded(survey, i) ? [i] : []))

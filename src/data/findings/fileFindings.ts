/** What is wrong with single files, or unusual about them. */
import * as O from 'fp-ts/lib/Option.js'
import type { DataSpec } from '../DataSpec.js'
import { maxStretch, stretchOf } from '../images/scaling.js'
import { counted, finding, type Finding, type FindingGroup } from './Finding.js'
import type { ImageTrait } from './FileFacts.js'
import type { FindingCode } from './FindingCode.js'
import { isMisread } from './misread.js'
import { imagesIn, type Remark, type Survey } from './Survey.js'

type Spec = Pick<DataSpec, 'size' | 'orientation' | 'colour'>

/** One finding about files, each a group of its own; none if there are no files. */
const about = (
  code: FindingCode,
  groups: ReadonlyArray<FindingGroup>,
  what: (n: number) => string,
  more: { readonly leaveOut?: boolean; readonly meaning?: string; readonly remedy?: string } = {}
): ReadonlyArray<Finding> => {
  const { leaveOut = false, ...said } = more
  return groups.length === 0
    ? []
    : [
        finding(code, {
          found: what(groups.length),
          groups,
          ...(leaveOut ? { leaveOut: groups.flatMap(({ files }) => files) } : {}),
          ...said
        })
      ]
}

const files = (what: string) => (n: number) => `${counted(n, 'file')} ${what}`

const images = (what: string) => (n: number) => `${counted(n, 'image')} ${what}`

/** Files that are read as the description is opened, and images only: of a mask, a palette is no surprise. */
const remarked = (survey: Survey, masks: boolean, such: (remark: Remark) => string | boolean) =>
  [...survey.remarks].flatMap(([i, remark]): ReadonlyArray<FindingGroup> => {
    const { file, role } = survey.files[i]!
    const note = !masks && role === 'mask' ? false : such(remark)
    return note === false ? [] : [{ files: [file], ...(note === true ? {} : { note }) }]
  })

const faults = (survey: Survey): ReadonlyArray<Finding> => [
  ...about(
    'empty-file',
    remarked(survey, true, ({ fault }) => fault?._tag === 'Empty'),
    files('without a byte'),
    { leaveOut: true }
  ),
  ...about(
    'truncated-image',
    remarked(survey, true, ({ fault }) => fault?._tag === 'Unreadable' && fault.isTruncated && fault.reason),
    files('cut off'),
    { leaveOut: true }
  ),
  ...about(
    'unreadable-image',
    remarked(survey, true, ({ fault }) => fault?._tag === 'Unreadable' && !fault.isTruncated && fault.reason),
    files('that cannot be decoded'),
    { leaveOut: true }
  ),
  ...about(
    'misnamed-image',
    remarked(survey, true, ({ misnamed }) => misnamed !== undefined && `holds ${misnamed.toUpperCase()}`),
    files('with the extension of another format')
  )
]

const orientations = (survey: Survey, { orientation }: Spec): ReadonlyArray<Finding> =>
  about(
    'exif-orientation',
    remarked(survey, false, (remark) => remark.orientation !== 1 && `EXIF orientation ${remark.orientation}`),
    images('with an EXIF orientation'),
    orientation === 'apply'
      ? {}
      : {
          meaning: 'graft uses the pixels as stored, as the description says',
          remedy: "to turn them upright: withOrientation('apply')"
        }
  )

const proposed = (extremes: ReadonlyArray<readonly [number, number]>): string => {
  const least = Math.min(...extremes.map(([low]) => low))
  const greatest = Math.max(...extremes.map(([, high]) => high))
  if (least >= 0 && greatest <= 1) return '[0, 1]'
  return `[${Math.min(0, least)}, ${least >= 0 ? 2 ** Math.ceil(Math.log2(greatest + 1)) - 1 : greatest}]`
}

const depths = (survey: Survey): ReadonlyArray<Finding> => {
  const misread = [...survey.remarks.values()].flatMap(({ samples }) =>
    samples !== undefined && isMisread(samples) ? [samples.extremes] : []
  )
  return [
    ...about(
      'sixteen-bit',
      remarked(survey, false, ({ traits, samples }) => {
        if (!traits.includes('sixteenBit')) return false
        return samples === undefined ? true : `samples from ${samples.extremes[0]} to ${samples.extremes[1]}`
      }),
      images('of more than 8 bits per sample')
    ),
    ...about(
      'sample-range',
      remarked(
        survey,
        false,
        ({ samples }) =>
          samples !== undefined &&
          isMisread(samples) &&
          `samples from ${samples.extremes[0]} to ${samples.extremes[1]}, where ${samples.range[0]} is black and ${samples.range[1]} white`
      ),
      images('with samples in a small part of their range'),
      misread.length === 0
        ? {}
        : { remedy: `set the sample values of black and white: withRange(${proposed(misread)})` }
    )
  ]
}

const traitFindings: Readonly<Record<Exclude<ImageTrait, 'sixteenBit'>, readonly [FindingCode, string]>> = {
  palette: ['palette', 'with a palette'],
  alpha: ['alpha-channel', 'with an alpha channel'],
  cmyk: ['cmyk', 'in CMYK'],
  frames: ['several-frames', 'of several frames or pages']
}

const traits = (survey: Survey, { colour }: Spec): ReadonlyArray<Finding> =>
  (Object.keys(traitFindings) as ReadonlyArray<keyof typeof traitFindings>).flatMap((trait) => {
    const [code, what] = traitFindings[trait]
    const converts = trait === 'cmyk' && colour === 'convert'
    return about(
      code,
      remarked(survey, false, (remark) => remark.traits.includes(trait)),
      images(what),
      converts ? { meaning: 'graft converts them to RGB by their profile, as the description says' } : {}
    )
  })

const medianOf = (values: ReadonlyArray<number>): number =>
  Float64Array.from(values).sort()[Math.floor(values.length / 2)] ?? 0

/** How many times smaller or larger than the median side an image is extreme. */
const extreme = 8

const sizes = (survey: Survey, { size }: Spec): ReadonlyArray<Finding> => {
  const all = imagesIn(survey)
  const sidesAt = (i: number) => [survey.heights[i]!, survey.widths[i]!] as const
  const shorter = (i: number) => Math.min(...sidesAt(i))
  const longer = (i: number) => Math.max(...sidesAt(i))
  const [short, long] = [medianOf(all.map(shorter)), medianOf(all.map(longer))]
  const stretch = stretchOf(O.isSome(size) ? size.value : 1)
  const those = (such: (i: number) => boolean): ReadonlyArray<FindingGroup> =>
    all.flatMap((i) =>
      such(i) ? [{ files: [survey.files[i]!.file], note: `${survey.widths[i]!} x ${survey.heights[i]!} pixels` }] : []
    )
  return [
    ...about(
      'tiny-image',
      those((i) => shorter(i) * extreme < short && stretch(sidesAt(i)) <= maxStretch),
      images(`with a shorter side below an eighth of the median, ${short} pixels`)
    ),
    ...about(
      'huge-image',
      those((i) => longer(i) > extreme * long && stretch(sidesAt(i)) <= maxStretch),
      images(`with a longer side above 8 times the median, ${long} pixels`)
    ),
    ...about(
      'extreme-aspect-ratio',
      those((i) => stretch(sidesAt(i)) > maxStretch),
      images(`more than ${maxStretch} times as long as wide, relative to the size`)
    )
  ]
}

/** What is wrong with single files, or unusual about them. */
export const fileFindings = (survey: Survey, spec: Spec): ReadonlyArray<Finding> => [
  ...faults(survey),
  ...orientations(survey, spec),
  ...depths(survey),
  ...traits(survey, spec),
  ...sizes(survey, spec)
]

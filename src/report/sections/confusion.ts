/** Section 5: the confusion matrix, whose cells open their images, and the classes confused most. */
import type { ConfusionMatrix } from '../../interpret/index.js'
import type { Block, PageImage } from '../../page/index.js'
import type { ReportSection } from '../Report.js'

/** A thumbnail of an image, and its pair of classes. */
export interface ClassedImage {
  readonly actual: number
  readonly predicted: number
  readonly image: PageImage
}

/** Classes whose matrix can be read. */
const readable = 60

const prefix = 'pair'

/** The classes with the most mistakes, in the order of the classes. */
const chosenClasses = (counts: ConfusionMatrix): ReadonlyArray<number> => {
  const mistakes = counts.map((row, a) => row.reduce((sum, n, p) => (p === a ? sum : sum + n + counts[p]![a]!), 0))
  const all = counts.map((_, k) => k)
  return all.length <= readable
    ? all
    : all
        .sort((a, b) => mistakes[b]! - mistakes[a]!)
        .slice(0, readable)
        .sort((a, b) => a - b)
}

export const confusionSection = (
  classes: ReadonlyArray<string>,
  counts: ConfusionMatrix,
  images: ReadonlyArray<ClassedImage>,
  notes: ReadonlyArray<string>
): ReportSection<Block> => {
  const shown = chosenClasses(counts)
  const place = new Map(shown.map((k, at) => [k, at]))
  const pairs = new Map<string, Array<ClassedImage>>()
  for (const image of images) {
    const [a, p] = [place.get(image.actual), place.get(image.predicted)]
    if (a === undefined || p === undefined) continue
    const key = `${a}-${p}`
    pairs.set(key, [...(pairs.get(key) ?? []), image])
  }
  const confused = counts
    .flatMap((row, a) => row.flatMap((n, p) => (a === p || n === 0 ? [] : [{ a, p, n }])))
    .sort((x, y) => y.n - x.n)
  // mistakes before what is right
  const ordered = [...pairs].sort(
    ([, [x]], [, [y]]) => Number(x!.actual === x!.predicted) - Number(y!.actual === y!.predicted)
  )
  return {
    id: 'confusion',
    title: 'Confusion',
    blocks: [
      ...(shown.length < counts.length
        ? [
            {
              _tag: 'Note',
              severity: 'info',
              text: `The matrix shows the ${shown.length} classes with the most mistakes, of ${counts.length}.`
            } as const
          ]
        : []),
      {
        _tag: 'Matrix',
        caption:
          'Images of each actual class (rows) by predicted class (columns); a number that is a link opens its images',
        classes: shown.map((k) => classes[k]!),
        counts: shown.map((a) => shown.map((p) => counts[a]![p]!)),
        prefix,
        linked: [...pairs.keys()]
      },
      ...(confused.length === 0
        ? [{ _tag: 'Text', text: 'No image was taken for another class.' } as const]
        : [
            {
              _tag: 'Table',
              caption: 'Classes confused most',
              columns: ['actual', 'predicted', 'images'],
              rows: confused.slice(0, 20).map(({ a, p, n }) => [classes[a]!, classes[p]!, n])
            } as const
          ]),
      ...notes.map((text): Block => ({ _tag: 'Note', severity: 'info', text })),
      ...ordered.map(([key, [first, ...rest]]): Block => ({
        _tag: 'Images',
        id: `${prefix}-${key}`,
        open: false,
        title:
          first!.actual === first!.predicted
            ? `${classes[first!.actual]!}, predicted right (${rest.length + 1})`
            : `${classes[first!.actual]!} taken for ${classes[first!.predicted]!} (${rest.length + 1})`,
        images: [first!, ...rest].map(({ image }) => image)
      }))
    ]
  }
}

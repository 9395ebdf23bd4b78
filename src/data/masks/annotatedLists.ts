/**
 * Annotated images as they are read, as lists of their fields: a million records take several times the memory.
 *
 * @since 0.1.0
 */
import { growing } from '../Indexed.js'
import type { SaidPoints } from '../points/saidPoints.js'
import type { Annotated, Kept } from './annotations.js'
import { type LabelledRegion, regionLists } from './regionLists.js'

type Labels = ReadonlyArray<string>

const noLabels: Labels = []

/** Most lists that are kept to share. */
const shared = 100_000

/** Adds a label to a list that does not have it; equal lists are the same one, because a million images may have them. */
export const labelLists = () => {
  const longer = new Map<Labels, Map<string, Labels>>()
  let lists = 0
  const withLabel = (labels: Labels, label: string): Labels => {
    if (labels.includes(label)) return labels
    const known = longer.get(labels)?.get(label)
    if (known !== undefined) return known
    const all = [...labels, label]
    if (lists++ < shared) {
      const of = longer.get(labels) ?? new Map<string, Labels>()
      longer.set(labels, of.set(label, all))
    }
    return all
  }
  return { none: noLabels, withLabel, of: (labels: Labels): Labels => labels.reduce(withLabel, noLabels) }
}

/** What is read of an image besides its regions. */
type Said = Omit<Annotated, 'regions'>

const noPoints: Annotated['points'] = []

/** Annotated images; labels, regions and points of an image may come after it. */
export const annotatedLists = (kept: Kept) => {
  const [names, numbers] = [growing<string>(), growing<number>()]
  const [heights, widths] = [growing<number>(), growing<number>()]
  const [labelled, labels] = [growing<boolean>(), growing<Labels>()]
  const points = new Map<number, Annotated['points']>()
  const regions = regionLists()
  const lists = labelLists()
  return {
    lists,
    regionLabels: regions.labels,
    get length() {
      return names.length
    },
    sidesAt: (i: number): readonly [height: number, width: number] => [heights.at(i), widths.at(i)],
    /** Returns the position of the new image. */
    push: (one: Omit<Said, 'points' | 'labels'>): number => {
      names.push(one.name)
      numbers.push(one.number)
      heights.push(one.height)
      widths.push(one.width)
      labelled.push(one.labelled)
      labels.push(lists.none)
      return names.length - 1
    },
    addLabel: (i: number, label: string): void => labels.set(i, lists.withLabel(labels.at(i), label)),
    addRegion: (i: number, region: LabelledRegion): void => {
      if (kept === 'masks') regions.add(i, region)
    },
    addPoints: (i: number, its: SaidPoints): void => {
      if (kept === 'points') points.set(i, [...(points.get(i) ?? noPoints), its])
    },
    nameAt: names.at,
    labelledAt: labelled.at,
    labelsAt: labels.at,
    at: (i: number): Annotated => ({
      name: names.at(i),
      number: numbers.at(i),
      labelled: labelled.at(i),
      labels: labels.at(i),
      regions: () => regions.of(i),
      points: points.get(i) ?? noPoints,
      height: heights.at(i),
      width: widths.at(i)
    })
  }
}

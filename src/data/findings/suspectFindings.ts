/** Labels that are most likely wrong, as a finding. */
import { counted, finding, type Finding } from './Finding.js'

/** An image whose label is doubtful. */
export interface DoubtfulLabel {
  readonly file: string
  readonly given: string
  readonly suggested: string
  /** The probabilities of both. */
  readonly p: readonly [given: number, suggested: number]
}

const two = (p: number): string => p.toFixed(2)

/** Most doubtful first. */
export const suspectFindings = (doubtful: ReadonlyArray<DoubtfulLabel>): ReadonlyArray<Finding> =>
  doubtful.length === 0
    ? []
    : [
        finding('label-suspect', {
          found: `${counted(doubtful.length, 'label is', 'labels are')} doubtful`,
          groups: doubtful.map(({ file, given, suggested, p }) => ({
            files: [file],
            note: `labelled ${given} (probability ${two(p[0])}), looks like ${suggested} (${two(p[1])})`
          }))
        })
      ]

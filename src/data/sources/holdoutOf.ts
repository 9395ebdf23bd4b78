import type { Holdout } from '../holdouts/Holdout.js'
import type { Source } from './Source.js'

/** The holdout of a source; null if its sets are its own. */
export const holdoutOf = (source: Source): Holdout | null =>
  source._tag === 'Archive' ? source.layout.holdout : 'holdout' in source ? source.holdout : null

import type { Between } from './Change.js'

/** A position, in fractions of the free space. */
export interface Placed {
  readonly row?: Between
  readonly col?: Between
}

export const centre = { row: 0.5, col: 0.5 }

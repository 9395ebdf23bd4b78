/** How far numbers may be from the recorded or expected ones. */
export const tolerance = {
  /** The reference normalises in float32: two operations, values up to 3. */
  normalise: 5e-7
} as const

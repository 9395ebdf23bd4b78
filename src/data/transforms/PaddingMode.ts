/**
 * What lies beyond an image's edges: its reflection about the centres of the edge pixels, the edge pixels repeated, or
 * 0.
 *
 * @category transforms
 * @since 0.1.0
 */
export type PaddingMode = 'reflection' | 'border' | 'zeros'

/** All modes. */
export const paddingModes: ReadonlyArray<PaddingMode> = ['reflection', 'border', 'zeros']

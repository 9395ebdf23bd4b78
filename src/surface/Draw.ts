/**
 * Diagrams of networks, grids of images, and masks, heat maps or points overlaid on images, all as data.
 *
 * @since 0.1.0
 */
// diagrams
export { diagram, type Diagram, diagramDot, type DiagramEdge, type DiagramGroup } from '../interpret/draw/index.js'
export { type DiagramNode, type DiagramOptions, type DiagramRepeat, diagramStyle } from '../interpret/draw/index.js'
export type { DiagramTraining } from '../interpret/draw/index.js'

// grids
export { type GridCell, gridOf, gridSvg, type ImageGrid, missedGrid, type Shown } from '../interpret/draw/index.js'
export { topLossesGrid } from '../interpret/draw/index.js'

// overlays
export { type Heatmap, heatmapAllowed, heatmapThreshold, maskColour, maskLegend } from '../interpret/draw/index.js'
export { overlayHeatmap, overlayMask, overlayPoints, type PointMarks } from '../interpret/draw/index.js'

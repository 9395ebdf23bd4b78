/**
 * Figures as plain data: charts are Vega-Lite specifications, image grids are SVG text. This room must not depend on
 * files or renderers.
 *
 * @since 0.1.0
 */
export { chart, type Chart, type ChartJson, numeric } from './Chart.js'
export { plotConfusionMatrix, type ConfusionPlotOptions } from './confusionChart.js'
export { plotLosses, plotLr, plotLrFind, plotMetrics, type SkipOptions } from './curves.js'
export { heatmapAllowed, heatmapLayer, heatmapThreshold, overlayHeatmap, type Heatmap } from './heatmap.js'
export { escapeXml, gridOf, gridSvg, type GridCell, type ImageGrid } from './ImageGrid.js'
export { lossTitle, missedGrid, topLossesGrid, type Shown } from './lossGrids.js'
export {
  type Diagram,
  type DiagramEdge,
  type DiagramGroup,
  type DiagramNode,
  type DiagramRepeat,
  type DiagramTraining
} from './diagram/Diagram.js'
export { diagram, type DiagramOptions } from './diagram/planDiagram.js'
export { diagramDot, diagramStyle } from './diagram/dot.js'
export { overlayPoints, type PointMarks } from './points.js'
export { maskColour, maskLegend, overlayMask } from './masks.js'

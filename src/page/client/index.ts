/**
 * The script of every page: it adds sorting, sliders and live updates to a document that is readable without it. This room
 * knows the browser and must not depend on anything else that runs.
 *
 * @since 0.1.0
 */
import { startHeatmaps } from './heatmaps.js'
import { startLive } from './live.js'
import { openTarget, startMatrices } from './matrices.js'
import { startTables } from './tables.js'
import { startTheme } from './theme.js'
import { startThresholds } from './thresholds.js'

const start = (root: ParentNode): void => {
  startTables(root)
  startMatrices(root)
  startHeatmaps(root)
  startThresholds(root)
}

startTheme()
start(document)
startLive(start)
addEventListener('hashchange', openTarget)
openTarget()

/**
 * Reports of runs as pure data: sections made of a run's values and results, and the page that they become. This room must
 * not depend on files, tensors or rendering.
 *
 * @since 0.1.0
 */
export { type ChartBlock, type Report, reportHtml, reportSection, type ReportSection } from './Report.js'
export { type About, aboutSection } from './sections/about.js'
export { dataSection, type DataFacts } from './sections/data.js'
export { networkSection } from './sections/network.js'
export { curvesSection } from './sections/curves.js'
export { type ClassedImage, confusionSection } from './sections/confusion.js'
export { type Examples, examplesSection } from './sections/examples.js'
export { scoresSection } from './sections/scores.js'
export { numbersSection } from './sections/numbers.js'
export { masksSection } from './sections/masks.js'
export { lrFindSection } from './sections/lrFind.js'

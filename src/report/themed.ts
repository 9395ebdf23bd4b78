/** Charts in the colours of the page: text and axes in its text colour, on its background. */
import type { Chart, ChartJson } from '../interpret/draw/index.js'

const ink = 'currentColor'

/** Colours with a contrast of at least 3 on white and on the dark background, distinguishable with colour blindness. */
const category = ['#3b82c4', '#d0702a', '#3f9e66', '#b05fa0', '#8f8a2a', '#c2556b', '#5a8f9e', '#7d7d7d']

const config: { readonly [key: string]: ChartJson } = {
  axis: {
    labelColor: ink,
    titleColor: ink,
    tickColor: ink,
    domainColor: ink,
    gridColor: ink,
    gridOpacity: 0.15,
    labelLimit: 280
  },
  legend: { labelColor: ink, titleColor: ink, labelLimit: 0 },
  title: { color: ink },
  text: { fill: ink, color: ink },
  rule: { color: ink },
  view: { stroke: ink, strokeOpacity: 0.25 },
  range: { category }
}

export const themed = ({ spec, ...chart }: Chart): Chart => ({
  ...chart,
  spec: { ...spec, background: null, config }
})

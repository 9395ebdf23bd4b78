import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { classification } from '../../../src/data/index.js'
import {
  type Chart,
  escapeXml,
  gridOf,
  gridSvg,
  overlayHeatmap,
  plotConfusionMatrix,
  plotLosses,
  plotLrFind,
  plotMetrics,
  topLossesGrid
} from '../../../src/interpret/draw/index.js'
import { interpretation, labelledLosses } from '../../../src/interpret/index.js'
import { emptyHistory } from '../../../src/recipe/index.js'
import { figurePng, figureSvg } from '../../../src/io/index.js'
import { left, right, workplace } from '../../io/workplace.js'

const folder = workplace()
const names = ['<b>', '__proto__', '"&\u0000']
const wild = right(
  interpretation({
    task: classification(names),
    preds: [
      [0, 1, 0],
      [0, 0, 1]
    ],
    targets: [0, 1],
    losses: [1, NaN]
  })
)

describe('a chart', () => {
  it('is rendered with any class names, as text', async () => {
    const svg = right(await figureSvg(right(plotConfusionMatrix()(wild)))())
    expect(svg).toContain('&lt;b&gt;')
    expect(svg).not.toContain('<b>')
    expect(svg).toContain('__proto__')
  })

  const matrixOf = (classes: ReadonlyArray<string>) => {
    const one = { task: classification(classes), preds: classes.map((_, k) => classes.map((__, c) => Number(c === k))) }
    const i = right(interpretation({ ...one, targets: classes.map((_, k) => k), losses: classes.map(() => 0) }))
    return right(plotConfusionMatrix()(i))
  }

  it.each([2, 10, 60])('names every class of %i on both axes', async (n) => {
    const classes = Array.from({ length: n }, (_, k) => `class-${k}`)
    const svg = right(await figureSvg(matrixOf(classes))())
    for (const name of classes) expect(svg.split(`>${name}</text>`)).toHaveLength(3)
  })

  it('keeps its title whole above two classes, and names of classes up to a line long', async () => {
    const svg = right(await figureSvg(matrixOf(['ants', 'a class whose name is rather long']))())
    expect(svg).toContain('>a class whose name is rather long<')
    const [, width] = /<svg[^>]* width="([\d.]+)"/.exec(svg)!
    expect(Number(width)).toBeGreaterThan('Confusion matrix'.length * 7.5)
  })

  it('of one epoch has integer ticks and shows the value as a number', async () => {
    const rows = [{ epoch: 0, trainLoss: 1, validLoss: 1, metrics: [0.875] }]
    const metrics = plotMetrics(['a_metric_with_a_rather_long_name'])({ ...emptyHistory, rows })
    expect(JSON.stringify(metrics.spec)).toContain('"values":[0,1]')
    expect(right(await figureSvg(metrics)())).toContain('>0.8750<')
  })

  it('has names of any length in its legend', async () => {
    const rows = [0, 1].map((epoch) => ({ epoch, trainLoss: 1, validLoss: 1, metrics: [0.1, 0.2] }))
    const names = ['accuracy', 'a_metric_with_a_rather_long_name_and_then_some_more_of_it']
    const svg = right(await figureSvg(plotMetrics(names)({ ...emptyHistory, rows }))())
    for (const name of names) expect(svg).toContain(`>${name}<`)
  })

  it('of one metric names it on its axis', async () => {
    const rows = [0, 1].map((epoch) => ({ epoch, trainLoss: 1, validLoss: 1, metrics: [0.1] }))
    const svg = right(await figureSvg(plotMetrics(['error_rate'])({ ...emptyHistory, rows }))())
    expect(svg).toContain('>error_rate<')
  })

  it('of fractions shows NaN for a class without images', () => {
    const { spec } = right(plotConfusionMatrix({ normalize: true })(wild))
    expect(JSON.stringify(spec)).toContain('"value":null,"text":"NaN"')
  })

  it('is a PNG where one is wanted', async () => {
    const history = { losses: [NaN, 1], lrs: [1], moms: [1], rows: [] }
    const png = right(await figurePng(plotLosses()(history))())
    expect([...png.subarray(1, 4)]).toEqual([...Buffer.from('PNG')])
  })

  it('loads no external resources', async () => {
    const file = join(folder, 'outside.json')
    const values = [{ word: 'outside' }]
    writeFileSync(file, JSON.stringify(values))
    const drawn = async (data: Chart['spec']): Promise<string> => {
      const svg = await figureSvg({
        _tag: 'Chart',
        spec: { data, mark: 'text', encoding: { text: { field: 'word' } } }
      })()
      return JSON.stringify(svg)
    }
    expect(await drawn({ values })).toContain('>outside<')
    expect(await drawn({ url: file })).not.toContain('>outside<')
  })

  it('of a sweep too short to say anything has no suggestion', () => {
    expect(JSON.stringify(plotLrFind()({ lrs: [1, 2], losses: [1, 2] }).spec)).not.toContain('steepest')
  })
})

describe('a grid', () => {
  const nothing = { image: null, height: 0, width: 0 }

  it('escapes what is written in it', async () => {
    const labels = right(labelledLosses()(wild))
    const grid = topLossesGrid(
      labels,
      labels.map(() => nothing),
      {}
    )
    const svg = gridSvg(grid)
    expect(svg).toContain('__proto__/&lt;b&gt; / 1.00 / 0.00')
    expect(svg).not.toContain('\u0000')
    expect(right(await figurePng(grid)()).length).toBeGreaterThan(0)
    expect(JSON.parse(JSON.stringify(grid))).toEqual(grid)
  })

  it('has one row and column for a single image, where fastai 1 crashes', () => {
    expect(gridOf(1)).toEqual({ columns: 1, rows: 1 })
    const [label] = right(labelledLosses(1)(wild))
    expect(gridSvg(topLossesGrid([label!], [nothing], {}))).toContain('<svg')
    expect(gridSvg(topLossesGrid([], [], {}))).toContain('<svg')
  })

  it('refuses more pictures than there are', () => {
    expect(left(labelledLosses(3)(wild)).path).toBe('k')
  })

  it('supports lone surrogates', () => {
    expect(escapeXml('\ud800a\u{1f600}')).toBe('\ufffda\u{1f600}')
  })
})

describe('a heat map', () => {
  const grey = { height: 4, width: 4, channels: 3, data: new Uint8Array(48).fill(100) }
  it('that is constant highlights nothing', () => {
    const { data } = overlayHeatmap({ alpha: 1 })({ height: 2, width: 2, values: [3, 3, 3, 3] })(grey)
    expect(data).toEqual(grey.data)
  })
  it('covers the picture only where it is hot', () => {
    const { data } = overlayHeatmap({ alpha: 0.5 })({ height: 1, width: 4, values: [0, 0, 1, 1] })(grey)
    // magma ends in (252, 253, 191)
    expect([...data.subarray(0, 3), ...data.subarray(9, 12)]).toEqual([100, 100, 100, 176, 177, 146])
  })
  it('with alpha 0 leaves the image unchanged', () => {
    expect(overlayHeatmap({ alpha: 0 })({ height: 1, width: 2, values: [0, 1] })(grey)).toEqual(grey)
  })
})

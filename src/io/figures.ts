/**
 * Rendering of figures: charts with vega, diagrams with Graphviz, PNGs with sharp, each loaded on first use.
 *
 * @since 0.1.0
 */
import { extname } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import type { ReaderTaskEither } from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type Chart, type Diagram, diagramDot, diagramStyle, gridSvg, type ImageGrid } from '../interpret/draw/index.js'
import type { HasFiles } from './Files.js'
import { type IoError, ioFailure, messageOf } from './IoError.js'

/**
 * A figure that can be rendered.
 *
 * @category interpretation
 * @since 0.1.0
 */
export type Figure = Chart | ImageGrid | Diagram

const undrawable =
  (what: string) =>
  (cause: unknown): IoError =>
    ioFailure(what, 'a specification that can be rendered', messageOf(cause), 'inspect it as JSON')

/** A chart contains its data; external references are not loaded. */
const refuse = (uri: string): Promise<never> => Promise.reject(new Error(`${uri} is not part of the chart`))

const chartSvg = async ({ spec }: Chart): Promise<string> => {
  const [vega, vegaLite] = await Promise.all([import('vega'), import('vega-lite')])
  const logger = vega.logger(vega.Error)
  const compiled = vegaLite.compile(spec as never, { logger })
  const loader = { load: refuse, sanitize: refuse, http: refuse, file: refuse }
  const view = new vega.View(vega.parse(compiled.spec), { renderer: 'none', loader, logger })
  try {
    return await view.toSVG()
  } finally {
    view.finalize()
  }
}

const diagramSvg = async (diagram: Diagram): Promise<string> => {
  const viz = await (await import('@viz-js/viz')).instance()
  const svg = viz.renderString(diagramDot(diagram), { format: 'svg' })
  return svg.replace(/<svg\b[^>]*>/, (opening) => opening + diagramStyle)
}

/**
 * Renders a figure as self-contained SVG text.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { emptyHistory, plotLr } from 'graft-vision'
 * import { figureSvg } from 'graft-vision/node'
 *
 * const svg = await figureSvg(plotLr()({ ...emptyHistory, lrs: [1e-3, 2e-3] }))()
 * assert.ok(E.isRight(svg) && svg.right.startsWith('<svg'))
 *
 * @category interpretation
 * @since 0.1.0
 */
export const figureSvg = (figure: Figure): TE.TaskEither<IoError, string> => {
  switch (figure._tag) {
    case 'ImageGrid':
      return TE.right(gridSvg(figure))
    case 'Chart':
      return TE.tryCatch(() => chartSvg(figure), undrawable('chart'))
    case 'Diagram':
      return TE.tryCatch(() => diagramSvg(figure), undrawable('diagram'))
  }
}

/**
 * Renders a figure as a PNG.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { emptyHistory, plotLr } from 'graft-vision'
 * import { figurePng } from 'graft-vision/node'
 *
 * const png = await figurePng(plotLr()({ ...emptyHistory, lrs: [1e-3, 2e-3] }))()
 * assert.ok(E.isRight(png) && String.fromCharCode(...png.right.subarray(1, 4)) === 'PNG')
 *
 * @category interpretation
 * @since 0.1.0
 */
export const figurePng = (figure: Figure): TE.TaskEither<IoError, Uint8Array> =>
  pipe(
    figureSvg(figure),
    TE.chain((svg) =>
      TE.tryCatch(
        async () => (await import('sharp')).default(Buffer.from(svg), { unlimited: true }).png().toBuffer(),
        undrawable(figure._tag)
      )
    )
  )

/**
 * The file extensions that a kind of figure supports.
 *
 * @example
 * import { figureForms } from './index.js'
 *
 * assert.deepStrictEqual(figureForms('Chart'), ['.svg', '.png', '.json'])
 *
 * @since 0.1.0
 */
export const figureForms = (kind: Figure['_tag']): ReadonlyArray<string> => [
  '.svg',
  '.png',
  '.json',
  ...(kind === 'Diagram' ? ['.dot'] : [])
]

const contentAs = (file: string, figure: Figure): TE.TaskEither<IoError, string | Uint8Array> => {
  const extension = extname(file).toLowerCase()
  const forms = figureForms(figure._tag)
  if (!forms.includes(extension))
    return TE.left(ioFailure(file, `a name ending in ${forms.join(', ')}`, extension, 'choose one of these'))
  if (extension === '.svg') return figureSvg(figure)
  if (extension === '.png') return figurePng(figure)
  return TE.right(
    figure._tag === 'Diagram' && extension === '.dot' ? diagramDot(figure) : `${JSON.stringify(figure)}\n`
  )
}

/**
 * Writes a figure in the format of the file's extension: `.svg`, `.png`, `.json` (the figure as data), or `.dot` (a
 * diagram as Graphviz source).
 *
 * @example
 * import { mkdtempSync, readFileSync } from 'node:fs'
 * import { tmpdir } from 'node:os'
 * import { join } from 'node:path'
 * import { emptyHistory, plotLr } from 'graft-vision'
 * import { nodeIo, saveFigure } from 'graft-vision/node'
 *
 * const file = join(mkdtempSync(join(tmpdir(), 'graft-')), 'lr.json')
 * await saveFigure(file)(plotLr()(emptyHistory))(nodeIo())()
 * assert.strictEqual(JSON.parse(readFileSync(file, 'utf8'))._tag, 'Chart')
 *
 * @category interpretation
 * @since 0.1.0
 */
export const saveFigure =
  (file: string) =>
  (figure: Figure): ReaderTaskEither<HasFiles, IoError, void> =>
  ({ files }) => {
    return pipe(
      contentAs(file, figure),
      TE.chain((bytes) => files.write(file, bytes))
    )
  }

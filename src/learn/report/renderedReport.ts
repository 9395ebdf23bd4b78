/** Reports as pages: charts rendered, then one HTML file. */
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { GraftError } from '../../GraftError.js'
import { figureSvg, type HasFiles, pageAssets } from '../../io/index.js'
import type { Block } from '../../page/index.js'
import { type ChartBlock, type Report, reportHtml, type ReportSection } from '../../report/index.js'

const renderedBlock = (block: Block | ChartBlock): TE.TaskEither<GraftError, Block> =>
  block._tag !== 'Chart'
    ? TE.right(block)
    : pipe(
        figureSvg(block.chart),
        TE.map((svg): Block => {
          // diagrams have a style sheet of their own
          const as = block.chart._tag === 'Diagram' ? 'image' : 'inline'
          return { _tag: 'Figure', caption: block.caption, svg, as }
        }),
        // the report stands without a chart that cannot be drawn
        TE.orElse((error) =>
          TE.right<GraftError, Block>({
            _tag: 'Note',
            severity: 'warning',
            text: `${block.caption}: the chart could not be drawn (${error.found})`
          })
        )
      )

export const renderedSection = (section: ReportSection): TE.TaskEither<GraftError, ReportSection<Block>> =>
  pipe(
    section.blocks,
    TE.traverseSeqArray(renderedBlock),
    TE.map((blocks) => ({ ...section, blocks }))
  )

/** A report as HTML text. */
export const renderedReport = (report: Report): RTE.ReaderTaskEither<HasFiles, GraftError, string> =>
  pipe(
    RTE.fromTaskEither(TE.traverseSeqArray(renderedSection)(report.sections)),
    RTE.bindTo('sections'),
    RTE.bindW('assets', () => pageAssets),
    RTE.map(({ sections, assets }) => reportHtml(assets)({ ...report, sections }))
  )

/** Writes a report as one HTML file. */
export const writeReport =
  (file: string) =>
  (report: Report): RTE.ReaderTaskEither<HasFiles, GraftError, void> =>
    pipe(
      renderedReport(report),
      RTE.chainW(
        (html) =>
          ({ files }: HasFiles) =>
            files.write(file, html)
      )
    )

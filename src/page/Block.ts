/**
 * `Block`: what sections of reports contain, as data. The room draws each kind as HTML.
 *
 * @since 0.1.0
 */

/**
 * A cell of a table: a number is aligned right and sorts by its value, which `shown` may round.
 *
 * @category blocks
 * @since 0.1.0
 */
export type Cell = string | number | null | { readonly shown: string; readonly sort: number }

/**
 * A paragraph.
 *
 * @category blocks
 * @since 0.1.0
 */
export interface TextBlock {
  readonly _tag: 'Text'
  readonly text: string
}

/**
 * A remark that must not be missed.
 *
 * @category blocks
 * @since 0.1.0
 */
export interface NoteBlock {
  readonly _tag: 'Note'
  readonly severity: 'info' | 'warning' | 'error'
  readonly text: string
}

/**
 * Names and values.
 *
 * @category blocks
 * @since 0.1.0
 */
export interface FactsBlock {
  readonly _tag: 'Facts'
  readonly facts: ReadonlyArray<readonly [name: string, value: string]>
}

/**
 * A table whose rows can be sorted by each column. It scrolls where it is wider than the screen.
 *
 * @category blocks
 * @since 0.1.0
 */
export interface TableBlock {
  readonly _tag: 'Table'
  readonly caption: string
  readonly columns: ReadonlyArray<string>
  readonly rows: ReadonlyArray<ReadonlyArray<Cell>>
}

/**
 * Text in a fixed-width font: a program, JSON, a command.
 *
 * @category blocks
 * @since 0.1.0
 */
export interface CodeBlock {
  readonly _tag: 'Code'
  readonly title: string
  readonly text: string
}

/**
 * A rendered figure.
 *
 * @category blocks
 * @since 0.1.0
 */
export interface FigureBlock {
  readonly _tag: 'Figure'
  readonly caption: string
  readonly svg: string
  /** `inline`: part of the page, in its colours. `image`: an image with styles of its own, on white. */
  readonly as: 'inline' | 'image'
}

/**
 * An image with a caption.
 *
 * @category blocks
 * @since 0.1.0
 */
export interface PageImage {
  /** A data URL. */
  readonly src: string
  readonly width: number
  readonly height: number
  /** Lines below it; the first is also its text for those who do not see it. */
  readonly caption: ReadonlyArray<string>
  /** A data URL of a heat map to lay over it; default: none. */
  readonly heat?: string
}

/**
 * Images side by side. Those with heat maps share a slider of its opacity.
 *
 * @category blocks
 * @since 0.1.0
 */
export interface ImagesBlock {
  readonly _tag: 'Images'
  readonly title: string
  /** The target of links, such as those of a confusion matrix; default: none. */
  readonly id?: string
  /** Whether the images are shown at first; default true. */
  readonly open?: boolean
  readonly images: ReadonlyArray<PageImage>
}

/**
 * A confusion matrix: actual classes in rows, predicted ones in columns. Cells link to the images of `ImagesBlock`s whose
 * id is `prefix-actual-predicted`.
 *
 * @category blocks
 * @since 0.1.0
 */
export interface MatrixBlock {
  readonly _tag: 'Matrix'
  readonly caption: string
  readonly classes: ReadonlyArray<string>
  readonly counts: ReadonlyArray<ReadonlyArray<number>>
  readonly prefix: string
  /** The pairs that have images, as `actual-predicted`. */
  readonly linked: ReadonlyArray<string>
}

/**
 * Decisions of one label at every threshold.
 *
 * @category blocks
 * @since 0.1.0
 */
export interface LabelCounts {
  readonly label: string
  /** At threshold k / (length − 1): images predicted that have the label, predicted that do not, missed. */
  readonly found: ReadonlyArray<number>
  readonly wrong: ReadonlyArray<number>
  readonly missed: ReadonlyArray<number>
  /** Index of the threshold with the largest F1. */
  readonly best: number
}

/**
 * A slider of the threshold above which a label is predicted, with precision, recall and F1 there.
 *
 * @category blocks
 * @since 0.1.0
 */
export interface ThresholdBlock {
  readonly _tag: 'Threshold'
  readonly title: string
  readonly labels: ReadonlyArray<LabelCounts>
}

/**
 * Blocks that are shown on request.
 *
 * @category blocks
 * @since 0.1.0
 */
export interface DetailsBlock {
  readonly _tag: 'Details'
  readonly title: string
  readonly blocks: ReadonlyArray<Block>
}

/**
 * A part of a section.
 *
 * @category blocks
 * @since 0.1.0
 */
export type Block =
  | TextBlock
  | NoteBlock
  | FactsBlock
  | TableBlock
  | CodeBlock
  | FigureBlock
  | ImagesBlock
  | MatrixBlock
  | ThresholdBlock
  | DetailsBlock

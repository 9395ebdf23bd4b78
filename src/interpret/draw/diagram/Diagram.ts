/**
 * `Diagram`: a network as boxes and arrows, as plain data: the contents of each box and which layers of the plan they
 * are. `diagramDot` writes it for Graphviz, which does the layout.
 *
 * @category diagrams
 * @since 0.1.0
 */
import type { Shape } from '../../../model/index.js'

/**
 * The state of a box's parameters: trained; frozen; frozen except for batch norms; no parameters.
 *
 * @category diagrams
 * @since 0.1.0
 */
export type DiagramTraining = 'trains' | 'frozen' | 'normsTrain' | 'none'

/**
 * A box: consecutive layers; a point where branches are summed or concatenated (and the activations after it); or an
 * end of the network.
 *
 * @category diagrams
 * @since 0.1.0
 */
export interface DiagramNode {
  readonly _tag: 'Layers' | 'Sum' | 'Product' | 'Concat' | 'Input' | 'Output' | 'CutAway'
  readonly id: string
  readonly title: string
  readonly lines: ReadonlyArray<string>
  /** Paths of the plan's layers in the box. */
  readonly paths: ReadonlyArray<string>
  /** Null: no group, because it has no layers. */
  readonly group: number | null
  readonly training: DiagramTraining
  readonly parameters: number
  /** Whether it is on the upward side of a U, after a skip connection over smaller feature maps. */
  readonly rising: boolean
}

/**
 * An arrow, and the shape of the tensor along it.
 *
 * @category diagrams
 * @since 0.1.0
 */
export interface DiagramEdge {
  readonly from: string
  readonly to: string
  readonly shape: Shape
  /** Paths of identity layers, which are drawn as arrows only. */
  readonly paths: ReadonlyArray<string>
  /**
   * `next` leads to the next box, `skip` past others, `across` from one side of a U to the other, `gone` to removed
   * layers.
   */
  readonly way: 'next' | 'skip' | 'across' | 'gone'
  /** Whether it leads from the body to the head. */
  readonly isCut: boolean
}

/**
 * Boxes that stand for `times` identical repetitions in sequence.
 *
 * @category diagrams
 * @since 0.1.0
 */
export interface DiagramRepeat {
  readonly times: number
  readonly nodes: ReadonlyArray<string>
}

/**
 * A parameter group, for the legend.
 *
 * @category diagrams
 * @since 0.1.0
 */
export interface DiagramGroup {
  readonly group: number
  readonly training: DiagramTraining
  readonly layers: number
  readonly parameters: number
}

export interface Diagram {
  readonly _tag: 'Diagram'
  readonly title: string
  readonly lines: ReadonlyArray<string>
  readonly nodes: ReadonlyArray<DiagramNode>
  readonly edges: ReadonlyArray<DiagramEdge>
  readonly repeats: ReadonlyArray<DiagramRepeat>
  readonly groups: ReadonlyArray<DiagramGroup>
}

/**
 * `Diagram`: a network as boxes and arrows. It is data: what is in a box, which layers of the plan these are, where they
 * stand. How it is written as a Graphviz graph is `diagramDot`'s business, where things go Graphviz's.
 *
 * @since 0.1.0
 */
import type { Shape } from '../../../model/index.js'

/**
 * What happens to the parameters of a box: they train; none does; none but those of batch norms; there are none.
 *
 * @since 0.1.0
 */
export type DiagramTraining = 'trains' | 'frozen' | 'normsTrain' | 'none'

/**
 * A box: layers one after the other, a place where branches are added or joined (and the activations after it), or an
 * end of the network.
 *
 * @since 0.1.0
 */
export interface DiagramNode {
  readonly _tag: 'Layers' | 'Sum' | 'Concat' | 'Input' | 'Output' | 'CutAway'
  readonly id: string
  readonly title: string
  readonly lines: ReadonlyArray<string>
  /** The paths of the plan's layers that are in it. */
  readonly paths: ReadonlyArray<string>
  /** Null: of no group, as it has no layers. */
  readonly group: number | null
  readonly training: DiagramTraining
  readonly parameters: number
  /** The side of the U that it is on: after a joining that goes past smaller maps. */
  readonly rising: boolean
}

/**
 * An arrow, and the shape of what flows.
 *
 * @since 0.1.0
 */
export interface DiagramEdge {
  readonly from: string
  readonly to: string
  readonly shape: Shape
  /** Identities: layers that are nothing but an arrow. */
  readonly paths: ReadonlyArray<string>
  /** One of the next in line, a way past others, a way from one side of a U to the other, what leads to the removed. */
  readonly way: 'next' | 'skip' | 'across' | 'gone'
  /** From the body to the head. */
  readonly isCut: boolean
}

/**
 * Boxes that stand for `times` alike, one after the other.
 *
 * @since 0.1.0
 */
export interface DiagramRepeat {
  readonly times: number
  readonly nodes: ReadonlyArray<string>
}

/**
 * A parameter group, for the legend.
 *
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

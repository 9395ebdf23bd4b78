/**
 * A diagram as a Graphviz graph.
 *
 * @since 0.1.0
 */
import { showShape } from '../../../model/index.js'
import { escapeXml } from '../ImageGrid.js'
import { type Columns, columnsOf, type LaidEdge } from './columns.js'
import type { Diagram, DiagramEdge, DiagramGroup, DiagramNode } from './Diagram.js'
import { short } from './words.js'

/** Colours light enough for text, and distinguishable with colour blindness. */
const colours = ['#cfe3f5', '#fde3c4', '#d5ead0', '#ead5ea', '#fbf3bf', '#d3eeee', '#f3d3d8', '#e2e2e2']

const colourOf = (group: number | null): string => (group === null ? '#ffffff' : colours[group % colours.length]!)

const longest = 64

/** Graphviz interprets entities and escapes in quoted text. */
const text = (words: string): string =>
  escapeXml(words.length > longest ? `${words.slice(0, longest - 1)}…` : words)
    .replace(/\\/g, '\\\\')
    .replace(/[\r\n]/g, ' ')

const linesText = (lines: ReadonlyArray<string>): string => lines.map(text).join('\\n')

type Attributes = Readonly<Record<string, string | number | boolean>>

const written = (attributes: Attributes): string =>
  Object.entries(attributes)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? `"${value}"` : value}`)
    .join(' ')

const isFrozen = ({ training }: { readonly training: DiagramNode['training'] }): boolean =>
  training === 'frozen' || training === 'normsTrain'

/** A frozen box is hatched by its class where SVG is supported, and dashed everywhere. */
const looks = (node: Pick<DiagramNode, 'group' | 'training'>): Attributes => ({
  fillcolor: colourOf(node.group),
  ...(isFrozen(node) ? { class: `frozen${node.group! % colours.length}`, style: 'rounded,filled,dashed' } : {})
})

const nodeText = (node: DiagramNode, times: number): string => {
  const { id, _tag, lines, parameters } = node
  const title = times > 1 ? `${times} × ${node.title}` : node.title
  const numbers =
    parameters === 0 ? [] : [`${short(parameters)} parameters${node.training === 'normsTrain' ? ', norms train' : ''}`]
  const shapes: Readonly<Record<DiagramNode['_tag'], Attributes>> = {
    Layers: looks(node),
    Sum: { fillcolor: colourOf(node.group), shape: 'ellipse', margin: '0.02,0.02' },
    Product: { fillcolor: colourOf(node.group), shape: 'ellipse', margin: '0.02,0.02' },
    Concat: { fillcolor: colourOf(node.group), shape: 'ellipse', margin: '0.02,0.02' },
    Input: { fillcolor: '#ffffff', style: 'filled', penwidth: 1.6 },
    Output: { fillcolor: '#ffffff', style: 'filled', penwidth: 1.6 },
    CutAway: { fillcolor: '#ffffff', style: 'rounded,dotted', fontcolor: '#777777', color: '#777777' }
  }
  return `${id} [${written({ label: linesText([title, ...lines, ...numbers]), ...shapes[_tag] })}]`
}

const groupText = ({ group, training, layers, parameters }: DiagramGroup): string => {
  const state = {
    trains: 'trains',
    frozen: 'frozen',
    normsTrain: 'frozen, batch norms train',
    none: 'nothing to train'
  }
  const label = linesText([`group ${group}`, `${layers} layers, ${short(parameters)} parameters`, state[training]])
  return `group${group} [${written({ label, ...looks({ group, training }) })}]`
}

/** Frames around repetitions; a single box names its repetitions itself. */
const framed = (diagram: Diagram, nodes: ReadonlyArray<DiagramNode>): ReadonlyArray<string> => {
  const times = new Map(diagram.repeats.flatMap((r) => (r.nodes.length === 1 ? [[r.nodes[0]!, r.times] as const] : [])))
  const frames = diagram.repeats.filter((r) => r.nodes.length > 1 && nodes.some(({ id }) => id === r.nodes[0]))
  return [
    ...nodes.map((node) => nodeText(node, times.get(node.id) ?? 1)),
    ...frames.flatMap((frame) => [
      `subgraph cluster_${frame.nodes[0]} {`,
      written({
        label: `${frame.times} ×`,
        style: 'dashed,rounded',
        color: '#888888',
        labeljust: 'r',
        margin: 10
      }),
      frame.nodes.join('; '),
      '}'
    ])
  ]
}

const inCluster = (name: string, label: string, lines: ReadonlyArray<string>): ReadonlyArray<string> => [
  `subgraph cluster_${name} {`,
  written({ label: text(label), style: 'rounded', color: '#aaaaaa', margin: 14 }),
  ...lines,
  '}'
]

const ways: Readonly<Record<DiagramEdge['way'], Attributes>> = {
  next: {},
  skip: { color: '#3366aa', penwidth: 1.4 },
  across: { color: '#3366aa', penwidth: 1.4 },
  gone: { style: 'dotted', color: '#777777', arrowhead: 'none', arrowtail: 'none' }
}

const edgeText = (e: LaidEdge, isLabelled: boolean): string => {
  const shape = ` ${showShape(e.shape)} `
  const attributes: Attributes = {
    ...(isLabelled ? { label: e.isCut ? ` cut\\n${shape}` : shape } : {}),
    ...ways[e.way],
    ...(e.isCut ? { style: 'dashed', color: '#c0392b', fontcolor: '#c0392b', penwidth: 2 } : {}),
    ...(e.laid === 'up' ? { dir: 'back' } : {})
  }
  return `${e.laid === 'up' ? `${e.to} -> ${e.from}` : `${e.from} -> ${e.to}`} [${written(attributes)}]`
}

/** A shape is labelled where it first occurs, and where a side branch brings it in. */
const edgesText = ({ joints, edges }: Columns): ReadonlyArray<string> => {
  const said = new Set<string>(joints)
  return edges.flatMap((e) => {
    const isLabelled = e.way === 'across' || (e.way === 'next' && !said.has(e.from))
    if (isLabelled) said.add(e.from)
    return [edgeText(e, isLabelled), ...(e.laid === 'level' ? [`{ rank=same; ${e.from}; ${e.to} }`] : [])]
  })
}

const legend = ({ groups }: Diagram): ReadonlyArray<string> => {
  if (groups.length === 1 && !groups.some(isFrozen)) return []
  const chain = groups.map(({ group }) => `group${group}`)
  return [...inCluster('groups', 'parameter groups', groups.map(groupText)), `${chain.join(' -> ')} [style=invis]`]
}

const defaults = (diagram: Diagram): ReadonlyArray<string> => {
  const font = 'Helvetica,Arial,sans-serif'
  const label = `${linesText([diagram.title, ...diagram.lines])}\\n `
  return [
    `graph [${written({ label, labelloc: 't', fontname: font, fontsize: 13, newrank: true, nodesep: 0.3, ranksep: 0.22, pad: 0.3, bgcolor: 'white' })}]`,
    `node [${written({ shape: 'box', style: 'rounded,filled', fontname: font, fontsize: 11, margin: '0.2,0.07', color: '#555555' })}]`,
    `edge [${written({ fontname: font, fontsize: 9, color: '#555555', arrowsize: 0.7 })}]`
  ]
}

/**
 * A diagram in Graphviz's language, rendered by `dot -Tsvg` or by `saveFigure` of `graft-vision/node`. All text in it
 * is escaped.
 *
 * @example
 * import { arch, Draw, nn, plan } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const net = arch({ name: '<b>', network: nn.sequential(nn.named('conv', nn.conv2d(3, 8, 3, { padding: 1 }))) })
 * const dot = pipe(net, plan({ input: [3, 8, 8] }), E.map(Draw.diagram()), E.map(Draw.diagramDot))
 * assert.ok(E.isRight(dot) && dot.right.startsWith('digraph') && dot.right.includes('&lt;b&gt;'))
 *
 * @category diagrams
 * @since 0.1.0
 */
export const diagramDot = (diagram: Diagram): string => {
  const laid = columnsOf(diagram)
  const grafted = diagram.edges.some(({ isCut }) => isCut)
  const last = laid.columns.at(-1)!
  const isEnd = ({ _tag }: DiagramNode): boolean => ['Input', 'Output', 'CutAway'].includes(_tag)
  const inner = diagram.nodes.filter((node) => !isEnd(node))
  const head = inner.filter(({ id }) => grafted && last.includes(id))
  const body = [
    ...framed(
      diagram,
      inner.filter((node) => !head.includes(node))
    ),
    ...laid.joints.map((id) => `${id} [${written({ shape: 'point', width: 0.05 })}]`)
  ]
  return [
    'digraph {',
    ...defaults(diagram),
    ...diagram.nodes.filter(isEnd).map((node) => nodeText(node, 1)),
    ...(grafted ? [...inCluster('body', 'body', body), ...inCluster('head', 'head', framed(diagram, head))] : body),
    ...edgesText(laid),
    ...legend(diagram),
    '}',
    ''
  ].join('\n')
}

const style = `
.node text { font-size: 9.3px }
.node text:first-of-type { font-size: 9.3px; font-weight: bold }
.edge text { font-size: 8px }
.cluster text { font-weight: bold; font-size: 12px }
.graph > text { font-size: 11px }
.graph > text:first-of-type { font-size: 17px; font-weight: bold }`

/**
 * SVG elements added to a rendered diagram, because Graphviz can neither hatch boxes nor emphasise the first line of a
 * text.
 *
 * @example
 * import { Draw } from 'graft-vision'
 *
 * assert.ok(Draw.diagramStyle.startsWith('<defs>'))
 *
 * @category diagrams
 * @since 0.1.0
 */
export const diagramStyle: string = `<defs>${colours
  .map(
    (colour, i) =>
      `<pattern id="frozen${i}" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">` +
      `<rect width="7" height="7" fill="${colour}"/><path d="M0 0V7" stroke="#b0b0b0" stroke-width="1.2"/></pattern>`
  )
  .join('')}<style>${style}
${colours.map((_, i) => `.frozen${i} path, .frozen${i} polygon { fill: url(#frozen${i}) }`).join('\n')}</style></defs>`

// How long each form of each convolution takes, and the table of costs that follows, by which the compiler chooses.
//   npm run bench -- conv [--runs 7] [--passes 3] [--write]
// With --write the table of this machine's block (ONNX Runtime's, which tells how wide its vectors are) is replaced in
// src/engine/onnxruntime/conv/costs.ts.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { format, resolveConfig } from 'prettier'
import { mean, record, right } from '../record.mjs'
import { cases, nameOf } from './cases.mjs'
import { compiler } from './compiler.mjs'
import { fitted } from './fit.mjs'

const { convForms, costOf, costs, graph, loadNative, ownWork, physicalCores } = compiler
const { probeBlock, probeFetching, runWritten, tableFor, trainingDirections, withStop, writeOnnx } = compiler

const { values: given } = parseArgs({
  args: process.argv.slice(2),
  options: {
    runs: { type: 'string', default: '7' },
    passes: { type: 'string', default: '3' },
    write: { type: 'boolean', default: false }
  }
})

const native = right(loadNative())
if (probeFetching(native) !== 'written') throw new Error('outputs are copied here: every form would look alike')
const settings = { exactConv: false, block: probeBlock(native) }
const threads = physicalCores()

const convolutionOf = ({ kernel, images, side, channels, filters, stride, pad }) => {
  const out = Math.floor((side + 2 * pad - kernel) / stride) + 1
  return {
    window: {
      input: [side, side],
      output: [out, out],
      size: [kernel, kernel],
      stride: [stride, stride],
      dilation: [1, 1],
      pad: [pad, pad]
    },
    images,
    channels,
    filters,
    input: [images, side, side, channels],
    output: [images, out, out, filters]
  }
}

const pixels = ([n, h, w, c]) => [h * w, n * c]
const sizeOf = (shape) => shape.reduce((a, b) => a * b, 1)
const laid = (ref, shape) => ({ ref, shape, layout: 'pixels' })

/** What is computed: with weights that never change, one direction; with others, all that training needs. */
const uses = {
  forward: () => ['forward'],
  input: () => ['input'],
  training: trainingDirections
}

const computed = {
  forward: (form, g, x, _, w, c) => form.forward(g, x, w, c),
  filter: (form, g, x, dy, _, c) => form.filter(g, x, dy, c),
  input: (form, g, _, dy, w, c) => form.input(g, dy, w, c)
}

/** Of a use that a form is not measured in, since it never applies. */
const noCost = { ms: 0, perGflop: 0, perGbyte: 0 }

const marker = 'export const costs: Readonly<Record<number, CostTable>> ='

const bytesOf = ({ buffer }) => new Uint8Array(buffer)

const random = (size) => Float32Array.from({ length: size }, () => Math.random() - 0.5)

const compiled = (form, c, use) => {
  const g = graph(settings)
  const inputs = [
    [pixels(c.input), false],
    [pixels(c.output), false],
    [[sizeOf(c.window.size) * c.channels, c.filters], use !== 'training']
  ]
  const [x, dy, w] = inputs.map(([shape, fixed]) => g.input('float32', shape, fixed))
  const staged = g.finish(
    uses[use](c).map((direction) => computed[direction](form, g, laid(x, c.input), laid(dy, c.output), w, c))
  )
  return { staged, data: inputs.map(([shape]) => random(sizeOf(shape))) }
}

const tensors = (refs, arrays) =>
  Object.fromEntries(refs.map(({ name, shape, dtype }, i) => [name, native.tensor(dtype, arrays[i], shape)]))

const execution = ({ model, inputs, outputs }, data, prepared) => {
  const session = native.session(writeOnnx(withStop(model)), threads)
  const feeds = tensors(
    inputs.map(({ ref }) => ref),
    inputs.map(({ origin }) => (origin._tag === 'Feed' ? data : prepared)[origin.index])
  )
  const arrays = outputs.map(({ shape }) => new Float32Array(sizeOf(shape)))
  const fetches = tensors(outputs, arrays)
  return { arrays, session, run: () => runWritten(native, session, feeds, fetches) }
}

/** The least of all runs: what else the machine does can only add to it. */
const fastest = (run) => {
  run()
  return Math.min(
    ...Array.from({ length: Number(given.runs) }, () => {
      const started = performance.now()
      run()
      return performance.now() - started
    })
  )
}

/** ONNX Runtime's own convolution, channels first, in a model that it has optimised. */
const ownMilliseconds = (c) => {
  const { window: w, images, channels, filters } = c
  const weights = {
    name: 'w',
    type: 'float32',
    shape: [filters, channels, ...w.size],
    bytes: bytesOf(random(sizeOf(w.size) * channels * filters))
  }
  const ints = (value) => ({ _tag: 'ints', value })
  const [x, y] = [
    [channels, w.input],
    [filters, w.output]
  ].map(([count, size]) => [images, count, ...size])
  const model = {
    name: 'own',
    producer: 'graft',
    opsets: { '': 17 },
    nodes: [
      {
        op: 'Conv',
        domain: '',
        inputs: ['x', 'w'],
        outputs: ['y'],
        attributes: { kernel_shape: ints(w.size), strides: ints(w.stride), pads: ints([...w.pad, ...w.pad]) }
      }
    ],
    initializers: [weights],
    inputs: [{ name: 'x', type: 'float32', shape: x }],
    outputs: [{ name: 'y', type: 'float32', shape: y }],
    metadata: {}
  }
  const session = native.session(writeOnnx(withStop(model)), threads, true)
  const feeds = { x: native.tensor('float32', random(sizeOf(x)), x) }
  const fetches = { y: native.tensor('float32', new Float32Array(sizeOf(y)), y) }
  const ms = fastest(() => runWritten(native, session, feeds, fetches))
  session.dispose()
  return ms
}

const milliseconds = (form, c, use) => {
  const { staged, data } = compiled(form, c, use)
  const first = staged.prepare && execution(staged.prepare, data, [])
  first?.run()
  first?.session.dispose()
  const main = execution(staged.main, data, first?.arrays ?? [])
  const ms = fastest(main.run)
  main.session.dispose()
  return ms
}

// every form has a way for the gradients, if only the direct one
const appliesTo = (form, c, use) => form.applies(c, use === 'input' ? 'input' : 'forward', settings)

const timesOf = (one, use) => {
  const c = convolutionOf(one)
  const able = convForms.filter((form) => appliesTo(form, c, use))
  const times = able.map((form) => ({ form: form.name, ms: milliseconds(form, c, use), work: form.work(c, use) }))
  if (use === 'forward') times.push({ form: 'public', ms: ownMilliseconds(c), work: ownWork(c) })
  console.error(`${nameOf(one)} ${use}: ${times.map(({ form, ms }) => `${form} ${ms.toFixed(2)}`).join('  ')}`)
  return times.map((time) => ({ case: nameOf(one), use, ...time }))
}

const pass = () => cases.flatMap((one) => Object.keys(uses).flatMap((use) => timesOf(one, use)))

/** Passes lie minutes apart: a machine that is slow for a while does not spoil what it measures then. */
const measured = Array.from({ length: Number(given.passes) }, pass).reduce((least, next) =>
  least.map((time, i) => (next[i].ms < time.ms ? next[i] : time))
)

const measuredOf = (form, use) => measured.filter((m) => m.form === form && m.use === use)

const tables = {
  ...costs,
  [settings.block]: {
    ...Object.fromEntries(
      convForms.map(({ name }) => [
        name,
        Object.fromEntries(Object.keys(uses).map((use) => [use, fitted(measuredOf(name, use)) ?? noCost]))
      ])
    ),
    public: { forward: fitted(measuredOf('public', 'forward')) }
  }
}

const groups = measured
  .filter(({ form }) => form !== 'public')
  .reduce((all, m) => {
    const key = `${m.case} ${m.use}`
    return all.set(key, [...(all.get(key) ?? []), m])
  }, new Map())

/** How many times longer the forms chosen by a table take than the best would, on the average. */
const regret = (name, table) => {
  const ratios = [...groups].map(([key, group]) => {
    const cost = (m) => costOf(table[m.form][m.use], m.work)
    const chosen = group.reduce((a, b) => (cost(b) < cost(a) ? b : a))
    const best = group.reduce((a, b) => (b.ms < a.ms ? b : a))
    if (chosen.ms > 1.1 * best.ms)
      console.log(
        `  ${key}: ${chosen.form} ${chosen.ms.toFixed(2)} ms, the best is ${best.form} ${best.ms.toFixed(2)} ms`
      )
    return chosen.ms / best.ms
  })
  console.log(`${name}: ${mean(ratios).toFixed(3)} times the best`)
}

regret(`table in use for blocks of ${settings.block}`, tableFor(costs, settings))
regret('table measured now', tables[settings.block])
record(
  'conv',
  'onnxruntime',
  measured.map(({ case: convolution, use, form, ms, work }) => ({
    convolution,
    use,
    form,
    ms: Number(ms.toFixed(3)),
    gflop: Number((work.flops / 1e9).toFixed(4)),
    gbyte: Number((work.bytes / 1e9).toFixed(4)),
    threads,
    block: settings.block
  }))
)
if (given.write) {
  const file = fileURLToPath(new URL('../../src/engine/onnxruntime/conv/costs.ts', import.meta.url))
  const text = readFileSync(file, 'utf8')
  const at = text.indexOf(marker)
  if (at < 0) throw new Error(`${file} has no line that begins with ${marker}`)
  const source = `${text.slice(0, at)}${marker} ${JSON.stringify(tables)}\n`
  writeFileSync(file, await format(source, { ...(await resolveConfig(file)), filepath: file }))
}

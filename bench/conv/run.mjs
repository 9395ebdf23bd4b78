// How long each form of each convolution takes, and the table of costs that follows, by which the compiler chooses.
//   npm run bench -- conv [--runs 7] [--passes 3] [--write]
// With --write the table of this machine's block (ONNX Runtime's, which tells how wide its vectors are) is replaced in
// src/engine/onnxruntime/conv/costs.ts.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { format, resolveConfig } from 'prettier'
import { mean, record, right } from '../record.mjs'
import { compiler } from './compiler.mjs'

const { costOf, costs, loadNative, measure, physicalCores, probeBlock, probeFetching, tableFor, tableOf } = compiler

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

const marker = 'export const costs: Readonly<Record<number, CostTable>> ='

const measured = await measure({
  ...{ native, settings, threads, runs: Number(given.runs), passes: Number(given.passes) },
  onTimes: (done, total, times) => {
    const [{ case: name, use }] = times
    console.error(
      `${done}/${total} ${name} ${use}: ${times.map(({ form, ms }) => `${form} ${ms.toFixed(2)}`).join('  ')}`
    )
  }
})

const tables = { ...costs, [settings.block]: tableOf(measured) }

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

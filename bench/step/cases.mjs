// Which cases the bench measures, and what it says of one: no process is started here.
import { parseArgs } from 'node:util'
import { median } from '../record.mjs'

const modes = ['train', 'frozen', 'infer']

/** What is measured when neither batch nor size is given. */
const standard = [
  { arch: 'resnet18', mode: 'train', batch: 32, size: 128 },
  { arch: 'resnet18', mode: 'train', batch: 64, size: 28 },
  { arch: 'resnet18', mode: 'train', batch: 16, size: 224 },
  { arch: 'resnet18', mode: 'frozen', batch: 32, size: 128 },
  { arch: 'resnet18', mode: 'frozen', batch: 16, size: 224 },
  { arch: 'resnet18', mode: 'infer', batch: 32, size: 128 },
  { arch: 'resnet18', mode: 'infer', batch: 16, size: 224 },
  { arch: 'resnet18', mode: 'infer', batch: 1, size: 224 },
  { arch: 'resnet50', mode: 'train', batch: 16, size: 128 },
  { arch: 'mobilenet_v2', mode: 'train', batch: 32, size: 128 },
  { arch: 'mobilenet_v2', mode: 'infer', batch: 32, size: 128 },
  { arch: 'mobilenet_v2', mode: 'infer', batch: 1, size: 224 },
  { arch: 'squeezenet1_1', mode: 'train', batch: 32, size: 128 },
  { arch: 'densenet121', mode: 'train', batch: 16, size: 128 },
  { arch: 'unet_resnet18', mode: 'train', batch: 8, size: 128 }
]

/** Two float32 implementations of one network, relative: what their sums may differ by, and no more. */
const tolerance = 1e-4

/**
 * The bench's arguments: modes by name, and options. An architecture without a row of its own in a mode is measured at
 * 32 images of 128 pixels, as is what is left out when only one of batch and size is given.
 */
export const settings = (args) => {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      arch: { type: 'string', multiple: true, default: [] },
      batch: { type: 'string' },
      size: { type: 'string' },
      rounds: { type: 'string', default: '5' },
      steps: { type: 'string', default: '10' },
      engine: { type: 'string', default: 'onnxruntime' },
      json: { type: 'boolean', default: false }
    }
  })
  const number = (name) => {
    const value = Number(values[name])
    if (Number.isInteger(value) && value > 0) return value
    throw new Error(`--${name} must be an integer above zero, not ${values[name]}`)
  }
  const stranger = positionals.find((name) => !modes.includes(name))
  if (stranger !== undefined) throw new Error(`name one or more of ${modes.join(', ')}, not ${stranger}`)

  const archs = [...new Set(values.arch.flatMap((names) => names.split(',')))]
  const one = (arch, mode) => ({
    arch,
    mode,
    batch: values.batch === undefined ? 32 : number('batch'),
    size: values.size === undefined ? 128 : number('size')
  })
  const given = values.batch !== undefined || values.size !== undefined
  const rows = (arch, mode) => standard.filter((row) => row.arch === arch && row.mode === mode)
  const casesOf = (mode) => {
    if (given) return (archs.length === 0 ? ['resnet18'] : archs).map((arch) => one(arch, mode))
    if (archs.length === 0) return standard.filter((row) => row.mode === mode)
    return archs.flatMap((arch) => (rows(arch, mode).length === 0 ? [one(arch, mode)] : rows(arch, mode)))
  }
  return {
    cases: [...new Set(positionals)].flatMap(casesOf),
    rounds: number('rounds'),
    steps: number('steps'),
    engine: values.engine,
    json: values.json
  }
}

/** The largest difference in a list of answers over the largest answer; NaN where an answer is not a number. */
const difference = (expected, found) => {
  // not as arguments: a mask has more numbers than a call takes
  const largest = (values) => values.reduce((a, b) => Math.max(a, Math.abs(b)), 0)
  return largest(expected.map((value, i) => value - found[i])) / largest(expected)
}

/** Why the lists that two sides answered are not those of one network; null where they are. */
export const complaint = (side, expected, found) => {
  if (expected.some((list, i) => list.length !== found[i].length)) return `${side} answers more or less than graft`
  const by = Math.max(...expected.map((list, i) => difference(list, found[i])))
  return by <= tolerance ? null : `${side} answers something else than graft: relative difference ${by.toPrecision(2)}`
}

/** The row of a case: medians over rounds of what each side's processes reported. */
export const row = (measured, { graft, tuned, stock }) => {
  const of = (runs, field) => median(runs.map((run) => run[field]))
  const [ms, torchMs, torchStockMs] = [graft, tuned, stock].map((runs) => of(runs, 'ms'))
  const rounded = (value, digits) => Number(value.toFixed(digits))
  const { arch, mode, batch, size } = measured
  return {
    arch,
    mode,
    batch,
    size,
    ratio: rounded(torchMs / ms, 3),
    ratioStock: rounded(torchStockMs / ms, 3),
    ms: rounded(ms, 2),
    torchMs: rounded(torchMs, 2),
    torchStockMs: rounded(torchStockMs, 2),
    firstStepMs: rounded(of(graft, 'firstStepMs'), 1),
    torchFirstStepMs: rounded(of(tuned, 'firstStepMs'), 1),
    peakRssMB: rounded(of(graft, 'peakRssMB'), 0),
    torchPeakRssMB: rounded(of(tuned, 'peakRssMB'), 0),
    torchStockPeakRssMB: rounded(of(stock, 'peakRssMB'), 0)
  }
}

// torchvision's networks beside graft's, by hand: numbers that torch drew and saved load here by name, all of them, and
// give what they give there: outputs in evaluation at two sizes, batch norms' statistics after a forward pass in training.
//   npm run build && PYTHON=... node test/torchvision/run.cjs [NAME...]
// PYTHON has torch and torchvision. Prints a row of the table in docs/architectures.md for each; exit code 1 if an
// architecture does not agree.
const { spawnSync } = require('node:child_process')
const { mkdtempSync, readFileSync, rmSync } = require('node:fs')
const { tmpdir } = require('node:os')
const { join } = require('node:path')

/** Differences, as a part of the largest number on torch's side. */
const tolerance = 1e-4
/** One that halves five times, and one that never does. */
const sides = [64, 97]
const images = 4
const seed = 1

const main = async () => {
  const g = await import('graft-vision')
  const { archPredictor, compile, compileInference, freshOptimiser, withNodeEnv } = await import('graft-vision/node')
  const { python } = await import('../../bench/record.mjs')

  const right = (either) => {
    if (either._tag === 'Left') throw new Error(JSON.stringify(either.left))
    return either.right
  }

  const floats = (file) => {
    const bytes = readFileSync(file)
    return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4)
  }

  /** [N, C, H, W] → [N, H, W, C]. */
  const channelsLast = (x, side) => {
    const area = side * side
    return x.map((_, i) => {
      const [n, p, c] = [Math.floor(i / (3 * area)), Math.floor(i / 3) % area, i % 3]
      return x[(n * 3 + c) * area + p]
    })
  }

  const apart = (ours, theirs) => {
    if (ours.length !== theirs.length) throw new Error(`${ours.length} numbers, ${theirs.length} of torch`)
    let [difference, largest] = [0, 0]
    for (let i = 0; i < ours.length; i++) {
      // NaN on either side is no agreement
      difference = Math.max(difference, Number.isNaN(ours[i] - theirs[i]) ? Infinity : Math.abs(ours[i] - theirs[i]))
      largest = Math.max(largest, Math.abs(theirs[i]))
    }
    return difference / largest
  }

  const predictorAt = (arch, folder, side) =>
    archPredictor(g.withWeights(join(folder, 'weights.pth'))({ ...arch, input: { ...arch.input, size: side } }))

  const outputsApart = (arch, folder, env) => async (side) => {
    const { plan, state } = right(await predictorAt(arch, folder, side)(env)())
    const inference = right(compileInference(env.engine)(plan, state))
    const x = channelsLast(floats(join(folder, `x${side}`)), side)
    const outputs = right(inference.predict(x, images))
    inference.dispose()
    return apart(outputs, floats(join(folder, `y${side}`)))
  }

  /** A step of length 0 moves nothing but the statistics. Null: there are none. */
  const statisticsApart = async (arch, folder, env) => {
    const [side] = sides
    const { plan, state } = right(await predictorAt(arch, folder, side)(env)())
    if (plan.buffers.length === 0) return null
    const options = { loss: g.crossEntropy(), optimiser: g.sgd(), trueWd: true, bnWd: true, clip: null, seed }
    const program = right(compile(env.engine)(plan, { state, optimiser: freshOptimiser }, options))
    const batch = { x: channelsLast(floats(join(folder, `x${side}`)), side), y: new Int32Array(images), n: images }
    right(program.step(batch, { lrs: Array.from({ length: plan.groups }, () => 0), mom: 0, wd: 0, step: 0 }))
    const after = right(program.state())
    program.dispose()
    const theirs = right(g.readTensors(new Uint8Array(readFileSync(join(folder, 'trained.pth')))))
    return Math.max(...plan.buffers.map(({ path }) => apart(after.get(path), theirs.get(path).data)))
  }

  const models = join(__dirname, 'models.py')
  const interpreter = python('torch', 'torchvision')

  const compared = async (arch, env) => {
    const folder = mkdtempSync(join(tmpdir(), 'graft-torchvision-'))
    try {
      const args = [models, folder, arch.name, String(seed), String(images), ...sides.map(String)]
      const { status, stdout, stderr } = spawnSync(interpreter, args, { encoding: 'utf8' })
      if (status !== 0) throw new Error(stderr)
      const outputs = []
      for (const side of sides) outputs.push(await outputsApart(arch, folder, env)(side))
      return { differences: [...outputs, await statisticsApart(arch, folder, env)], rounding: Number(stdout) }
    } finally {
      rmSync(folder, { recursive: true })
    }
  }

  const wanted = process.argv.slice(2)
  const archs = g.catalogue.filter(({ name, published }) =>
    wanted.length === 0 ? published.some(({ url }) => url.includes('pytorch.org')) : wanted.includes(name)
  )

  const program = (env) => async () => {
    for (const arch of archs) {
      const { differences, rounding } = await compared(arch, env)
      const agrees = differences.every((d) => d === null || d <= tolerance)
      if (!agrees) process.exitCode = 1
      const cells = [...differences, rounding].map((d) => (d === null ? '-' : d.toExponential(1)))
      console.log(`| \`${arch.name}\` | ${cells.join(' | ')} |${agrees ? '' : ' DIFFERS'}`)
    }
    return { _tag: 'Right', right: undefined }
  }

  right(await withNodeEnv({ engine: 'onnxruntime' })(program)())
}

void main()

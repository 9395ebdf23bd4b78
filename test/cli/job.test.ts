/** `graft job`, and `graft train --on torchrun` where PYTHON names a Python with PyTorch. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { breaches, trainJob } from '../launch/kubernetesFacts.js'
import { type Place, placeForRuns, tiny } from './graft.js'

const python = process.env['PYTHON']
const limit = 300_000
const [, ...what] = tiny.filter((word) => word !== '--no-figures')

let place: Place
beforeAll(() => {
  place = placeForRuns()
})

const job = (...args: ReadonlyArray<string>) => place.graft('job', ...what, ...args)
const inFolder = (...path: ReadonlyArray<string>): string => join(place.folder, ...path)

describe('graft job', () => {
  it('writes the folder of a job, and prints the command', async () => {
    const { code, stdout, stderr } = await job('--to', 'torchrun', '--procs', '2', '--out', 'one', '--python', 'py')
    expect(code, stderr).toBe(0)
    expect(stdout.split('\n')[0]).toBe('cd one')
    expect(stdout).toContain('py -m torch.distributed.run --standalone --nproc-per-node 2')
    expect(readdirSync(inFolder('one'))).toEqual(
      expect.arrayContaining(['graft.json', 'graft_torch', 'job.json', 'manifest.jsonl', 'model.safetensors'])
    )
  })

  it('runs on as many machines as there are, if the launcher can do that', async () => {
    const flags = ['--nodes', '1:2', '--rdzv-endpoint', 'host:29500', '--out', 'elastic']
    const { code, stdout, stderr } = await job('--to', 'torchrun', ...flags)
    expect(code, stderr).toBe(0)
    expect(stdout).toContain('--nnodes 1:2 --rdzv-backend c10d --rdzv-endpoint host:29500')
    expect(await job('--to', 'sky', '--nodes', '1:2', '--out', 'fixed')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('1:2') as string
    })
    expect(existsSync(inFolder('fixed'))).toBe(false)
  })

  it('has the description that the run of the same flags has', async () => {
    expect((await job('--to', 'torchrun', '--out', 'same', '--lr', '1e-2')).code).toBe(0)
    expect((await place.graft(...tiny, '--lr', '1e-2', '--out', 'local')).code).toBe(0)
    expect(readFileSync(inFolder('same', 'graft.json'), 'utf8')).toBe(
      readFileSync(inFolder('local', 'graft.json'), 'utf8')
    )
  })

  it('prints YAML that Kubernetes takes, with the folders of the volume', async () => {
    const flags = [
      '--nodes',
      '2',
      '--gpus',
      '2',
      '--fast',
      '--claim',
      'vision',
      '--mount-path',
      '/data',
      '--out',
      'yaml'
    ]
    const { code, stdout, stderr } = await job('--to', 'kubernetes', ...flags)
    expect(code, stderr).toBe(0)
    expect(breaches(trainJob, parse(stdout))).toEqual([])
    expect(stdout).toMatch(/cd \/data\/graft-tiny-[0-9a-f]{8} .*--data-root \/data\/images/)
  })

  it.each([
    [['--to', 'torchrun', '--procs', '3'], '--procs'],
    [['--to', 'torchrun', '--procs', 'two'], '--procs'],
    [['--to', 'torchrun', '--nodes', '3:2'], '--nodes'],
    [['--to', 'torchrun', '--nodes', '1:3'], 'multiple of 1 and 2 and 3'],
    [['--to', 'nowhere'], '--to'],
    [[], '--to'],
    [['--to', 'hf', '--repo', 'pets', '--data-repo', 'me/images'], '--repo'],
    [['--to', 'hf'], '--repo']
  ])('refuses %j, and writes nothing', async (flags, named) => {
    const { code, stderr } = await job(...flags, '--out', 'refused')
    expect([code, stderr]).toEqual([2, expect.stringContaining(named)])
    expect(existsSync(inFolder('refused'))).toBe(false)
  })

  it('refuses a folder with other files, and a launcher that takes no jobs', async () => {
    writeFileSync(inFolder('mine.txt'), 'x')
    expect(await job('--to', 'torchrun', '--out', '.')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('an empty or new folder') as string
    })
    expect(await job('--to', 'sky', '--out', 'sent', '--submit')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('sky launch') as string
    })
    expect(existsSync(inFolder('sent'))).toBe(false)
  })

  it('says how to submit a job that was not submitted', async () => {
    const { code, stderr } = await place.graft('job', 'status', 'one')
    expect([code, stderr]).toEqual([1, expect.stringContaining('--submit')])
  })

  it('is trained by graft train --resume, from the parameters of the job', async () => {
    expect((await job('--to', 'torchrun', '--out', 'begun')).code).toBe(0)
    const { code, stderr } = await place.graft('train', '--resume', 'begun', '--no-figures')
    expect(code, stderr).toBe(0)
    expect((await place.graft(...tiny, '--out', 'whole')).code).toBe(0)
    const model = (run: string): Buffer => readFileSync(inFolder(run, 'model.safetensors'))
    expect(model(join('begun', 'run')).equals(model('whole'))).toBe(true)
  })
})

describe('graft train --on torchrun', () => {
  it('says what to do without Python', async () => {
    const { code, stderr } = await place.graft(...tiny, '--on', 'torchrun', '--python', './no-python', '--out', 'none')
    expect([code, stderr]).toEqual([1, expect.stringContaining('--python /path/to/python')])
    expect(existsSync(inFolder('none', 'graft.json'))).toBe(false)
  })

  it('looks for Python before it reads images', async () => {
    const [broken, only] = ['cat', 'dog'].map((name) => inFolder('broken', name))
    for (const folder of [broken!, only!]) {
      mkdirSync(folder, { recursive: true })
      for (const i of [1, 2, 3]) writeFileSync(join(folder, `${i}.png`), 'no image')
    }
    const flags = ['--on', 'torchrun', '--python', './no-python', '--out', 'unread']
    const { code, stderr } = await place.graft('train', 'broken', ...flags)
    expect([code, stderr]).toEqual([1, expect.stringContaining('--python /path/to/python')])
  })

  it('is needed for the flags of PyTorch', async () => {
    const { code, stderr } = await place.graft(...tiny, '--fast')
    expect([code, stderr]).toEqual([2, expect.stringContaining('--on torchrun')])
  })

  it.skipIf(python === undefined)(
    'trains, shows progress and reports like local training (PYTHON)',
    { timeout: limit },
    async () => {
      const here = ['--epochs', '2', '--lr', '1e-2', '--threads', '1']
      const there = await place.graft(...tiny, ...here, '--on', 'torchrun', '--out', 'torch')
      expect(there.code, there.stderr).toBe(0)
      const local = await place.graft(...tiny, ...here, '--out', 'graft')
      const table = (of: typeof local) =>
        of.lines.map((line) => line.trim().split(/\s+/)).filter(([first]) => /^\d+$/.test(first ?? ''))
      expect(table(there)).toHaveLength(2)
      for (const [i, [, loss]] of table(there).entries())
        expect(Math.abs(Number(loss) - Number(table(local)[i]![1]))).toBeLessThan(1e-4)
      expect(readdirSync(inFolder('torch')).sort()).toEqual(['graft.json', 'history.csv', 'model.safetensors'])
      const predicted = await place.graft('predict', 'torch', 'digits/valid/3', '--json')
      expect(predicted.code, predicted.stderr).toBe(0)
    }
  )
})

describe.skipIf(process.platform === 'win32')('a Python that', () => {
  /** A program in place of Python: it has these packages missing, and does this instead of training. */
  const fake = (name: string, missing: string, does: string): string => {
    const file = inFolder(name)
    writeFileSync(file, `#!/bin/sh\ncase "$1" in -c) echo True ${missing} ;; *) ${does} ;; esac\n`, { mode: 0o755 })
    return `./${name}`
  }
  const trainedBy = (program: string, out: string) =>
    place.graft(...tiny, '--on', 'torchrun', '--python', program, '--out', out)

  it('lacks packages is an error that says how to install them', async () => {
    const { code, stderr } = await trainedBy(fake('old', 'torch PIL', 'exit 0'), 'lacking')
    expect([code, stderr]).toEqual([1, expect.stringContaining('old -m pip install torch pillow')])
  })

  it('reports a fault is an error with that fault, and leaves the directory usable', async () => {
    const line = 'graft_torch: a/1.png: expected 70 bytes, found 12: restore the file'
    const { code, stderr } = await trainedBy(fake('faulty', '', `echo '${line}' >&2; sleep 30`), 'faulted')
    expect([code, stderr]).toEqual([1, expect.stringMatching(/JobError at a\/1\.png[^]*expected 70 bytes[^]*found 12/)])
    expect(readdirSync(inFolder('faulted'))).toEqual([])
  })

  it('finds its port in use is an error that names the port', async () => {
    const line = 'torch.distributed.DistNetworkError: The server socket has failed. port: 29613, name: EADDRINUSE'
    const { code, stderr } = await trainedBy(fake('meeting', '', `echo '${line}' >&2; exit 1`), 'unmet')
    expect([code, stderr]).toEqual([1, expect.stringMatching(/JobError at port 29613/)])
  })

  it('dies is an error that quotes its last line', async () => {
    const { code, stderr } = await trainedBy(fake('dying', '', 'echo out of memory >&2; exit 9'), 'died')
    expect([code, stderr]).toEqual([1, expect.stringContaining('exit code 9; out of memory')])
  })

  it('sends events has them shown as in local training', async () => {
    const event = '{"_tag":"Warning","message":"few images"}'
    const { stderr } = await trainedBy(fake('telling', '', `echo '${event}'; exit 1`), 'told')
    expect(stderr).toContain('warning: few images')
    expect(stderr).not.toContain('_tag')
  })
})

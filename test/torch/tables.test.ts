/** Whatever graft has a record for, its PyTorch program has one too, of the same name. Needs no Python. */
import { expect, it } from 'vitest'
import type { Task } from '../../src/data/index.js'
import { metricRecords } from '../../src/interpret/index.js'
import { layerKinds } from '../../src/model/index.js'
import { lossRecords, optimiserRecords, type Recipe, type Schedule, watcherKinds } from '../../src/recipe/index.js'
import { namesIn } from './namesIn.js'

const uncapitalised = (tag: string): string => tag[0]!.toLowerCase() + tag.slice(1)

it('every layer is a torch module', () => {
  expect(namesIn('model/layer_kinds.py', 'LAYER_KINDS')).toEqual(Object.keys(layerKinds).map(uncapitalised).sort())
})

it('every loss is there', () => {
  expect(namesIn('recipe/loss.py', 'LOSSES')).toEqual([...Object.keys(lossRecords), 'MixUp'].sort())
})

it('every optimiser is there', () => {
  expect(namesIn('recipe/optimiser.py', 'OPTIMISERS')).toEqual(Object.keys(optimiserRecords).sort())
})

it('every watcher is there', () => {
  expect(namesIn('recipe/watcher.py', 'WATCHERS')).toEqual(Object.keys(watcherKinds).sort())
})

/** Compiles only with every curve. */
const schedules: Readonly<Record<Schedule.Schedule['_tag'], true>> = {
  Constant: true,
  Linear: true,
  Cosine: true,
  Exponential: true,
  Polynomial: true,
  Concat: true,
  Scale: true
}

it('every schedule is there', () => {
  expect(namesIn('recipe/schedule.py', 'SCHEDULES')).toEqual(Object.keys(schedules).sort())
})

/** Compiles only with every task. */
const tasks: Readonly<Record<Task['_tag'], true>> = {
  Classification: true,
  MultiLabel: true,
  Regression: true,
  Segmentation: true,
  ImageRegression: true,
  Points: true
}

it('every task is there', () => {
  expect(namesIn('data/targets.py', 'TARGETS')).toEqual(Object.keys(tasks).sort())
})

it('every metric is there', () => {
  expect(namesIn('interpret/metrics.py', 'METRICS')).toEqual(Object.keys(metricRecords).sort())
})

/** The name in `job.json` of each step; compiles only with every step. */
const steps: Readonly<Record<Recipe.Step['_tag'], string>> = {
  Fit: 'fit',
  FitOneCycle: 'fitOneCycle',
  FitSchedule: 'fitSchedule',
  SetFreeze: 'setFreeze',
  SetSize: 'setSize',
  Save: 'save',
  Load: 'load'
}

it('every step of a recipe is there', () => {
  const names = [...namesIn('recipe/phase.py', 'PHASES'), ...namesIn('learn/run_step.py', 'STEPS')]
  expect(names.sort()).toEqual(Object.values(steps).sort())
})

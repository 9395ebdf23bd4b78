/** The groups of laws that mutants are tried against, by name: what the mutants' bundles export. */
import { acquireEngine } from '../../src/engine/index.js'
import { Schedule } from '../../src/recipe/index.js'
import * as L from '../../laws/index.js'

type Group = () => Promise<ReadonlyArray<L.Law>> | ReadonlyArray<L.Law>

const cpuLaws: Group = async () => {
  const engine = await acquireEngine('cpu')()
  if (engine._tag === 'Left') throw new Error(engine.left.hint)
  return L.engineLaws(engine.right)
}

export const groups: Readonly<Record<string, Group>> = {
  archLaws: () => L.archLaws(),
  shapeLaws: () => L.shapeLaws(),
  headLaws: () => L.headLaws(),
  dropoutLaws: () => L.dropoutLaws(),
  cutLaws: () => L.cutLaws(),
  splitLaws: () => L.splitLaws(),
  scheduleLaws: () => L.scheduleLaws(),
  recipeLaws: () => L.recipeLaws(),
  dataLaws: () => L.dataLaws(),
  valueLaws: () => L.valueLaws(Schedule.eqSchedule, L.arbitrary.schedules, Schedule.showSchedule),
  engineLaws: cpuLaws
}

export const { checkLaws } = L

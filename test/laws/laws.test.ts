import { describe, it } from 'vitest'
import { resnet18 } from '../../src/arch/index.js'
import { Schedule } from '../../src/recipe/index.js'
import {
  arbitrary,
  archLaws,
  cutLaws,
  dataLaws,
  dropoutLaws,
  formatLaws,
  headLaws,
  interpretationLaws,
  type Law,
  recipeLaws,
  scheduleLaws,
  shapeLaws,
  splitLaws,
  unetLaws,
  valueLaws
} from '../../laws/index.js'
import { options, catalogueOptions } from './options.js'

const group = (name: string, laws: ReadonlyArray<Law>, how = options): void => {
  describe(name, () => {
    for (const law of laws) it(law.name, () => law.check(how))
  })
}

group('a generated architecture', archLaws(), { ...options, numRuns: 50 })
group('a generated network', shapeLaws())
group('a head', headLaws())
group("a head's dropout", dropoutLaws())
group('a cut', cutLaws())
group('a split', splitLaws())
group('a U-Net', unetLaws())
group('a schedule', scheduleLaws())
group('equality of schedules', valueLaws(Schedule.eqSchedule, arbitrary.schedules, Schedule.showSchedule))
group('a recipe', recipeLaws())
group('data', dataLaws())
group('an interpretation', interpretationLaws())
group('writing and reading', formatLaws())
group('writing and reading models of resnet18', formatLaws(resnet18), catalogueOptions)

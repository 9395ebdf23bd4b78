import * as L from '../../../laws/runner.js'
import { acquired } from './acquired.js'

export const runnerLaws = async () => {
  const [cpu] = await acquired('cpu')
  return L.runnerLaws(cpu!)
}

import * as L from '../../../laws/engine.js'
import { acquired } from './acquired.js'

export const engineLaws = async () => {
  const [cpu] = await acquired('cpu')
  return L.engineLaws(cpu!)
}

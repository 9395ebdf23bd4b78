/**
 * Launchers: how jobs run on torchrun, Ray, Kubernetes, Hugging Face Jobs and SkyPilot, as commands, requests and YAML.
 * This room knows what other people's services are told; it must not send anything.
 *
 * @since 0.1.0
 */
export { hf, type Hf, hfFolder, hfRun, type HfRun, hfRunFolder } from './hf.js'
export { kubernetes, type Kubernetes, kubernetesObject } from './kubernetes.js'
export { eqLauncher, foldLauncher, type Launcher, launchText, showLauncher } from './Launcher.js'
export type { Placement } from './Placement.js'
export {
  ray,
  type Ray,
  rayFetch,
  rayLogs,
  rayRun,
  rayStatus,
  rayStop,
  raySubmission,
  type RaySubmission,
  type RestRequest
} from './ray.js'
export { sky, type Sky, skyTask } from './sky.js'
export { torchrun, type Torchrun, torchrunCall, type TorchrunCall, type Rendezvous } from './torchrun.js'

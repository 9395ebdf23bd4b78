/**
 * Launchers: the commands, requests and YAML that run jobs with torchrun, Ray, Kubernetes, Hugging Face Jobs and
 * SkyPilot. This room knows the interfaces of these services; it must not send anything.
 *
 * @since 0.1.0
 */
export { hf, type Hf, hfFolder, hfRun, type HfRun, hfRunFolder } from './hf.js'
export { kubernetes, type Kubernetes, kubernetesObject } from './kubernetes.js'
export { checkLauncher, eqLauncher, foldLauncher, type Launcher, launchText, showLauncher } from './Launcher.js'
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
export { torchrun, type Torchrun, torchrunCall, type TorchrunCall } from './torchrun.js'

// The built command as a function. Vitest leaves modules with this ending to Node: nothing is bundled or transformed again.
export { runCommand } from '../../dist/src/cli/program.js'

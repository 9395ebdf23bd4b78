export { runCommand } from '../../src/cli/program.js'

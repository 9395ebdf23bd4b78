#!/usr/bin/env node
/** The command `graft` as a process: its arguments, streams and exit code. */
import { runCommand } from './program.js'
import { processTerminal } from './output/Terminal.js'

process.exitCode = await runCommand(processTerminal())(process.argv.slice(2))()

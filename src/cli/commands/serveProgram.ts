/** The arguments and help of `graft serve`. */
import { type Command, Option } from 'commander'
import { addOptions, engine, json, quiet, threads } from '../flags/options.js'

const network = (): ReadonlyArray<Option> => [
  new Option('--host <address>', 'address to listen on (default: 127.0.0.1, reachable from this machine only)'),
  new Option('--port <n>', 'port; 0: any free one (default: 8000)'),
  new Option('--token-file <file>', 'file with a bearer token that requests need (default: GRAFT_TOKEN, if set)'),
  new Option(
    '--cors <origins>',
    'origins of web pages that may send requests, separated by commas: https://example.org (default: none)'
  ),
  new Option('--no-page', 'no page at /')
]

const batching = (): ReadonlyArray<Option> => [
  new Option(
    '--workers <n>',
    'prediction threads, each with its own copy of the models (default: one per core, at most 4)'
  ),
  threads(),
  engine(),
  new Option('--max-batch <n>', 'the most images of a batch (default: 16)'),
  new Option('--max-delay <ms>', 'how long an image waits for others while a worker is idle (default: 2)')
]

const limits = (): ReadonlyArray<Option> => [
  new Option('--max-queue <n>', 'the most images that wait; 503 beyond (default: 256)'),
  new Option('--max-body <MiB>', 'size of a request (default: 20)'),
  new Option('--max-pixels <megapixels>', 'size of an image (default: 50)'),
  new Option('--max-images <n>', 'images of a request (default: 64)'),
  new Option('--timeout <s>', 'time for a request to arrive, and for its answer (default: 30)')
]

export const serveProgram = (program: Command): Command => {
  const command = program
    .command('serve')
    .description('Serve predictions of trained models over HTTP')
    .argument('<MODEL...>', 'trained models as for graft predict, or NAME=MODEL; the first one is the default')
  addOptions(command, 'Network:', network())
  addOptions(command, 'Workers and batches:', batching())
  addOptions(command, 'Limits:', limits())
  addOptions(command, 'Output:', [json(), quiet().helpGroup('Output:')])
  return command.addHelpText(
    'after',
    `
  POST /predict /embed /explain   the bytes of an image, a form with files, or JSON with base64; ?model=NAME
  GET  /                          a page for trying the models
  GET  /models /healthz /readyz /metrics /openapi.json

Each request is logged on stderr. SIGHUP loads the models again and exchanges them at once; the old ones stay if that
fails. SIGTERM and Ctrl-C finish the requests in progress; a second one ends at once.

Examples:
  graft serve graft-out/resnet18-20250101-120000
  graft serve pets=graft-out/pets streets=graft-out/streets --port 8080
  curl --data-binary @cat.jpg 'http://127.0.0.1:8000/predict?model=pets'
  curl -F image=@cat.jpg -F image=@dog.jpg http://127.0.0.1:8000/predict
  GRAFT_TOKEN=$(openssl rand -hex 32) graft serve graft-out/pets --host 0.0.0.0

Exit codes:
  0    stopped by SIGTERM or Ctrl-C
  1    failure: a model, the engine or the address
  2    wrong usage: an unknown option, or an invalid value
  130  ended at once by a second signal`
  )
}

import { execCommand } from '../programs/exec.ts'
import { type ExecRequest, type Process, type ProcessContext, ProcessInput, ProcessStartError } from './processes.ts'
import type { Program, ProgramContext } from './program.ts'

type Stream = 'stdout' | 'stderr'
type Listener = (stream: Stream, data: string | Uint8Array) => void

/** Starts a process in a container: the program's own way, or that of the shell. */
export function startProcess(
  program: Program,
  container: ProgramContext,
  request: ExecRequest,
  before: () => Promise<void> = () => Promise.resolve(),
): Process {
  const stdin = new ProcessInput()
  const listeners = new Set<Listener>()
  const write = (stream: Stream) => (data: string | Uint8Array) => {
    for (const listener of listeners) listener(stream, data)
  }
  let terminate = () => {}
  const abandoned = new Promise<void>((resolve) => {
    terminate = resolve
  })
  const terminated = Promise.race([container.terminated, abandoned])
  let asked = false
  void terminated.then(() => {
    asked = true
  })
  void Promise.race([container.ended, abandoned]).then(() => stdin.close())
  const context: ProcessContext = {
    container,
    image: container.image,
    command: container.command,
    args: container.args,
    env: container.env,
    pod: container.pod,
    clock: container.clock,
    workingDir: container.workingDir,
    get network() {
      return container.network
    },
    get files() {
      return container.files
    },
    get ended() {
      return container.ended
    },
    usage: (report) => container.usage(report),
    listen: container.listen,
    listenGrpc: container.listenGrpc,
    expectedToEnd: true,
    argv: request.argv,
    tty: request.tty,
    abandoned,
    stdin: request.stdin ? stdin : undefined,
    stdout: write('stdout'),
    // A terminal has one output.
    stderr: write(request.tty ? 'stdout' : 'stderr'),
    sleep: async (milliseconds) => {
      if (asked) return true
      return Promise.race([container.sleep(milliseconds), terminated.then(() => true)])
    },
    terminated,
    get isTerminated() {
      return asked || container.isTerminated
    },
  }
  // It begins after the caller listens.
  const exited = before()
    .then(() => (program.exec ? program.exec(context) : execCommand(context)))
    .catch((error: unknown) => {
      if (error instanceof ProcessStartError) throw error
      context.stderr(`${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}\n`)
      return 1
    })
  const encoder = new TextEncoder()
  return {
    onOutput: (listener) => void listeners.add(asText(listener)),
    onBytes: (listener) =>
      void listeners.add((stream, data) => listener(stream, typeof data === 'string' ? encoder.encode(data) : data)),
    exited,
    stdin,
    terminate: () => terminate(),
  }
}

/** Pieces of UTF-8 may be cut anywhere. */
function asText(listener: (stream: Stream, text: string) => void): Listener {
  const decoders = new Map<Stream, TextDecoder>()
  return (stream, data) => {
    if (typeof data === 'string') {
      listener(stream, data)
      return
    }
    const decoder = decoders.get(stream) ?? new TextDecoder('utf-8', { ignoreBOM: true })
    decoders.set(stream, decoder)
    const text = decoder.decode(data, { stream: true })
    if (text !== '') listener(stream, text)
  }
}

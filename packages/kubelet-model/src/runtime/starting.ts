import { execCommand } from '../programs/exec.ts'
import { type ExecRequest, type Process, type ProcessContext, ProcessInput, ProcessStartError } from './processes.ts'
import type { Program, ProgramContext } from './program.ts'

/** Starts a process in a container: the program's own way, or that of the small shell. */
export function startProcess(program: Program, container: ProgramContext, request: ExecRequest): Process {
  const stdin = new ProcessInput()
  const listeners = new Set<(stream: 'stdout' | 'stderr', text: string) => void>()
  const write = (stream: 'stdout' | 'stderr') => (text: string) => {
    for (const listener of listeners) listener(stream, text)
  }
  let terminate = () => {}
  const terminated = Promise.race([
    container.terminated,
    new Promise<void>((resolve) => {
      terminate = resolve
    }),
  ])
  let asked = false
  void terminated.then(() => {
    asked = true
    stdin.close()
  })
  const context: ProcessContext = {
    image: container.image,
    command: container.command,
    args: container.args,
    env: container.env,
    pod: container.pod,
    clock: container.clock,
    get files() {
      return container.files
    },
    usage: (report) => container.usage(report),
    listen: container.listen,
    listenGrpc: container.listenGrpc,
    expectedToEnd: true,
    argv: request.argv,
    tty: request.tty,
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
  const exited = Promise.resolve()
    .then(() => (program.exec ? program.exec(context) : execCommand(context)))
    .catch((error: unknown) => {
      if (error instanceof ProcessStartError) throw error
      context.stderr(`${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}\n`)
      return 1
    })
  return { onOutput: (listener) => void listeners.add(listener), exited, stdin, terminate: () => terminate() }
}

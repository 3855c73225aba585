import type { ProcessConnection, ProcessOutput, Status } from '@kube-bonsai/apimachinery'
import { type Process, ProcessStartError } from '@kube-bonsai/kubelet-model'

/** Which of its streams a client wants. */
export interface WantedStreams {
  readonly stdin: boolean
  readonly stdout: boolean
  readonly stderr: boolean
}

/** Pieces that are read as they come, however late. */
export class OutputQueue implements AsyncIterable<ProcessOutput> {
  readonly #waiting: ProcessOutput[] = []
  #ended = false
  #wake: (() => void) | undefined

  add(output: ProcessOutput): void {
    if (this.#ended) return
    this.#waiting.push(output)
    this.#wake?.()
  }

  end(): void {
    this.#ended = true
    this.#wake?.()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ProcessOutput> {
    for (;;) {
      const next = this.#waiting.shift()
      if (next) yield next
      else if (this.#ended) return
      else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
      }
    }
  }
}

/** A process as its client sees it. */
export function connectionTo(process: Process, wanted: WantedStreams): ProcessConnection {
  const output = new OutputQueue()
  process.onBytes((stream, data) => {
    if (wanted[stream]) output.add({ stream, data })
  })
  if (!wanted.stdin) process.stdin.close()
  const ended = process.exited.then(exitStatus, startFailure).finally(() => output.end())
  return {
    output,
    ended,
    write: (data) => process.stdin.add(data),
    closeInput: () => process.stdin.close(),
    // Programs do not ask how large a terminal is.
    resize: () => {},
    close: () => process.terminate(),
  }
}

/** @see staging/src/k8s.io/kubelet/pkg/cri/streaming/remotecommand/exec.go */
export function exitStatus(code: number): Status {
  const head = { kind: 'Status', apiVersion: 'v1', metadata: {} } as const
  if (code === 0) return { ...head, status: 'Success' }
  return {
    ...head,
    status: 'Failure',
    message: `command terminated with non-zero exit code: exit status ${code}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
  }
}

function startFailure(error: unknown): Status {
  const why = error instanceof Error ? error.message : String(error)
  const context = error instanceof ProcessStartError ? 'error executing command in container: ' : ''
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: `Internal error occurred: ${context}${why}`,
    reason: 'InternalError',
    details: { causes: [{ message: `${context}${why}` }] },
    code: 500,
  }
}
